import type { Availability, Provenance } from '../harness/model.ts';
import type { Question } from './probe/question.ts';
import type { Action, Scenario } from './scenario.ts';

/** Request targets for the probe, one of each kind that its questions need. */
export interface ProbeTargets {
  /** An HTML page. */
  page: string;
  /** A text file that compresses well. */
  text: string;
  script: string;
  image: string;
  /** The file for range requests; some hundred kilobytes are best. */
  large: string;
  /** What POST requests are sent to. */
  post: string;
}

/** The targets on the project's own site (`servers/site/`). */
export const SITE_TARGETS: ProbeTargets = {
  page: '/',
  text: '/style.css',
  script: '/cards.js',
  image: '/logo.png',
  large: '/audio.wav',
  post: '/',
};

/** How the probe asks a server that is not the registry's. */
export interface ProbeManner {
  /** Field lines that each request carries after its request line, as in `Authorization: Bearer x`; a `Host` takes the place of the usual one. */
  headers?: readonly string[];
  /** Longest wait for an answer. Milliseconds. */
  answerTimeoutMs?: number;
  /** How many times a timer is measured, at different phases. Default 4. */
  samples?: number;
  /** Whether its answers are known to have no end: the questions wait for none. */
  endless?: boolean;
}

/** What a client is given for one cell. */
export interface ClientContext {
  /** For example `http://127.0.0.1:8080`, without a path or a trailing slash. */
  origin: string;
  /** How long the harness watches idle connections after the last step, in milliseconds. */
  windowMs: number;
  /** What the probe requests at an origin that doesn't host the site; default `SITE_TARGETS`. */
  targets?: ProbeTargets;
  manner?: ProbeManner;
  /** Questions beside those of the registry. */
  questions?: readonly Question[];
  /** Empty folder for this client alone (for a browser profile, for example); removed after the run. */
  work: string;
  /** Aborted when the run is cancelled: the client then closes everything immediately. */
  signal: AbortSignal;
  /** Whether this cell has a network namespace of its own, so that interfaces may be added to it. */
  isolated?: boolean;
  /** The command so that it runs with no more rights than a browser needs: as another user where the lane runs as root. Default: as it is. */
  confine?(file: string, args: readonly string[]): { file: string; args: string[] };
}

/** An opened browser (or probe). The harness marks the steps in the capture and calls `act` for each action in turn. */
export interface ClientSession {
  /**
   * Performs the action. Resolves when every request that it caused is answered or has failed. The connections stay as they are until
   * `close`, so that idle time-outs and keep-alive probes can be observed.
   * @throws where the action can't be performed, ClientFailure where the client itself fails (a request that fails on the wire is a fact,
   * not an error)
   */
  act(action: Action): Promise<void>;
  /** A failure of the client itself, whenever it happened: then the capture does not show the visit. `null` where there was none. */
  failure?(): Error | null;
  /** Closes every socket and ends every process, whatever their state. Called once, after the capture of the cell has been closed. */
  close(): Promise<void>;
}

/** A known difference between an emulated browser and the real one, and the reason why it remains. */
export interface KnownDifference {
  what: string;
  because: string;
}

/** A client of the comparison: an emulated browser, a real one, or the probe. */
export interface ClientDefinition {
  id: string;
  title: string;
  provenance: Extract<Provenance, 'emulated' | 'real'>;
  /** Which scenarios it can perform. */
  kind: Scenario['for'];
  summary: string;
  /** Known differences of an emulated browser from the real one. */
  differences?: readonly KnownDifference[];
  /** The version that is installed (or emulated), or why it can't run here. */
  version(): Promise<Availability>;
  /** Starts it for one cell. @throws where it can't be started */
  open(context: ClientContext): Promise<ClientSession>;
}

/** Gives a client definition its type. */
export function defineClient(client: ClientDefinition): ClientDefinition {
  return client;
}
