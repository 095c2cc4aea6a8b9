import { defineClaim, REPORTS } from './claim.ts';
import { usedConnections } from './facts.ts';
import { keptOpen, longestWatchS, PROBE_S, tooShort } from './idle-checks.ts';
import { judgeBoth, missingOf } from './printed-claim.ts';

const IDLE = { server: 'django', client: 'chromium', scenario: 'idle' };
const FILTER = 'tcp.flags.fin == 1 || tcp.analysis.keep_alive';

export const r04 = defineClaim({
  id: 'R0.4',
  source: REPORTS.R0,
  cells: [IDLE],
  printed: ['django-tcp-keepalive'],
  judge(facts) {
    const [rows, today] = [facts.printed('django-tcp-keepalive'), facts.find(IDLE)];
    const side = rows && keptOpen(rows, rows.evidence.connections);
    if (today && longestWatchS(today) < PROBE_S) return tooShort(today, PROBE_S, FILTER, side);
    return judgeBoth({
      printed: { name: 'django-tcp-keepalive', side },
      today: today ? keptOpen(today, usedConnections(today)) : missingOf(IDLE),
      filter: FILTER,
    });
  },
});
