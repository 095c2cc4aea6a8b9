/** What an upstream side does by itself, asked step by step through it of the race's own server. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CellRecorder } from '../lab/cell-recorder.ts';
import { untilDisconnected } from '../lab/listening.ts';
import { openAsker } from './ask.ts';
import { SERVER_PORT } from './protocol.ts';

/** Requests at one time, to see how many connections are kept afterwards. */
export const POOL = 64;
/** The hint of `Keep-Alive: timeout`. Seconds. */
export const HINT_S = 3;
/** Connections that are left idle. */
const IDLE = 8;
const FIN_AFTER_MS = 200;
const DROPS = 3;
/** Gaps after which an idle connection is asked for again. Seconds. */
const REUSE_GAPS_S = [2, 5.5, 11];

/**
 * Sends the requests of each step.
 * @param windowMs how long an idle connection is watched at the end
 * @param waits called when all that is left is to wait
 */
export async function askHabits(
  host: string,
  port: number,
  windowMs: number,
  recorder: CellRecorder,
  waits: () => void,
  signal: AbortSignal,
): Promise<void> {
  const wait = (ms: number): Promise<void> => delay(ms, undefined, { signal });
  const asker = openAsker(host, port, signal);
  try {
    await recorder.mark('fin');
    for (let count = 0; count < 2; count++) {
      await asker.ask('GET', `/close/${FIN_AFTER_MS}?fin-${count}`);
      await wait(FIN_AFTER_MS + 500);
    }
    for (const kind of ['get', 'post', 'post-body'] as const) {
      await recorder.mark(`drop-${kind}`);
      for (let count = 0; count < DROPS; count++) {
        await asker.ask('GET', `/never/0?warm-${kind}-${count}`);
        await asker.ask(kind === 'get' ? 'GET' : 'POST', `/drop/0?drop-${kind}-${count}`, kind === 'post-body' ? 'dropped\n' : undefined);
      }
    }
    await recorder.mark('pool');
    const many = Array.from({ length: POOL }, () => openAsker(host, port, signal));
    await Promise.all(many.map((one, place) => one.ask('GET', `/hold/${POOL}?pool-${place}`)));
    await wait(1_000);
    // What the pool holds is closed by the server, so that the next steps see their own connection alone.
    await recorder.mark('empty');
    await Promise.all(many.map((one, place) => one.ask('GET', `/close/50?empty-${place}`)));
    for (const one of many) one.close();
    await wait(300);
    await recorder.mark('hint');
    await asker.ask('GET', `/hint/${HINT_S}?hint`);
    await wait((HINT_S + 1.5) * 1_000);
    await recorder.mark('reuse');
    // Some close a connection that is too old only when they would use it again.
    await asker.ask('GET', '/never/0?reuse-0');
    for (const [place, gapS] of REUSE_GAPS_S.entries()) {
      await wait(gapS * 1_000);
      await asker.ask('GET', `/never/0?reuse-${place + 1}`);
    }
    await recorder.mark('idle');
    const idle = Array.from({ length: IDLE }, () => openAsker(host, port, signal));
    await Promise.all(idle.map((one, place) => one.ask('GET', `/hold/${IDLE}?idle-${place}`)));
    waits();
    await untilDisconnected({ port: SERVER_PORT, timeoutMs: windowMs, signal });
    await recorder.mark('late');
    await asker.ask('GET', '/never/0?reuse-late');
    // What is closed from here on, is closed because its client goes.
    await recorder.mark('end');
    for (const one of idle) one.close();
  } finally {
    asker.close();
  }
}
