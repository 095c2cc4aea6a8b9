import type { Availability, Provenance } from '../harness/model.ts';

/** What a server is given. A program in any language gets the same as HOST, PORT, SITE and WORK in its environment. */
export interface ServerContext {
  /** Address to bind to; always loopback. */
  host: string;
  port: number;
  /** Folder with the site's files; never written to. */
  site: string;
  /** Empty folder for this server alone: configuration, logs, sockets; removed after the run. */
  work: string;
  /** Started as root, with the rights to become another user: that user must be able to enter the folders. */
  asRoot?: boolean;
}

/** A command that is run without a shell. */
export interface Command {
  file: string;
  args: string[];
  env?: Record<string, string>;
  cwd?: string;
}

/** A server of the comparison. */
export interface ServerDefinition {
  /** Lower case, stable: names the row, the folder of its captures and the option value. */
  id: string;
  title: string;
  provenance: Extract<Provenance, 'real' | 'model'>;
  /** The server from which this one differs in one setting; `null` where it is no variant. */
  variantOf: string | null;
  /** For a model: the real server that it imitates, where the registry has that one. */
  modelOf?: string;
  /** One line: what it is, or, for a variant, the one setting that is changed. */
  summary: string;
  /** The version of the installed program, or why it can't run here and the one command that changes that. */
  version(): Promise<Availability>;
  /** Prepares `work` (with a configuration file, for example) and gives the command to run in the foreground. */
  start(context: ServerContext): Command | Promise<Command>;
  /**
   * For a server that is written in TypeScript: binds and serves. Called by `launch.ts` in the server's own process; frameworks are
   * imported inside, so that the registry stays cheap to load.
   */
  listen?(context: ServerContext): Promise<void>;
  /** How to ask it to stop; the harness kills what is left after a grace period. Default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** Longest wait for the listening socket, in milliseconds. Default 15,000. */
  readyTimeoutMs?: number;
}

/** A server definition without those fields that have a default. */
export type ServerInput = Omit<ServerDefinition, 'provenance' | 'variantOf'> & Partial<Pick<ServerDefinition, 'provenance' | 'variantOf'>>;

/** Fills in the defaults (a real server, no variant). */
export function defineServer(input: ServerInput): ServerDefinition {
  return { provenance: 'real', variantOf: null, ...input };
}
