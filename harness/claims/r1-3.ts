import { isAtOnce } from '../observe/timers.ts';
import { type CellFacts, defineClaim, REPORTS } from './claim.ts';
import { connectionOf } from './facts.ts';
import { finMs, shown } from './judging.ts';
import { judgeBoth, missingOf, type Trial } from './printed-claim.ts';

const VISIT = { server: 'flask', client: 'chromium', scenario: 'first-visit' };
/** Bytes that Werkzeug reads from a file at a time (`wrap_file`) and writes with one call. */
const BLOCK = 8192;

function logo(cell: CellFacts): Trial {
  const exchange = cell.evidence.exchanges.find(
    ({ request, response }) => request?.target.endsWith('logo.png') && response?.status === 200,
  );
  const response = exchange?.response;
  const connection = exchange && connectionOf(cell, exchange.stream);
  const clientFinMs = finMs('client', connection, response);
  const blocks = response?.segmentSizes.filter((size) => size === BLOCK).length ?? 0;
  return {
    holds: blocks > 0 && clientFinMs !== null && isAtOnce(clientFinMs),
    seen: (words) => words.r13(cell.id, response?.largestSegment ?? 0, blocks, connection?.firstClose?.by ?? null, clientFinMs),
    evidence: shown(
      cell,
      'framing.largest-segment',
      response?.segmentFrames.slice(0, 4),
      connection?.firstClose?.frame,
      connection?.sides.client.finFrame,
    ),
    ladder: exchange ? { cell: cell.id, stream: exchange.stream } : null,
  };
}

export const r13 = defineClaim({
  id: 'R1.3',
  source: REPORTS.R1,
  cells: [VISIT],
  printed: ['flask-edge-capture-2'],
  judge(facts) {
    const [rows, today] = [facts.printed('flask-edge-capture-2'), facts.find(VISIT)];
    return judgeBoth({
      printed: { name: 'flask-edge-capture-2', side: rows && logo(rows) },
      today: today ? logo(today) : missingOf(VISIT),
      filter: 'tcp.len == 8192 || tcp.flags.fin == 1',
    });
  },
});
