import { field } from '../http/fields.ts';
import { type CellFacts, defineClaim, REPORTS } from './claim.ts';
import { shown } from './judging.ts';
import { judgeBoth, missingOf, type Trial } from './printed-claim.ts';

/** Two clients that send conditional requests however old their copy is: IE on a reload, and the probe. */
const CHECKED = [
  { server: 'django', client: 'ie11', scenario: 'reload' },
  { server: 'django', client: 'probe', scenario: 'conditional' },
];

function notModified(cells: readonly CellFacts[]): Trial {
  const all = cells.flatMap((cell) =>
    cell.evidence.exchanges.flatMap(({ response, stream }) =>
      response?.status === 304 && response.complete ? [{ cell, response, stream }] : [],
    ),
  );
  const withLength = all.filter(({ response }) => field(response, 'content-length') === '0');
  const first = withLength[0] ?? all[0];
  const connections = new Set(all.filter(({ cell }) => cell === first?.cell).map(({ stream }) => stream)).size;
  return {
    holds: withLength.length > 0 && withLength.every(({ response }) => response.headSegments > 1),
    seen: (words) =>
      words.r02(cells.map(({ id }) => id).join(', '), all.length, withLength.length, connections, first?.response.segmentSizes ?? []),
    evidence: all.slice(0, 4).flatMap(({ cell, response }) => shown(cell, 'conditional.304-length', response.segmentFrames)),
    ladder: first ? { cell: first.cell.id, stream: first.stream } : null,
  };
}

export const r02 = defineClaim({
  id: 'R0.2',
  source: REPORTS.R0,
  cells: CHECKED,
  printed: ['django-revisit-304'],
  judge(facts) {
    const rows = facts.printed('django-revisit-304');
    const today = CHECKED.flatMap((need) => facts.find(need) ?? []);
    return judgeBoth({
      printed: { name: 'django-revisit-304', side: rows && notModified([rows]) },
      today: today.length > 0 ? notModified(today) : missingOf(...CHECKED),
      filter: 'http.response.code == 304',
    });
  },
});
