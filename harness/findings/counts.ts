/** Counts of all exchanges of one server, in constant memory: they speak of those too that no evidence keeps. */

/** What of an exchange is counted. */
export interface CountedExchange {
  readonly stream: number;
  readonly method: string | null;
  readonly target: string | null;
  /** `null` where no response came. */
  readonly status: number | null;
  /** Of the response. */
  readonly version: string | null;
  /** Where no response came: whether the bytes that may hold it are not in the capture. */
  readonly isResponseMissing: boolean;
  readonly requestFrames: readonly [number, number] | null;
  readonly responseFrames: readonly [number, number] | null;
  /** From the request's first byte to the response's last one, in nanoseconds; `null` where one of them is missing, or the request is not whole. */
  readonly durationNs: number | null;
}

/** One of the exchanges that took longest. */
export interface SlowExchange {
  durationNs: number;
  stream: number;
  method: string;
  target: string;
  frames: number[];
}

/** A status; `HTTP/0.9`: a response of that version, which has none; `missing`: the response is not in the capture; `null`: no response. */
export type CountedStatus = number | 'HTTP/0.9' | 'missing' | null;

export interface ExchangeCounts {
  exchanges: number;
  /** With the first frames of each. */
  readonly statuses: Map<CountedStatus, { count: number; stream: number; frames: number[] }>;
  /** The longest ones first; at most `SLOWEST_KEPT`. */
  readonly slowest: SlowExchange[];
}

export const SLOWEST_KEPT = 5;
const FRAMES_OF_A_STATUS = 8;
const TARGET_KEPT = 120;

export const newCounts = (): ExchangeCounts => ({ exchanges: 0, statuses: new Map(), slowest: [] });

export function countExchange(counts: ExchangeCounts, exchange: CountedExchange): void {
  counts.exchanges++;
  const { durationNs } = exchange;
  const status = countedStatus(exchange);
  let entry = counts.statuses.get(status);
  if (!entry) counts.statuses.set(status, (entry = { count: 0, stream: exchange.stream, frames: [] }));
  entry.count++;
  if (entry.frames.length < FRAMES_OF_A_STATUS) entry.frames.push((exchange.responseFrames ?? exchange.requestFrames)?.[0] ?? 0);
  if (durationNs === null || durationNs <= (counts.slowest[SLOWEST_KEPT - 1]?.durationNs ?? 0)) return;
  const { stream, requestFrames, responseFrames } = exchange;
  const slow: SlowExchange = {
    durationNs,
    stream,
    method: exchange.method ?? '',
    target: (exchange.target ?? '').slice(0, TARGET_KEPT),
    frames: [requestFrames?.[0] ?? 0, responseFrames?.[1] ?? 0],
  };
  const place = counts.slowest.findIndex((other) => other.durationNs < durationNs);
  counts.slowest.splice(place === -1 ? counts.slowest.length : place, 0, slow);
  counts.slowest.length = Math.min(counts.slowest.length, SLOWEST_KEPT);
}

/** `200 × 14, 304 × 2`: the most frequent first; without those for which `wanted` is false. */
export function histogram(counts: Pick<ExchangeCounts, 'statuses'>, wanted: (status: CountedStatus) => boolean = () => true): string {
  return [...counts.statuses]
    .filter(([status]) => wanted(status))
    .sort(([a, one], [b, other]) => other.count - one.count || placeOf(a) - placeOf(b))
    .map(([status, { count }]) => `${statusText(status)} × ${count}`)
    .join(', ');
}

function countedStatus({ status, version, isResponseMissing }: CountedExchange): CountedStatus {
  if (status === null) return isResponseMissing ? 'missing' : null;
  return version === '0.9' ? 'HTTP/0.9' : status;
}

const placeOf = (status: CountedStatus): number => (typeof status === 'number' ? status : 0);

/** A status, or what there is in its place. */
export const statusText = (status: CountedStatus): string =>
  status === null ? 'no response' : status === 'missing' ? 'response not in the capture' : String(status);
