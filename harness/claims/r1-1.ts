import { type CellFacts, defineClaim, REPORTS } from './claim.ts';
import { msOf, shown } from './judging.ts';
import { judgeBoth, missingOf, type Trial } from './printed-claim.ts';

const VISIT = { server: 'flask', client: 'chromium', scenario: 'first-visit' };
/** Connections of one navigation are opened within this time of each other, long before the page can request anything. */
const TOGETHER_MS = 50;

/** Whether two connections to the same port are opened together, and the second carries nothing until the document is complete. */
function pair(cell: CellFacts): Trial {
  const document = cell.evidence.exchanges.find(({ request }) => request?.target === '/');
  const port = cell.evidence.connections.find(({ stream }) => stream === document?.stream)?.server.port;
  const [first, second] = cell.evidence.connections.filter(({ server, handshake }) => handshake && server.port === port);
  const apartMs = first?.handshake && second?.handshake ? msOf(second.handshake.synNs - first.handshake.synNs) : null;
  const until = document?.response?.endNs ?? 0;
  const other = document?.stream === first?.stream ? second : first;
  const carriedThen = other?.exchanges.some(({ request }) => request && request.startNs < until) ?? false;
  return {
    holds: apartMs !== null && apartMs < TOGETHER_MS && !carriedThen,
    seen: (words) => words.r11(cell.id, apartMs, carriedThen),
    evidence: shown(cell, 'connections.opened', first?.handshake?.synFrame, second?.handshake?.synFrame, document?.request?.frames[0]),
    ladder: other ? { cell: cell.id, stream: other.stream } : null,
  };
}

export const r11 = defineClaim({
  id: 'R1.1',
  source: REPORTS.R1,
  cells: [VISIT],
  printed: ['flask-edge-capture-1'],
  judge(facts) {
    const [rows, today] = [facts.printed('flask-edge-capture-1'), facts.find(VISIT)];
    return judgeBoth({
      printed: { name: 'flask-edge-capture-1', side: rows && pair(rows) },
      today: today ? pair(today) : missingOf(VISIT),
      filter: 'tcp.flags.syn == 1',
    });
  },
});
