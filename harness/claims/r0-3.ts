import { defineClaim, REPORTS } from './claim.ts';
import { longestWatchS, NEAR_S, PROBE_S, probesEvery45, tooShort } from './idle-checks.ts';
import { judgeBoth, missingOf } from './printed-claim.ts';

const IDLE = { server: 'django', client: 'chromium', scenario: 'idle' };
/** The rows begin in the middle of two connections; sequence numbers above 700 show that this one was used, the other's are still 1. */
const USED_PORT = 53556;
const FILTER = 'tcp.analysis.keep_alive || tcp.analysis.keep_alive_ack';

export const r03 = defineClaim({
  id: 'R0.3',
  source: REPORTS.R0,
  cells: [IDLE],
  printed: ['django-tcp-keepalive'],
  judge(facts) {
    const [rows, today] = [facts.printed('django-tcp-keepalive'), facts.find(IDLE)];
    const side = rows && probesEvery45(rows, { carried: ({ client }) => client.port === USED_PORT });
    if (today && longestWatchS(today) < PROBE_S + NEAR_S) return tooShort(today, PROBE_S + NEAR_S, FILTER, side);
    return judgeBoth({
      printed: { name: 'django-tcp-keepalive', side },
      today: today ? probesEvery45(today) : missingOf(IDLE),
      filter: FILTER,
    });
  },
});
