/** What the race says to its lanes, and what they answer. A lane is one server, one upstream side and one capture. */
import type { OwnServer } from '../lab/lane-protocol.ts';
import type { OwnUpstream } from './own-proxy.ts';

const CLIENT_PORT = 8080;
const OTHER_CLIENT_PORT = 8082;
/** The port on which the upstream side is asked: never the server's. */
export const clientPortFor = (serverPort: number): number => (serverPort === CLIENT_PORT ? OTHER_CLIENT_PORT : CLIENT_PORT);
/** The server's port, where it is not the user's own. */
export const SERVER_PORT = 8081;

/** Requests aimed at a server's close, in rounds: in each, every connection is asked twice, with a gap between that is its own. */
export interface Aim {
  /** The gaps that are tried, in milliseconds: all of them, and those at which most closes lie. */
  all: readonly [fromMs: number, toMs: number];
  likely: readonly [fromMs: number, toMs: number];
  /** Requests of one round. */
  side: number;
  /** Requests on each connection before the aimed one. */
  warm: number;
  /** No round begins after this, counted from the first one. Milliseconds. */
  budgetMs: number;
  /** At most so many rounds. */
  rounds: number;
}

/** What a lane does. */
export type Task =
  /** Asks the server itself, and watches how it closes; `upstream` is null. */
  | { kind: 'timer'; windowMs: number /** Requests on each connection. */; requests: number }
  /** Asks the server itself many times on one connection, then on several that never rest, then asks it to stop; `upstream` is null. */
  | { kind: 'ends'; windowMs: number }
  /** Aims requests at the server's close. */
  | { kind: 'aim'; aim: Aim }
  /** Asks the race's own server, to see what the upstream side does by itself. */
  | { kind: 'habits'; windowMs: number };

/** The job of a lane. Sent once, over its IPC channel. */
export interface RaceJob {
  /** Ids. */
  server: string;
  upstream: string | null;
  serverVersion: string;
  upstreamVersion: string;
  task: Task;
  /** The server's port. */
  port: number;
  /** The user's own server, which this command starts; `null` for one of the registry. */
  own: OwnServer | null;
  /** The same of the upstream side. */
  ownUpstream: OwnUpstream | null;
  /** The environment of what is the user's own: the user's. */
  environment: NodeJS.ProcessEnv;
  captureFile: string;
  site: string;
  work: string;
  backend: string;
  delayMs: number;
}

export type RaceEvent =
  /** Nothing to compute from here on. */
  { type: 'waiting' } | RaceOutcome;
export type RaceOutcome = { type: 'done'; delayMs: number; clockStepMs: number } | { type: 'failed'; reason: string };
export type RaceOrder = { type: 'job'; job: RaceJob } | { type: 'abort'; reason: string };
