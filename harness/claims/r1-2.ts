import { defineClaim, REPORTS } from './claim.ts';
import { headAndBodyApart } from './flask-checks.ts';
import { judgeBoth, missingOf } from './printed-claim.ts';

const VISIT = { server: 'flask', client: 'chromium', scenario: 'first-visit' };

export const r12 = defineClaim({
  id: 'R1.2',
  source: REPORTS.R1,
  cells: [VISIT],
  printed: ['flask-edge-capture-1'],
  judge(facts) {
    const [rows, today] = [facts.printed('flask-edge-capture-1'), facts.find(VISIT)];
    return judgeBoth({
      printed: { name: 'flask-edge-capture-1', side: rows && headAndBodyApart(rows) },
      today: today ? headAndBodyApart(today) : missingOf(VISIT),
      filter: 'tcp.len > 0 || tcp.flags.fin == 1',
    });
  },
});
