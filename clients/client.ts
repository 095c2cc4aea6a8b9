import type { Availability, Provenance } from '../harness/model.ts';
import type { Action, Scenario } from './scenario.ts';

/** What the probe asks for: targets of the kinds that its questions need. */
export interface ProbeTargets {
  /** An HTML page. */
  page: string;
  /** A text that compresses well. */
  text: string;
  script: string;
  image: string;
  /** The file that parts are asked of; best some hundred kilobytes. */
  large: string;
}

export const SITE_TARGETS: ProbeTargets = { page: '/', text: '/style.css', script: '/cards.js', image: '/logo.png', large: '/audio.wav' };

/** What a client is given for one cell. */
export interface ClientContext {
  /** `http://127.0.0.1:8080`, say: no path, no trailing slash. */
  origin: string;
  /** How long the harness watches idle connections after the last step, in milliseconds. */
  windowMs: number;
  /** Where the origin does not host the site: what the probe asks for instead. */
  targets?: ProbeTargets;
  /** Empty folder of this client's own (a browser's profile folder, say); removed after the run. */
  work: string;
  /** Aborted when the run is cancelled: let go of everything at once. */
  signal: AbortSignal;
  /** Whether the network namespace is this cell's own, so that interfaces may be added to it. */
  isolated?: boolean;
}

/** An opened browser (or probe). The harness marks the steps in the capture and calls `act` for each action in turn. */
export interface ClientSession {
  /**
   * Resolves when what the action starts has settled: every request it led to is answered or has failed. What happens on the connections
   * after that (idle time-outs, keep-alive probes) goes on until `close`.
   * @throws where the action can't be done at all (a failed request is a fact on the wire, not an error)
   */
  act(action: Action): Promise<void>;
  /** Lets go of every socket and process, however things stand. Called once, when the capture of the cell is already closed. */
  close(): Promise<void>;
}

/** A known difference between an emulated browser and the real one, and why it is left. */
export interface Difference {
  what: string;
  because: string;
}

export interface ClientDefinition {
  id: string;
  title: string;
  provenance: Extract<Provenance, 'emulated' | 'real'>;
  /** Which scenarios it can act out. */
  kind: Scenario['for'];
  summary: string;
  /** Where an emulated browser is known not to be as the real one. */
  differences?: readonly Difference[];
  version(): Promise<Availability>;
  open(context: ClientContext): Promise<ClientSession>;
}

export function defineClient(client: ClientDefinition): ClientDefinition {
  return client;
}
