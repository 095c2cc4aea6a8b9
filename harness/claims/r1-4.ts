import { type CellFacts, defineClaim, REPORTS } from './claim.ts';
import { answered, answeredIn, isAudio, isFavicon, usedConnections } from './facts.ts';
import { exchangeStarts, shown } from './judging.ts';
import { judgeBoth, missingOf, type Trial } from './printed-claim.ts';

const VISIT = { server: 'flask', client: 'chromium', scenario: 'first-visit' };
const REVISIT = { server: 'flask', client: 'chromium', scenario: 'revisit' };

function parallel(visit: CellFacts, revisit: CellFacts): Trial {
  const exchanges = answered(visit);
  const used = usedConnections(visit).filter((connection) => connection.exchanges.some(({ response }) => response)).length;
  const audio = exchanges.find(({ request }) => isAudio(request.target))?.response.status ?? null;
  const icon = exchanges.find(({ request }) => isFavicon(request.target))?.response.status ?? null;
  // On a fast machine answers hardly overlap; whether connections are open at the same time does not depend on its speed.
  const overlap = usedConnections(visit).some((one, _, all) =>
    all.some((other) => other.startNs > one.startNs && other.startNs < (one.firstClose?.timeNs ?? Number.POSITIVE_INFINITY)),
  );
  const later = answeredIn(revisit, 'revisit').find(({ request }) => request.target.endsWith('logo.png'));
  return {
    holds: used === exchanges.length && overlap && audio === 206 && icon === 404 && later?.response.status === 304,
    seen: (words) => words.r14(visit.id, exchanges.length, used, overlap, { audio, icon, logo: later?.response.status ?? null }),
    evidence: [
      ...shown(visit, 'connections.used', exchanges.flatMap(exchangeStarts)),
      ...(later ? shown(revisit, 'revisit.not-modified', exchangeStarts(later)) : []),
    ],
    ladder: exchanges[0] ? { cell: visit.id, stream: exchanges[0].stream } : null,
  };
}

export const r14 = defineClaim({
  id: 'R1.4',
  source: REPORTS.R1,
  cells: [VISIT, REVISIT],
  printed: [],
  judge(facts) {
    const [visit, revisit] = [facts.find(VISIT), facts.find(REVISIT)];
    return judgeBoth({
      today: visit && revisit ? parallel(visit, revisit) : missingOf(...[visit ? [] : VISIT, revisit ? [] : REVISIT].flat()),
      filter: 'http.request || http.response',
    });
  },
});
