/** What an upstream side does by itself, from the capture of its steps (`ask-habits.ts`). */
import type { CaptureInfo, Connection, StepMark } from '../../model.ts';
import { endsConnection } from './connection-end.ts';
import { type Asked, askedRequests, failureOf, isReused } from './hops.ts';

/** A value with the frames that show it. */
export interface Shown<T> {
  value: T;
  frames: number[];
}

/** What becomes of a request whose connection the server closed without an answer. */
export interface Repeats {
  /** `yes`, `no`, or how many of those that were dropped; `fresh` where each is asked on a new connection, so that none can be lost so. */
  value: string;
  /** On which connection it was sent again; `null` where it was not. */
  on: 'new' | 'idle' | null;
  /** What the client got where it was not answered. */
  gives: string[];
  frames: number[];
}

/** The habits of an upstream side; `null` where the packets don't show it. */
export interface Habits {
  /** Seconds for which it keeps an idle connection, the longest of several; 0 where it keeps none; `null` where it was still open after `openAfterS`. */
  idleS: Shown<number | null> | null;
  openAfterS: number | null;
  /** Seconds of idling after which it asked on a new connection though the old one was open: it is too old for it. `null` where none was. */
  declinesAfterS: Shown<number> | null;
  /** Whether it closes before the time that `Keep-Alive: timeout=3` says, and how many seconds before. `unknown`: its own timer is shorter. */
  obeysHint: Shown<'yes' | 'no' | 'unknown'> | null;
  hintMarginS: number | null;
  /** Whether it noticed the server's FIN before it sent the next request. */
  seesFin: Shown<'yes' | 'no'> | null;
  /** Connections that were still open a second after many requests at one time, of so many that were opened. */
  pool: Shown<number> | null;
  poolOpened: number | null;
  get: Repeats | null;
  post: Repeats | null;
  postBody: Repeats | null;
}

/** What the habits are read from. */
export interface HabitsEvidence {
  capture: Pick<CaptureInfo, 'endNs'>;
  connections: readonly Connection[];
  steps: readonly StepMark[];
}

/** @param hintS what the hint said, in seconds */
export function habitsOf({ capture, connections, steps }: HabitsEvidence, clientPort: number, hintS: number): Habits {
  const asked = [...askedRequests(connections, clientPort).values()];
  const marked = (mark: string): Asked[] => asked.filter(({ target }) => target.includes(`?${mark}`));
  const openUntil = (step: string): number => steps.find(({ id }) => id === step)?.timeNs ?? capture.endNs;
  const idle = longest(marked('idle').flatMap((asked) => idleOf(asked, openUntil('end')) ?? []));
  const hint = idleOf(marked('hint')[0], openUntil('end'));
  const pool = new Set(marked('pool').flatMap(({ upstream }) => upstream.map(({ connection }) => connection)));
  const kept = [...pool].filter(({ firstClose }) => firstClose === null || firstClose.timeNs >= openUntil('empty'));
  return {
    idleS: idle && { value: idle.closedS, frames: idle.frames },
    openAfterS: idle?.openS ?? null,
    declinesAfterS: declined(marked('reuse')),
    ...hintHabit(hint, idle, hintS),
    seesFin: finHabit(marked('fin')),
    pool: pool.size === 0 ? null : { value: kept.length, frames: kept.slice(0, 8).map(({ lastFrame }) => lastFrame) },
    poolOpened: pool.size === 0 ? null : pool.size,
    get: repeatsOf(marked('drop-get')),
    post: repeatsOf(marked('drop-post-').filter(({ target }) => !target.includes('drop-post-body'))),
    postBody: repeatsOf(marked('drop-post-body')),
  };
}

/** Of several connections the one that was kept for longest: a side that thins its idle connections out closes some early. */
const longest = (all: readonly Idle[]): Idle | null =>
  all.reduce<Idle | null>((best, one) => (best === null || keptFor(one) > keptFor(best) ? one : best), null);
const keptFor = ({ closedS }: Idle): number => closedS ?? Number.POSITIVE_INFINITY;

/** The shortest gap of those after which the next request went on another connection, while the server had kept the old one. */
function declined(asked: Asked[]): Shown<number> | null {
  const found = asked.slice(1).flatMap(({ upstream: [next] }, place): Shown<number>[] => {
    const before = asked[place]?.upstream.at(-1);
    const answer = before?.exchange.response;
    // Another idle one of the pool tells nothing of the age of this one.
    if (next === undefined || before === undefined || !answer || next.connection === before.connection || isReused(next)) return [];
    const { firstClose } = before.connection;
    // Closed long before, by its own timer: that is the idle time. Still open: another process of the upstream side has its own pool.
    if (firstClose?.by !== 'client' || Math.abs(firstClose.timeNs - next.request.startNs) > AT_ONCE_NS) return [];
    if (endsConnection(before.request)) return [];
    return [{ value: Math.round((next.request.startNs - answer.endNs) / 1e8) / 10, frames: [answer.frames[1], next.request.frames[0]] }];
  });
  return found.reduce<Shown<number> | null>((least, one) => (least === null || one.value < least.value ? one : least), null);
}

/** A side that closes the old connection and opens a new one does both within this. */
const AT_ONCE_NS = 500e6;

interface Idle {
  closedS: number | null;
  openS: number | null;
  frames: number[];
}

function idleOf(asked: Asked | undefined, endNs: number): Idle | null {
  const last = asked?.upstream.at(-1);
  if (last === undefined) return null;
  const { connection, exchange, request } = last;
  const { response } = exchange;
  if (response === null) return null;
  if (endsConnection(request)) return { closedS: 0, openS: null, frames: [request.headFrames[0]] };
  const { firstClose } = connection;
  const frames = [response.frames[1]];
  if (firstClose?.by === 'client' && firstClose.timeNs < endNs)
    return { closedS: Math.round((firstClose.timeNs - response.endNs) / 1e6) / 1e3, openS: null, frames: [...frames, firstClose.frame] };
  return { closedS: null, openS: Math.round((endNs - response.endNs) / 1e8) / 10, frames };
}

/** A side whose own timer ends first, or at nearly the same time, does not show whether it read the hint. */
const SAME_S = 0.3;

function hintHabit(hint: Idle | null, idle: Idle | null, hintS: number): Pick<Habits, 'obeysHint' | 'hintMarginS'> {
  if (hint === null) return { obeysHint: null, hintMarginS: null };
  const { closedS, frames } = hint;
  const own = idle?.closedS ?? null;
  if (own !== null && own <= (closedS ?? Number.POSITIVE_INFINITY) + SAME_S && own <= hintS + SAME_S)
    return { obeysHint: { value: 'unknown', frames }, hintMarginS: null };
  if (closedS === null || closedS > hintS + SAME_S) return { obeysHint: { value: 'no', frames }, hintMarginS: null };
  return { obeysHint: { value: 'yes', frames }, hintMarginS: Math.round((hintS - closedS) * 100) / 100 };
}

function finHabit([before, after]: Asked[]): Habits['seesFin'] {
  const old = before?.upstream.at(-1)?.connection;
  const next = after?.upstream[0];
  if (old === undefined || next === undefined) return null;
  const { finFrame, rstFrame } = old.sides.server;
  const close = finFrame ?? rstFrame;
  // It ends each connection itself: there is nothing to see.
  if (old.firstClose?.by !== 'server' || close === null) return null;
  return { value: next.connection === old ? 'no' : 'yes', frames: [close, next.request.frames[0]] };
}

function repeatsOf(dropped: Asked[]): Repeats | null {
  // Where it was sent on a fresh connection, the server has answered it.
  const lost = dropped.filter(({ upstream: [first] }) => first !== undefined && isReused(first) && first.exchange.response === null);
  if (lost.length === 0) {
    const sent = dropped.flatMap(({ upstream: [first] }) => first ?? []);
    const isFresh = sent.length > 0 && sent.every((first) => !isReused(first) && !endsConnection(first.request));
    return isFresh ? { value: 'fresh', on: null, gives: [], frames: sent.map(({ request }) => request.frames[0]) } : null;
  }
  const again = lost.filter(({ upstream }) => upstream.length > 1);
  const last = again[0]?.upstream.at(-1);
  const gives = new Set(lost.flatMap((one) => failureOf(one) ?? []));
  return {
    value: again.length === lost.length ? 'yes' : again.length === 0 ? 'no' : `${again.length} of ${lost.length}`,
    on: last === undefined ? null : isReused(last) ? 'idle' : 'new',
    gives: [...gives],
    frames: (again[0] ?? lost[0])!.upstream.map(({ request }) => request.frames[0]),
  };
}
