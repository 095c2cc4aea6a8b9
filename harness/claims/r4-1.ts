import { type CellFacts, defineClaim, REPORTS } from './claim.ts';
import { answered, answeredIn } from './facts.ts';
import { headAndBodyApart } from './flask-checks.ts';
import { exchangeStarts, lifetimes, shown } from './judging.ts';
import { judgeBoth, missingOf, type Trial } from './printed-claim.ts';

const VISIT = { server: 'flask', client: 'chromium', scenario: 'first-visit' };
const REVISIT = { server: 'flask', client: 'chromium', scenario: 'revisit' };

function apartAndNew(visit: CellFacts, revisit: CellFacts): Trial {
  const apart = headAndBodyApart(visit);
  const life = lifetimes(visit);
  const logo = answeredIn(revisit, 'revisit').find(({ request }) => request.target.endsWith('logo.png'));
  const document = answered(visit).find(({ request }) => request.target === '/')?.response;
  return {
    holds: apart.holds && life.mostOnOne === 1 && logo?.response.status === 304,
    seen: (words) => words.r41(visit.id, document?.segmentSizes ?? [], life.requests, life.connections, logo?.response.status ?? null),
    evidence: [...apart.evidence, ...(logo ? shown(revisit, 'revisit.not-modified', exchangeStarts(logo)) : [])],
    ladder: apart.ladder ?? null,
  };
}

export const r41 = defineClaim({
  id: 'R4.1',
  source: REPORTS.R4,
  cells: [VISIT, REVISIT],
  printed: [],
  judge(facts) {
    const [visit, revisit] = [facts.find(VISIT), facts.find(REVISIT)];
    return judgeBoth({
      today: visit && revisit ? apartAndNew(visit, revisit) : missingOf(...[visit ? [] : VISIT, revisit ? [] : REVISIT].flat()),
      filter: 'http || tcp.flags.syn == 1',
    });
  },
});
