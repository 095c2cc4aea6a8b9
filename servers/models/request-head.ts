import type { ModelSocket } from './model-socket.ts';

/** Bytes that were received and not used yet, read with the time limits of an event-driven server. */
export class InputBuffer {
  bytes = Buffer.alloc(0);
  /** The peer has sent its FIN (or a RST). */
  finished = false;
  readonly #socket: ModelSocket;
  readonly #readSize: number;

  constructor(socket: ModelSocket, readSize: number) {
    this.#socket = socket;
    this.#readSize = readSize;
  }

  /** Reads once more. `deadline` is a `performance.now()` time. */
  async more(deadline: number | null): Promise<'data' | 'finished' | 'timeout'> {
    const got = await this.#socket.receive(this.#readSize, deadline === null ? null : Math.max(0, deadline - performance.now()));
    if (typeof got === 'string') {
      this.finished = got === 'finished';
      return got;
    }
    this.bytes = Buffer.concat([this.bytes, got]);
    return 'data';
  }

  /** The next line without its LF (a CR before it is kept), or `null` where there is none yet. */
  line(): Buffer | null {
    const end = this.bytes.indexOf(0x0a);
    if (end < 0) return null;
    const line = this.bytes.subarray(0, end);
    this.bytes = this.bytes.subarray(end + 1);
    return line;
  }

  /** Takes up to `length` bytes. */
  take(length: number): Buffer {
    const taken = this.bytes.subarray(0, length);
    this.bytes = this.bytes.subarray(length);
    return taken;
  }
}

/** Header fields, in order. */
export type Fields = (readonly [name: string, value: string])[];

/** A request whose head has been read. */
export interface ModelRequest {
  method: string;
  /** Path without query and fragment, percent-decoded, slashes merged. */
  path: string;
  /** The version of the request times ten: 9, 10 or 11. */
  version: number;
  headers: Fields;
}

/** The first field of that name. */
export const headerOf = (headers: Fields, name: string): string | undefined => headers.find(([key]) => key.toLowerCase() === name)?.[1];

/** The fields as header lines, each with its CRLF. */
export const fieldLines = (fields: Fields): string => fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');

/** Whether a field such as If-None-Match lists the tag, or is `*`. `weak`: by the weak comparison of RFC 9110 section 8.8.3.2. */
export function lists(header: string, etag: string, { weak = false } = {}): boolean {
  const opaque = (tag: string) => (weak ? tag.trim().replace(/^W\//, '') : tag.trim());
  return header.trim() === '*' || header.split(',').some((entry) => opaque(entry) === etag);
}
