/** Requests aimed at a server's close. */
import { setTimeout as delay } from 'node:timers/promises';
import { socketsOf } from '../lab/listening.ts';
import { type Asker, openAsker } from './ask.ts';
import type { Aim } from './protocol.ts';

/** The step of the golden ratio: however many gaps are taken, they lie evenly. */
const GOLDEN = 0.618_033_988_75;
const BODY = 'aimed\n';
/** Every so many rounds go over all gaps: where the close lies may change, and some timers are coarse. */
const WIDE_EVERY = 5;
/** A timer whose closes lie so many widths apart is coarse: every second round goes over all gaps. */
const COARSE = 6;
/** Rounds that met the close, until it is enough; how long a pair may take until then, in milliseconds; and how much wider a round may be than the path, in widths. */
const MET_ENOUGH = 3;
const LONGEST_MS = 29_000;
const WIDER_MOST = 6;
/** How long a request is on its way through the upstream side. Milliseconds. */
const LAG_MS = 6;
/** From which part of the gaps on the close is looked for, and until how long after them; how long before a gap it counts as found; how often it is looked. Milliseconds. */
const LOOK_FROM = 0.7;
const LOOK_AFTER_MS = 1_000;
const LOOK_BEFORE_MS = 250;
const LOOK_EVERY_MS = 5;

/** Whether a target is that of an aimed request: `/?aimed-7-3` is the third of the seventh round. */
export const isAimed = (target: string): boolean => /\?aimed-\d+-\d+$/.test(target);

/**
 * Sends round after round. In each, as many GETs at one time open connections, or use those that are open; then each is followed by an aimed request after a gap of its
 * own, so that every round sweeps over the close. Half of them are GET, half POST with a body. A first round finds where the close lies; each of the others tells the next
 * one whether it was early or late, and a round that missed the close makes the next one wider. It goes on beyond its time until enough rounds have met the close.
 */
export async function sendAimed(host: string, port: number, serverPort: number, aim: Aim, signal: AbortSignal): Promise<void> {
  const { all, likely, side, warm, budgetMs, rounds } = aim;
  const askers = Array.from({ length: side }, () => openAsker(host, port, signal));
  const width = likely[1] - likely[0];
  const wideEvery = all[1] - all[0] > COARSE * width ? 2 : WIDE_EVERY;
  let sent = 0;
  /** Resolves when it is answered, to the time of the answer. */
  const warmUp = async (asker: Asker, round: number, place: number): Promise<number> => {
    for (let count = 0; count < warm; count++) await asker.ask('GET', `/?warm-${round}-${place}-${count}`);
    return performance.now();
  };
  try {
    const began = performance.now();
    const answeredAt = await Promise.all(askers.map((asker, place) => warmUp(asker, 0, place)));
    const closedMs = await whenClosed(serverPort, medianOf(answeredAt), all, signal);
    /** The gap at which the close is met; rounds in a row that did not meet it, and those that did. */
    let close = (closedMs ?? likely[1]) - LAG_MS;
    let [missed, met] = [0, 0];
    for (let round = 1; round <= rounds; round++) {
      const endsMs = performance.now() - began + all[1];
      // What the upstream side closes first can't be met, however long it is tried.
      const isEnough = met >= MET_ENOUGH || closedMs === null;
      if (round > 2 && endsMs > (isEnough ? budgetMs : LONGEST_MS)) break;
      const wider = Math.min(missed, WIDER_MOST) * width;
      const [from, to] = round % wideEvery === 0 ? all : [Math.max(0, close - width - wider), close + wider];
      const tries: Try[] = [];
      const watch = watchOpen(serverPort, from, signal);
      await Promise.all(
        askers.map(async (asker, place) => {
          const gapMs = from + ((++sent * GOLDEN) % 1) * (to - from);
          await warmUp(asker, round, place);
          await delay(gapMs, undefined, { signal });
          const isLate = watch.isHalfClosed();
          const target = `/?aimed-${round}-${place}`;
          const isAnswered = await ((round + place) % 2 === 0 ? asker.ask('GET', target) : asker.ask('POST', target, BODY));
          tries.push({ gapMs, isLate, isLost: !isAnswered });
        }),
      );
      await watch.end();
      if (closedMs === null) continue;
      const seen = whereClosed(tries, width);
      if (seen === 'after') close = to;
      else if (seen === 'before') close = Math.max(width, from);
      else close = seen;
      missed = typeof seen === 'number' ? 0 : missed + 1;
      met += typeof seen === 'number' ? 1 : 0;
    }
  } finally {
    for (const asker of askers) asker.close();
  }
}

/** What became of one aimed request, as far as its client can tell. */
interface Try {
  gapMs: number;
  /** The server had closed most connections when it was sent. */
  isLate: boolean;
  isLost: boolean;
}

/** The gap at which the close lies, by the tries of a round: in the middle of the lost ones' width, else between those that were early and those that were late; or that it lies before or after all of them. */
function whereClosed(tries: readonly Try[], width: number): number | 'before' | 'after' {
  const lost = tries.filter(({ isLost }) => isLost).map(({ gapMs }) => gapMs);
  if (lost.length > 1) return medianOf(lost) + width / 2;
  const [late, early] = [true, false].map((wanted) => tries.filter(({ isLate }) => isLate === wanted).map(({ gapMs }) => gapMs));
  if (late!.length === 0) return 'after';
  if (early!.length === 0) return 'before';
  return (Math.max(...early!) + Math.min(...late!)) / 2 - LAG_MS;
}

const medianOf = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** Connections to the server that neither end has closed. Read from the kernel's tables, so that no packet is sent. */
const openTo = async (serverPort: number): Promise<number> =>
  (await socketsOf(serverPort))?.filter(({ remotePort, state }) => remotePort === serverPort && state === 'ESTABLISHED').length ?? 0;

/**
 * When half of the connections to the server have met its close, in milliseconds since `sinceMs`; `null` where that is not near the gaps that its timer tells: an upstream side
 * that closes first shows nothing of the server.
 */
async function whenClosed(serverPort: number, sinceMs: number, [fromMs, toMs]: Aim['all'], signal: AbortSignal): Promise<number | null> {
  const passed = (): number => performance.now() - sinceMs;
  await delay(Math.max(0, fromMs * LOOK_FROM - passed()), undefined, { signal });
  const atFirst = await openTo(serverPort);
  while (atFirst > 0 && passed() < toMs + LOOK_AFTER_MS) {
    if ((await openTo(serverPort)) <= atFirst / 2) return passed() < fromMs - LOOK_BEFORE_MS ? null : passed();
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
  return null;
}

/** Watches from `afterMs` on whether half of the connections are closed. */
function watchOpen(serverPort: number, afterMs: number, signal: AbortSignal): { isHalfClosed(): boolean; end(): Promise<void> } {
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  let [atFirst, now] = [0, 0];
  const watching = (async () => {
    await delay(Math.max(0, afterMs - LOOK_BEFORE_MS), undefined, { signal: either });
    while (!either.aborted) {
      now = await openTo(serverPort);
      if (now > atFirst) atFirst = now;
      await delay(LOOK_EVERY_MS, undefined, { signal: either });
    }
  })().catch(() => {});
  return {
    isHalfClosed: () => atFirst > 0 && now <= atFirst / 2,
    async end() {
      ended.abort();
      await watching;
    },
  };
}
