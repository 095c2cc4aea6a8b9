import { isAtOnce } from '../observe/timers.ts';
import { type CellFacts, defineClaim, REPORTS } from './claim.ts';
import { connectionOf } from './facts.ts';
import { finMs, shown } from './judging.ts';
import { judgeBoth, missingOf, type Trial } from './printed-claim.ts';

const RELOAD = { server: 'python-http', client: 'chromium', scenario: 'reload' };

function closesAfter304(cell: CellFacts): Trial {
  const exchange = cell.evidence.exchanges.find(({ response }) => response?.status === 304);
  const response = exchange?.response;
  const connection = exchange && connectionOf(cell, exchange.stream);
  const serverFinMs = finMs('server', connection, response);
  return {
    holds: response?.version === '1.0' && serverFinMs !== null && isAtOnce(serverFinMs),
    seen: (words) =>
      words.r21(cell.id, response?.version ?? null, response?.headBytes ?? 0, connection?.firstClose?.by ?? null, serverFinMs),
    evidence: shown(
      cell,
      'close.first',
      exchange?.request?.frames[0],
      response?.frames[1],
      connection?.firstClose?.frame,
      connection?.sides.server.finFrame,
    ),
    ladder: exchange ? { cell: cell.id, stream: exchange.stream } : null,
  };
}

export const r21 = defineClaim({
  id: 'R2.1',
  source: REPORTS.R2,
  cells: [RELOAD],
  printed: ['http-server-edge'],
  judge(facts) {
    const [rows, today] = [facts.printed('http-server-edge'), facts.find(RELOAD)];
    return judgeBoth({
      printed: { name: 'http-server-edge', side: rows && closesAfter304(rows) },
      today: today ? closesAfter304(today) : missingOf(RELOAD),
      filter: 'http.response.code == 304 || tcp.flags.fin == 1',
    });
  },
});
