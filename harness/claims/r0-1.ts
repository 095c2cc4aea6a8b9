import { documentOf } from '../observe/step.ts';
import { type CellFacts, defineClaim, REPORTS } from './claim.ts';
import { shown } from './judging.ts';
import { judgeBoth, missingOf, type Trial } from './printed-claim.ts';

const VISIT = { server: 'django', client: 'chromium', scenario: 'first-visit' };

/** Whether the head comes in several segments and the body after them. */
function segments(cell: CellFacts): Trial {
  const exchange = documentOf(cell.evidence) ?? cell.evidence.exchanges.find(({ response }) => response);
  const response = exchange?.response;
  return {
    holds: (response?.headSegments ?? 0) > 1 && response?.headEndsWithBody === false,
    seen: (words) => words.r01(cell.id, response?.segmentSizes ?? []),
    evidence: shown(cell, 'framing.head-segments', response?.segmentFrames),
    ladder: exchange ? { cell: cell.id, stream: exchange.stream } : null,
  };
}

export const r01 = defineClaim({
  id: 'R0.1',
  source: REPORTS.R0,
  cells: [VISIT],
  printed: ['django-first-html'],
  judge(facts) {
    const [rows, today] = [facts.printed('django-first-html'), facts.find(VISIT)];
    return judgeBoth({
      printed: { name: 'django-first-html', side: rows && segments(rows) },
      today: today ? segments(today) : missingOf(VISIT),
      filter: 'tcp.len > 0',
    });
  },
});
