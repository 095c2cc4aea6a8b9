import type { Availability } from '../harness/model.ts';
import type { Command, ServerContext } from './server.ts';

/** A host and a port. */
export interface Upstream {
  host: string;
  port: number;
}

/** What an upstream side is given. A program in any language gets the same as HOST, PORT, UPSTREAM (`host:port`) and WORK in its environment. */
export interface UpstreamContext extends Omit<ServerContext, 'site'> {
  /** The server that it asks. */
  upstream: Upstream;
}

/** A program that listens, and asks a server for what it is asked for: a proxy, or an HTTP client library in a small program of its own. */
export interface UpstreamSide {
  /** Lower case, stable. */
  id: string;
  title: string;
  kind: 'proxy' | 'library';
  /** The upstream side from which this one differs in one setting; `null` where it is no variant. */
  variantOf: string | null;
  /** One line: how it is configured. */
  summary: string;
  /** The version of the installed program, or why it can't run here and the one command that changes that. */
  version(): Promise<Availability>;
  /** Prepares `work` and gives the command to run in the foreground. */
  start(context: UpstreamContext): Command | Promise<Command>;
  /** How to ask it to stop. Default SIGTERM. */
  stopSignal?: NodeJS.Signals;
}

type UpstreamInput = Omit<UpstreamSide, 'kind' | 'variantOf'> & Partial<Pick<UpstreamSide, 'variantOf'>>;

/** Defines a proxy. */
export const defineProxy = (input: UpstreamInput): UpstreamSide => ({ kind: 'proxy', variantOf: null, ...input });

/**
 * Defines a client library. Its program answers each request with what the library got for the same method, target and body; where the library
 * gave up, with 502 and the name of the exception in `X-Exception`.
 */
export const defineLibrary = (input: UpstreamInput): UpstreamSide => ({ kind: 'library', variantOf: null, ...input });

/** The environment of a program of one's own. */
export const upstreamEnvironment = ({ host, port, upstream, work }: UpstreamContext): Record<string, string> => ({
  HOST: host,
  PORT: String(port),
  UPSTREAM: `${upstream.host}:${upstream.port}`,
  WORK: work,
});
