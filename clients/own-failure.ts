import errors from 'undici/lib/core/errors.js';
import { reasonOf } from '../harness/system/reason.ts';

/** An error that the server's bytes cause: it belongs to the visit. */
export class ShownOnWire extends Error {
  override name = 'ShownOnWire';
}

/** A request that the client itself gave up: the page was left, or the browser closed. */
export class Cancelled extends Error {
  override name = 'Cancelled';
}

/** A failure of the client itself. The wire shows nothing of it, so what the capture holds is not the visit that was asked for. */
export class ClientFailure extends Error {
  override name = 'ClientFailure';
}

/** Codes of errors that the other side or the network causes, and of those that follow the close of a connection or the end of a request. */
const WIRE_CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ENOTCONN', 'ETIMEDOUT', 'EHOSTUNREACH'],
  ...['UND_ERR_SOCKET', 'UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'],
  ...['UND_ERR_ABORTED', 'UND_ERR_DESTROYED', 'UND_ERR_INFO', 'ABORT_ERR', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'],
  ...['Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_NEED_DICT'],
]);
/** Malformed content: Brotli and Zstandard. */
const WIRE_CODE = /^(?:ERR_(?:BROTLI_DECODER)?_ERROR_(?!ALLOC|UNREACHABLE)|ZSTD_error_(?!memory_allocation$))/;

const MEMORY = 'give it more memory: lift the limit (ulimit -v unlimited), or run fewer cells at one time (--at-once 1)';
const NAME = 'let the name resolve to this machine, in /etc/hosts for example';
const SPACE = 'free some space on the disk of the temporary folder, or set TMPDIR to another';
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ...['ENOMEM', 'ENOBUFS', 'ERR_MEMORY_ALLOCATION_FAILED', 'Z_MEM_ERROR', 'ERR_ZLIB_INITIALIZATION_FAILED'].map(
    (code) => [code, MEMORY] as const,
  ),
  ...['EMFILE', 'ENFILE'].map((code) => [code, 'raise the limit of open files (ulimit -n 4096)'] as const),
  ['EADDRNOTAVAIL', 'wait until local ports are free again, or allow more of them (sysctl net.ipv4.ip_local_port_range)'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA'].map((code) => [code, NAME] as const),
  ...['ENOSPC', 'EDQUOT'].map((code) => [code, SPACE] as const),
]);

const codeOf = (error: unknown): string => {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
};

/** Whether the error is the client's own; false for what the wire shows and for what the client gave up. */
export function isOwnFailure(error: unknown): boolean {
  if (error instanceof ShownOnWire || error instanceof Cancelled) return false;
  // A malformed response; most of these have no code.
  if (error instanceof errors.HTTPParserError) return false;
  // A name with several addresses: one that was refused is on the wire.
  if (error instanceof AggregateError) return error.errors.every(isOwnFailure);
  const code = codeOf(error);
  return !WIRE_CODES.has(code) && !WIRE_CODE.test(code);
}

function remedyOf(error: unknown): string | undefined {
  // Errors of WebAssembly and of typed arrays have no code.
  if (error instanceof RangeError && /memory|allocation/i.test(error.message)) return MEMORY;
  if (error instanceof ReferenceError && typeof WebAssembly === 'undefined')
    return 'let Node.js have WebAssembly (no --jitless in NODE_OPTIONS)';
  return REMEDIES.get(codeOf(error));
}

/** The error as a failure of the client, with what mends it where that is known. */
export function asClientFailure(error: unknown): ClientFailure {
  if (error instanceof ClientFailure) return error;
  const remedy = remedyOf(error);
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  // Where there is a remedy, the place in the program is of no use.
  const reason = remedy !== undefined && cause instanceof Error ? cause.message : reasonOf(cause);
  return new ClientFailure(`the client itself failed, not the server: ${reason}${remedy === undefined ? '' : `; ${remedy}`}`, {
    cause: error,
  });
}

/** Collects the failures of one client; what the wire shows is left out. */
export class OwnFailures {
  #first: ClientFailure | null = null;
  #reject: (failure: ClientFailure) => void = () => {};
  /** Rejects with the first failure. */
  readonly thrown = new Promise<never>((_, reject) => {
    this.#reject = reject;
  });

  constructor() {
    this.thrown.catch(() => {});
  }

  /** The first failure, `null` as long as there is none. */
  get first(): ClientFailure | null {
    return this.#first;
  }

  /** Takes any error. A function of its own, so that it can be given to `catch`. */
  readonly note = (error: unknown): void => {
    if (this.#first || !isOwnFailure(error)) return;
    this.#first = asClientFailure(error);
    this.#reject(this.#first);
  };

  /** Waits for `work`. @throws the first failure, as soon as there is one; else as `work` does */
  async duringWork<T>(work: Promise<T>): Promise<T> {
    try {
      const done = await Promise.race([work, this.thrown]);
      if (!this.#first) return done;
    } catch (error) {
      if (!this.#first) throw error;
    }
    throw this.#first;
  }
}
