/** What a server takes of one client, and whether clients that do nothing keep it from others. */
import { type Attempt, attemptFrames, attempts, refusal, refused, type Series } from '../../observe/limits.ts';
import { acceptCosts, type Beside, type Blocked, besideOthers } from '../../observe/starvation.ts';
import { frameList, medianOf } from '../../observe/step.ts';
import { milliseconds, seconds } from '../evidence.ts';
import { defineFinding, type Figures, type Hit } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';

/** Longer than the same request alone by this much, a request is blocked. */
const BLOCKED_MS = 1_000;
/** A little less than the patience of the client. */
const UNANSWERED_MS = 2_500;
/** Accepting a connection takes microseconds; a process for each takes some tens of milliseconds. */
const SLOW_ACCEPT_MS = 200;

const hit = <Args extends Figures>(attempt: Attempt, args: Args): Hit<Args> => ({
  args,
  stream: attempt.connection.stream,
  frames: attemptFrames(attempt),
});

const headUnlimited = defineFinding({
  id: 'limits.head-unlimited',
  severity: 'risk',
  level: null,
  spec: 'RFC 9110 §17.5',
  topic: 'head-size',
  look: (on) => {
    const last = attempts(on, 'head').at(-1);
    // What the smaller ones show is not known to be the limit.
    if (!last?.taken || last.size < 2_000_000) return [];
    // One that is answered before its end was not held: its rest may have been dropped.
    if ((last.connection.sides.client.lastPayloadFrame ?? 0) > (last.response?.headFrames[0] ?? 0)) return [];
    return [hit(last, { size: last.size, status: last.response?.status ?? '-' })];
  },
});

const SERIES: readonly Series[] = ['head', 'line', 'fields'];

const refusedSilently = defineFinding({
  id: 'limits.refused-silently',
  severity: 'advice',
  level: 'MUST',
  spec: 'RFC 9110 §5.4',
  topic: 'head-size',
  look: (on) =>
    SERIES.flatMap((series) => {
      const attempt = refused(on, series);
      // What is missing from the capture may have been the answer.
      if (!attempt || attempt.response !== null || attempt.connection.sides.server.missingBytes > 0) return [];
      return [hit(attempt, { size: attempt.size, what: series, how: refusal(attempt) })];
    }),
});

const refusedByReset = defineFinding({
  id: 'limits.refusal-reset',
  severity: 'note',
  level: null,
  spec: 'RFC 9112 §9.6',
  topic: 'head-size',
  look: (on) =>
    SERIES.flatMap((series) => {
      const attempt = refused(on, series);
      const reset = attempt?.connection.sides.server.rstFrame ?? null;
      if (!attempt?.response || reset === null || attempt.connection.firstClose?.by !== 'server') return [];
      return [
        { ...hit(attempt, { size: attempt.size, status: attempt.response.status }), frames: frameList(attemptFrames(attempt), reset) },
      ];
    }),
});

const lineShort = defineFinding({
  id: 'limits.request-line-short',
  severity: 'advice',
  level: 'SHOULD',
  spec: 'RFC 9112 §3',
  topic: 'head-size',
  look: (on) => {
    const attempt = refused(on, 'line');
    return attempt?.size === 8_000 ? [hit(attempt, { size: attempt.size, how: refusal(attempt) })] : [];
  },
});

type Waited = { waited: string; alone: number; count: number };

/** The request beside others, where it waited for as long as `isMeant` says. */
function waiting(on: LookedAt, beside: Beside, isMeant: (found: Blocked, longerMs: number) => boolean): Hit<Waited>[] {
  const found = besideOthers(on, beside);
  if (!found || !isMeant(found, found.waitedMs - found.aloneMs)) return [];
  const { waitedMs, answered, aloneMs, connection, others, frames } = found;
  const waited = `${answered ? '' : '> '}${seconds(waitedMs * 1e6)} s`;
  return [{ args: { waited, alone: milliseconds(aloneMs * 1e6), count: others.length }, stream: connection.stream, frames }];
}

/** No answer came, or one as soon as one of the others was closed. */
const blocked = (on: LookedAt, beside: Beside): Hit<Waited>[] =>
  waiting(on, beside, ({ answered, freed }, longerMs) => (answered ? freed && longerMs >= BLOCKED_MS : longerMs >= UNANSWERED_MS));

const oneBlocksAll = defineFinding({
  id: 'limits.one-blocks-all',
  severity: 'fault',
  level: null,
  spec: null,
  topic: 'concurrency',
  look: (on) => blocked(on, 'one'),
});

const manyBlock = defineFinding({
  id: 'limits.few-block-all',
  severity: 'risk',
  level: null,
  spec: null,
  topic: 'concurrency',
  look: (on) => blocked(on, 'many'),
});

/** A server that starts more workers when all are busy needs a moment for it. */
const manyDelay = defineFinding({
  id: 'limits.few-delay-others',
  severity: 'note',
  level: null,
  spec: null,
  topic: 'concurrency',
  look: (on) => waiting(on, 'many', ({ answered, freed }, longerMs) => answered && !freed && longerMs >= BLOCKED_MS),
});

const readerBlocks = defineFinding({
  id: 'limits.reader-blocks-all',
  severity: 'fault',
  level: null,
  spec: null,
  topic: 'concurrency',
  look: (on) => blocked(on, 'reader'),
});

const slowAccept = defineFinding({
  id: 'limits.slow-accept',
  severity: 'risk',
  level: null,
  spec: null,
  topic: 'concurrency',
  look: (on) => {
    // The first connection warms the server up.
    const costs = acceptCosts(on).slice(1);
    if (costs.length < 2 || costs.some(({ ms }) => ms < SLOW_ACCEPT_MS)) return [];
    const median = medianOf(costs, ({ ms }) => ms)!;
    return [{ args: { ms: milliseconds(median.ms * 1e6), count: costs.length }, stream: median.connection.stream, frames: median.frames }];
  },
});

export const limits = [
  oneBlocksAll,
  readerBlocks,
  manyBlock,
  manyDelay,
  slowAccept,
  headUnlimited,
  refusedSilently,
  lineShort,
  refusedByReset,
];
