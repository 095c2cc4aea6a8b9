/** The results of a race: `race.json`. */
import type { Skipped } from '../../model.ts';
import type { Attempts } from './attempts.ts';
import type { Habits } from './habits.ts';
import type { Ends, Prediction } from './prediction.ts';
import type { ServerTimer } from './timers.ts';

/** One upstream side and one server, for one method. */
export interface Pair {
  upstream: string;
  server: string;
  method: 'GET' | 'POST';
  /** How long the upstream side keeps an idle connection here; `null`: longer than it was watched. */
  upstreamIdleS: number | null;
  /** The shortest time after which the server closes one; `null`: longer than it was watched. */
  serverIdleS: number | null;
  predicted: Prediction['predicted'];
  marginS: number | null;
  because: Prediction['because'];
  /** What else ends connections; `null` where one of the two is not known. */
  ends: Ends | null;
  tried: number;
  onIdle: number;
  raced: number;
  unsent: number;
  near: number;
  answered: number;
  repeated: number;
  failed: Record<string, number>;
  otherwise: Record<string, number>;
  /** The share of `tried` that may be lost: Wilson's interval, 95 %. */
  lostShare: [low: number, high: number];
  /**
   * `races`: requests were sent into the close (lost, or repeated unseen). `safe`: none was, as predicted. `not-shown`: none was, though they race by their timers, or
   * nothing is known of those, or the samples only just missed the close; or none was tried.
   */
  verdict: 'safe' | 'races' | 'not-shown';
  example: { capture: string; frames: number[]; detail: NonNullable<Attempts['example']> } | null;
  /** `not-aimed`: the server closes nothing that can be aimed at in time. */
  state: 'tried' | 'not-aimed' | 'failed';
  /** Why it was not tried; `null` where it was. */
  reason: string | null;
}

/** A side of the matrix. */
export interface RaceRow {
  id: string;
  title: string;
  summary: string;
  variantOf: string | null;
  /** `null`: it is the user's own, or not installed. */
  version: string | null;
  skipped: Skipped | null;
}

/** `race.json`. */
export interface RaceResult {
  schemaVersion: 1;
  startedAt: string;
  durationMs: number;
  /** How long an idle connection was watched. */
  windowS: number;
  /** How long a packet between the upstream side and the server was held, each way, by a program (the relay); 0: not at all. */
  pathDelayMs: number;
  upstreams: (RaceRow & { kind: 'proxy' | 'library'; habits: Habits | null; habitsCapture: string | null; reason: string | null })[];
  servers: (RaceRow & {
    timer: ServerTimer | null;
    timerCapture: string | null;
    /** What shows its limit of requests and its stop, and why it does not. */
    endsCapture: string | null;
    endsReason: string | null;
    reason: string | null;
  })[];
  pairs: Pair[];
}

/** What a pair showed. One that only just missed the close is not safe. */
export function verdictOf(
  { raced, near }: Pick<Attempts, 'raced' | 'near'>,
  predicted: Prediction['predicted'],
  tried: number,
): Pair['verdict'] {
  if (raced > 0) return 'races';
  return predicted === 'safe' && tried > 0 && near === 0 ? 'safe' : 'not-shown';
}

/** How many requests were lost to the race. */
export const lostOf = ({ failed }: Pick<Attempts, 'failed'>): number => Object.values(failed).reduce((sum, count) => sum + count, 0);
