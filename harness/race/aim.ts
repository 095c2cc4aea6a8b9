/** Requests aimed at a server's close. */
import { setTimeout as delay } from 'node:timers/promises';
import { openAsker } from './ask.ts';
import type { Aim } from './protocol.ts';

/** The step of the golden ratio: however many gaps are taken, they lie evenly. */
const GOLDEN = 0.618_033_988_75;
const BODY = 'aimed\n';

/** The target of an aimed request: `aimed-7-3` is the third of the seventh round. */
export const aimedTarget = (round: number, place: number): string => `/?aimed-${round}-${place}`;

/** Whether a target is one, and of which round. The first round, 0, only opens the connections. */
export function aimedRound(target: string): number | null {
  const found = /\?aimed-(\d+)-\d+$/.exec(target);
  return found ? Number(found[1]) : null;
}

/**
 * Sends round after round. Half of each round's requests are GET, half POST with a body, alternating. Where requests of a round got lost, every second
 * round goes near that gap.
 */
export async function sendAimed(host: string, port: number, { fromMs, toMs, side, budgetMs, rounds }: Aim, signal: AbortSignal): Promise<void> {
  const askers = Array.from({ length: side }, () => openAsker(host, port));
  const send = async (round: number): Promise<number> => {
    const outcomes = await Promise.all(
      askers.map((asker, place) => {
        const target = aimedTarget(round, place);
        return (round + place) % 2 === 0 ? asker.ask('GET', target) : asker.ask('POST', target, BODY);
      }),
    );
    return outcomes.filter((answered) => !answered).length;
  };
  try {
    await send(0);
    const began = performance.now();
    let best = { lost: 0, gapMs: Number.NaN };
    for (let round = 1; round <= rounds; round++) {
      const at = (round * GOLDEN) % 1;
      const near = best.lost > 0 && round % 2 === 0;
      const gapMs = near ? best.gapMs + (at - 0.5) * (toMs - fromMs) * 0.3 : fromMs + at * (toMs - fromMs);
      if (performance.now() - began + gapMs > budgetMs && round > 2) break;
      await delay(Math.max(0, gapMs), undefined, { signal });
      const lost = await send(round);
      if (lost > best.lost) best = { lost, gapMs };
    }
  } finally {
    for (const asker of askers) asker.close();
  }
}
