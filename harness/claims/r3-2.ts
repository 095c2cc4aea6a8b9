import { contentRange, field } from '../http/fields.ts';
import { type CellFacts, defineClaim, REPORTS } from './claim.ts';
import { audioRequests } from './flask-checks.ts';
import { exchangeStarts, shown } from './judging.ts';
import { judgeBoth, missingOf, type Trial } from './printed-claim.ts';

const VISIT = { server: 'express', client: 'chromium', scenario: 'first-visit' };

function wholeBy206(cell: CellFacts): Trial {
  const exchange = audioRequests(cell)[0];
  const asked = exchange?.request ? field(exchange.request, 'range') : null;
  const answer = exchange?.response ? field(exchange.response, 'content-range') : null;
  const range = contentRange(answer);
  const whole = range !== null && 'first' in range && range.first === 0 && range.last + 1 === range.length;
  return {
    holds: asked === 'bytes=0-' && exchange?.response?.status === 206 && whole,
    seen: (words) => words.r32(cell.id, asked, exchange?.response?.status ?? null, answer),
    evidence: exchange ? shown(cell, 'load.range-status', exchangeStarts(exchange)) : [],
    ladder: exchange ? { cell: cell.id, stream: exchange.stream } : null,
  };
}

export const r32 = defineClaim({
  id: 'R3.2',
  source: REPORTS.R3,
  cells: [VISIT],
  printed: [],
  judge(facts) {
    const today = facts.find(VISIT);
    return judgeBoth({
      today: today ? wholeBy206(today) : missingOf(VISIT),
      filter: 'http.request.line contains "Range" || http.response.code == 206',
    });
  },
});
