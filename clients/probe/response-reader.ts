/**
 * Reads just enough of HTTP/1.x framing (RFC 9112 §6.3) to know when a response has ended, so that the probe knows when to go on.
 * What the responses mean is read from the capture, never from here.
 */

/** What the probe needs of a response head. */
export interface ResponseHead {
  /** `1.0` or `1.1`. */
  version: string;
  status: number;
  /** Names in lower case; the values of repeated fields joined by a comma (RFC 9110 §5.3). */
  headers: ReadonlyMap<string, string>;
}

type Part =
  | { reading: 'head' }
  | { reading: 'length'; left: number }
  | { reading: 'chunk-size' | 'chunk-end' | 'trailers' | 'until-close' }
  | { reading: 'chunk'; left: number };

/** Longest response head that is recognised, in bytes. */
export const HEAD_LIMIT = 256 * 1024;

/** Finds the responses in the bytes of one connection. */
export interface ResponseReader {
  /** Takes the next bytes of the connection. */
  push(bytes: Uint8Array): void;
  /** The server will send no more: ends a response whose body lasts until the close. */
  end(): void;
  /** Takes the oldest final response that has been read to its end, if there is one. */
  take(): ResponseHead | null;
  /** Responses whose head has come, those that `take` has given among them: all, and final ones alone. */
  readonly begun: number;
  readonly answered: number;
  /** Whether a final response has begun and not ended. */
  readonly isInBody: boolean;
  /** Bytes of which no field said how many would come, since the last response ended. */
  readonly unannounced: number;
}

/**
 * Makes the reader of one connection.
 * @param methods methods of the requests that were sent and have not been answered yet, oldest first; the reader removes each as its final
 * response begins. A response to HEAD has no body, whatever its fields say.
 */
export function createResponseReader(methods: string[]): ResponseReader {
  const done: ResponseHead[] = [];
  let pending = Buffer.alloc(0);
  let part: Part = { reading: 'head' };
  let current: ResponseHead | null = null;
  let begun = 0;
  let answered = 0;
  let unannounced = 0;

  const finish = () => {
    if (current) done.push(current);
    current = null;
    unannounced = 0;
    part = { reading: 'head' };
  };

  const line = (): string | null => {
    const end = pending.indexOf(0x0a);
    if (end < 0) {
      // Of a line without an end nothing need be kept.
      if (pending.length > HEAD_LIMIT) part = { reading: 'until-close' };
      return null;
    }
    const text = pending.toString('latin1', 0, end).replace(/\r$/, '');
    pending = pending.subarray(end + 1);
    return text;
  };

  const beginBody = (head: ResponseHead) => {
    begun++;
    // An interim response is followed by another one to the same request (RFC 9110 §15.2).
    if (head.status >= 100 && head.status < 200 && head.status !== 101) return;
    answered++;
    current = head;
    const method = methods.shift();
    const length = head.headers.get('content-length');
    const codings = head.headers.get('transfer-encoding')?.toLowerCase() ?? '';
    if (method === 'HEAD' || head.status === 204 || head.status === 304) finish();
    else if (/(^|,)\s*chunked\s*$/.test(codings)) part = { reading: 'chunk-size' };
    else if (codings === '' && length !== undefined && /^\d+$/.test(length)) {
      part = { reading: 'length', left: Number(length) };
      if (length === '0') finish();
    } else part = { reading: 'until-close' };
  };

  /** Drops up to `left` bytes of a body; true when all of them have come. */
  const skip = (counted: { left: number }): boolean => {
    const taken = Math.min(counted.left, pending.length);
    counted.left -= taken;
    pending = pending.subarray(taken);
    return counted.left === 0;
  };

  /** Takes one step through what is there; false when more bytes are needed. */
  const advance = (): boolean => {
    switch (part.reading) {
      case 'head': {
        const head = takeHead();
        if (head) beginBody(head);
        return head !== null;
      }
      case 'length':
        if (!skip(part)) return false;
        finish();
        return true;
      case 'chunk-size': {
        const text = line();
        if (text === null) return false;
        const size = Number.parseInt(text, 16);
        if (!Number.isSafeInteger(size)) part = { reading: 'until-close' };
        else part = size === 0 ? { reading: 'trailers' } : { reading: 'chunk', left: size };
        return true;
      }
      case 'chunk':
        if (!skip(part)) return false;
        part = { reading: 'chunk-end' };
        return true;
      case 'chunk-end':
        if (line() === null) return false;
        part = { reading: 'chunk-size' };
        return true;
      case 'trailers': {
        const text = line();
        if (text === '') finish();
        return text !== null;
      }
      case 'until-close':
        pending = Buffer.alloc(0);
        return false;
    }
  };

  const takeHead = (): ResponseHead | null => {
    // Empty lines before a start line are skipped (RFC 9112 §2.2).
    while (pending[0] === 0x0d || pending[0] === 0x0a) pending = pending.subarray(1);
    const text = pending.toString('latin1', 0, HEAD_LIMIT);
    const end = /\r?\n\r?\n/.exec(text);
    if (!end) {
      if (pending.length > HEAD_LIMIT) part = { reading: 'until-close' };
      return null;
    }
    pending = pending.subarray(end.index + end[0].length);
    return parseHead(text.slice(0, end.index));
  };

  return {
    push(bytes) {
      if (part.reading !== 'length') unannounced += bytes.length;
      pending = Buffer.concat([pending, bytes]);
      while (pending.length > 0 && advance());
    },
    end() {
      if (part.reading === 'until-close') finish();
    },
    take: () => done.shift() ?? null,
    get begun() {
      return begun;
    },
    get answered() {
      return answered;
    },
    get isInBody() {
      return current !== null;
    },
    get unannounced() {
      return unannounced;
    },
  };
}

/** What is not HTTP/1.x (HTTP/0.9, for example) counts as a response of status 0 that lasts until the close. */
function parseHead(text: string): ResponseHead {
  const [startLine = '', ...lines] = text.split(/\r?\n/);
  const [, version = '', status = '0'] = /^HTTP\/(\d\.\d) (\d{3})/.exec(startLine) ?? [];
  const headers = new Map<string, string>();
  for (const field of lines) {
    const colon = field.indexOf(':');
    if (colon <= 0) continue;
    const name = field.slice(0, colon).trim().toLowerCase();
    const value = field.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { version, status: Number(status), headers };
}

/** Whether the server has announced that it will close the connection after this response (RFC 9112 §9.3). */
export function announcesClose(head: ResponseHead): boolean {
  const options = (head.headers.get('connection') ?? '').toLowerCase().split(/\s*,\s*/);
  return options.includes('close') || (head.version !== '1.1' && !options.includes('keep-alive'));
}
