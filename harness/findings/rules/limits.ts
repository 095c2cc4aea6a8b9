/** What a server takes of one client, and whether clients that do nothing keep it from others. */
import { type Attempt, attemptFrames, attempts, refusal, refused, type Series } from '../../observe/limits.ts';
import { acceptCosts, type Beside, besideOthers } from '../../observe/starvation.ts';
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

/** The request beside others, where these keep it waiting for `least` milliseconds more than it takes alone, and for less than `most`. */
function blocked(
  on: LookedAt,
  beside: Beside,
  least: number,
  most = Number.POSITIVE_INFINITY,
): Hit<{ waited: string; alone: number; count: number }>[] {
  const found = besideOthers(on, beside);
  if (!found) return [];
  const { waitedMs, answered, aloneMs, connection, others, frames } = found;
  const longer = waitedMs - aloneMs;
  if (longer < (answered ? least : UNANSWERED_MS) || longer >= most) return [];
  const waited = `${answered ? '' : '> '}${seconds(waitedMs * 1e6)} s`;
  return [{ args: { waited, alone: milliseconds(aloneMs * 1e6), count: others.length }, stream: connection.stream, frames }];
}

const oneBlocksAll = defineFinding({
  id: 'limits.one-blocks-all',
  severity: 'fault',
  level: null,
  spec: null,
  topic: 'concurrency',
  look: (on) => blocked(on, 'one', BLOCKED_MS),
});

const manyBlock = defineFinding({
  id: 'limits.few-block-all',
  severity: 'risk',
  level: null,
  spec: null,
  topic: 'concurrency',
  look: (on) => blocked(on, 'many', UNANSWERED_MS),
});

/** A server that starts more workers when all are busy needs a moment for it. */
const manyDelay = defineFinding({
  id: 'limits.few-delay-others',
  severity: 'note',
  level: null,
  spec: null,
  topic: 'concurrency',
  look: (on) => blocked(on, 'many', BLOCKED_MS, UNANSWERED_MS),
});

const readerBlocks = defineFinding({
  id: 'limits.reader-blocks-all',
  severity: 'fault',
  level: null,
  spec: null,
  topic: 'concurrency',
  look: (on) => blocked(on, 'reader', BLOCKED_MS),
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
