import { type CellFacts, defineClaim, REPORTS } from './claim.ts';
import { usedConnections } from './facts.ts';
import { shown } from './judging.ts';
import { judgeBoth, missingOf, type Trial } from './printed-claim.ts';

const VISIT = { server: 'express', client: 'firefox', scenario: 'first-visit' };

function oneCarriesAll(cell: CellFacts): Trial {
  const opened = cell.evidence.connections.filter(({ handshake }) => handshake);
  const used = usedConnections(cell);
  return {
    holds: opened.length === 2 && used.length === 1,
    seen: (words) =>
      words.r33(
        cell.id,
        opened.length,
        used.map(({ exchangeCount }) => exchangeCount),
      ),
    evidence: shown(
      cell,
      'connections.used',
      opened.map(({ handshake }) => handshake?.ackFrame),
    ),
    ladder: used[0] ? { cell: cell.id, stream: used[0].stream } : null,
  };
}

export const r33 = defineClaim({
  id: 'R3.3',
  source: REPORTS.R3,
  cells: [VISIT],
  printed: [],
  judge(facts) {
    const today = facts.find(VISIT);
    return judgeBoth({ today: today ? oneCarriesAll(today) : missingOf(VISIT), filter: 'tcp.flags.syn == 1 || http.request' });
  },
});
