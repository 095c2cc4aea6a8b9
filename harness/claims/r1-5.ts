import { type CellFacts, defineClaim, REPORTS } from './claim.ts';
import { secondsOf, shown } from './judging.ts';
import { judgeBoth, type Trial } from './printed-claim.ts';

const SERVER_PORT = 5000;
const POLL = /^\/ECAgent/;

/** Whether other programs' traffic is in the capture. The server's port tells the connections apart. */
function foreign(cell: CellFacts): Trial {
  const { connections, exchanges } = cell.evidence;
  const [own, others] = [
    connections.filter(({ server }) => server.port === SERVER_PORT),
    connections.filter(({ server }) => server.port !== SERVER_PORT),
  ];
  const polls = exchanges.filter(({ request }) => request && POLL.test(request.target));
  const times = polls.map(({ request }) => request?.startNs ?? 0);
  const intervals = times.slice(1).map((time, index) => secondsOf(time - (times[index] ?? 0)));
  const upgrades = exchanges.filter(({ response }) => response?.status === 101);
  const refused = others.filter(({ handshake, sides }) => handshake === null && sides.server.rstFrame !== null);
  return {
    holds:
      own.length > 0 &&
      upgrades.length > 0 &&
      refused.length > 0 &&
      intervals.length > 0 &&
      intervals.every((interval) => Math.abs(interval - 5) < 0.1),
    seen: (words) => words.r15(cell.id, own.length, others.length, intervals, upgrades.length, refused.length),
    evidence: shown(
      cell,
      'connections.opened',
      polls.map(({ request }) => request?.frames[0]),
      upgrades.map(({ response }) => response?.frames[0]),
      refused.map(({ sides }) => sides.server.rstFrame),
    ),
    ladder: refused[0] ? { cell: cell.id, stream: refused[0].stream } : null,
  };
}

export const r15 = defineClaim({
  id: 'R1.5',
  source: REPORTS.R1,
  cells: [],
  printed: ['flask-edge-capture-2'],
  judge(facts) {
    const rows = facts.printed('flask-edge-capture-2');
    return judgeBoth({ printed: { name: 'flask-edge-capture-2', side: rows && foreign(rows) }, filter: 'tcp.port != 5000' });
  },
});
