import { documentOf } from '../observe/step.ts';
import { isAtNamedTime } from '../observe/timers.ts';
import { type CellFacts, defineClaim, REPORTS } from './claim.ts';
import { usedConnections } from './facts.ts';
import { longestWatchS, tooShort } from './idle-checks.ts';
import { advertisedS, shown } from './judging.ts';
import { judgeBoth, missingOf, type Trial } from './printed-claim.ts';

const IDLE = { server: 'express', client: 'chromium', scenario: 'idle' };
const FILTER = 'http.response.line contains "Keep-Alive" || tcp.flags.fin == 1';

function namedLimit(cell: CellFacts): Trial {
  const document = documentOf(cell.evidence);
  const named = advertisedS(cell);
  const closed = usedConnections(cell).find(({ firstClose }) => firstClose?.by === 'server');
  const idleMs = closed?.firstClose?.idleMs ?? null;
  const idleS = idleMs === null ? null : Math.round(idleMs / 10) / 100;
  const segments = document?.response.segmentSizes ?? [];
  return {
    holds: segments.length === 1 && named !== null && idleS !== null && isAtNamedTime(idleS, named),
    seen: (words) => words.r31(cell.id, document?.request.headBytes ?? 0, segments, named, idleS),
    evidence: shown(cell, 'keepalive.advertised-s', document?.request.frames, document?.response.frames, closed?.firstClose?.frame),
    ladder: closed ? { cell: cell.id, stream: closed.stream } : null,
  };
}

export const r31 = defineClaim({
  id: 'R3.1',
  source: REPORTS.R3,
  cells: [IDLE],
  printed: [],
  judge(facts) {
    const today = facts.find(IDLE);
    if (today && longestWatchS(today) < 7) return tooShort(today, 7, FILTER, null);
    return judgeBoth({ today: today ? namedLimit(today) : missingOf(IDLE), filter: FILTER });
  },
});
