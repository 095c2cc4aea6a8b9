/** Requests aimed at a server's close. */
import { setTimeout as delay } from 'node:timers/promises';
import { openAsker } from './ask.ts';
import type { Aim } from './protocol.ts';

/** The step of the golden ratio: however many gaps are taken, they lie evenly. */
const GOLDEN = 0.618_033_988_75;
const BODY = 'aimed\n';
/** Beside the gaps at which requests were lost: how far to look on. Milliseconds. */
const AROUND_MS = 4;

/** Whether a target is that of an aimed request: `/?aimed-7-3` is the third of the seventh round. */
export const isAimed = (target: string): boolean => /\?aimed-\d+-\d+$/.test(target);

/**
 * Sends round after round. In each, as many GETs at one time open connections, or use those that are open; then each is followed by an aimed request after a gap of its
 * own, so that every round sweeps over the close. Half of them are GET, half POST with a body. Where requests got lost, every second round keeps to those gaps.
 */
export async function sendAimed(host: string, port: number, aim: Aim, signal: AbortSignal): Promise<void> {
  const { fromMs, toMs, side, warm, budgetMs, rounds } = aim;
  const askers = Array.from({ length: side }, () => openAsker(host, port));
  const lostAt: number[] = [];
  let sent = 0;
  const sweep = (round: number): readonly [number, number] =>
    lostAt.length === 0 || round % 2 === 1
      ? [fromMs, toMs]
      : [Math.max(fromMs, Math.min(...lostAt) - AROUND_MS), Math.min(toMs, Math.max(...lostAt) + AROUND_MS)];
  try {
    const began = performance.now();
    for (let round = 1; round <= rounds; round++) {
      if (performance.now() - began + toMs > budgetMs && round > 2) break;
      const [from, to] = sweep(round);
      await Promise.all(
        askers.map(async (asker, place) => {
          const gapMs = from + ((++sent * GOLDEN) % 1) * (to - from);
          for (let count = 0; count < warm; count++) await asker.ask('GET', `/?warm-${round}-${place}-${count}`);
          await delay(gapMs, undefined, { signal });
          const target = `/?aimed-${round}-${place}`;
          const answered = await ((round + place) % 2 === 0 ? asker.ask('GET', target) : asker.ask('POST', target, BODY));
          if (!answered) lostAt.push(gapMs);
        }),
      );
    }
  } finally {
    for (const asker of askers) asker.close();
  }
}
