import { type CellFacts, defineClaim, REPORTS } from './claim.ts';
import { longestWatchS, NEAR_S, PROBE_S, probing, tooShort } from './idle-checks.ts';
import { shown } from './judging.ts';
import { judgeBoth, missingOf, type Trial } from './printed-claim.ts';

const RELOAD = { server: 'python-http', client: 'chromium', scenario: 'reload' };
const FILTER = 'tcp.analysis.keep_alive';
const TWO_PROBES_S = 2 * PROBE_S + NEAR_S;

/** Whether keep-alive probes go out on the connections that never carry a request. */
function unusedKept(cell: CellFacts): Trial {
  const unused = cell.evidence.connections.filter(({ handshake, exchanges }) => handshake && exchanges.length === 0);
  const { unused: intervals, frames, stream } = probing(cell, { connections: unused });
  return {
    holds: intervals.length > 1 && intervals.every((interval) => Math.abs(interval - PROBE_S) <= NEAR_S),
    seen: (words) => words.r22(cell.id, unused.length, intervals),
    evidence: shown(cell, 'tcp.keepalive-probes', frames),
    ladder: stream === null ? null : { cell: cell.id, stream },
  };
}

/** A typed visit of a page that is fresh, or a reload, leaves its spare connections unused; a first visit uses them. */
export const r22 = defineClaim({
  id: 'R2.2',
  source: REPORTS.R2,
  cells: [RELOAD],
  printed: ['http-server-edge'],
  judge(facts) {
    const [rows, today] = [facts.printed('http-server-edge'), facts.find(RELOAD)];
    const side = rows && unusedKept(rows);
    if (today && longestWatchS(today) < TWO_PROBES_S) return tooShort(today, TWO_PROBES_S, FILTER, side);
    return judgeBoth({ printed: { name: 'http-server-edge', side }, today: today ? unusedKept(today) : missingOf(RELOAD), filter: FILTER });
  },
});
