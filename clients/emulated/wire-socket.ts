import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * The socket that undici is given. It stands between undici and the TCP socket, so that what undici does on its own never shows on the
 * wire:
 *
 * - undici writes `host` and `connection` itself, in lower case and first: its head is replaced by the head of the browser;
 * - undici closes its socket when it no longer needs it, and as soon as the server closes: here that only notifies the owner, who closes
 *   the TCP connection when and how the browser would.
 */
export class WireSocket extends Duplex {
  readonly #tcp: Socket;
  readonly #onReleased: (error: Error | null) => void;
  #head: string | null = null;

  /** @param onReleased called once, when undici has destroyed its side */
  constructor(tcp: Socket, onReleased: (error: Error | null) => void) {
    super({ allowHalfOpen: true });
    this.#tcp = tcp;
    this.#onReleased = onReleased;
  }

  /** Sets the head that is sent instead of the next one that undici writes. */
  replaceNextHead(head: string): void {
    this.#head = head;
  }

  /** Passes on bytes from the server. Pauses the TCP socket where undici can't keep up, so that flow control shows on the wire. */
  receive(chunk: Buffer): void {
    if (!this.push(chunk)) this.#tcp.pause();
  }

  /** Passes on the server's FIN. */
  receiveEnd(): void {
    this.push(null);
  }

  override _read(): void {
    this.#tcp.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const head = this.#head;
    this.#head = null;
    // undici writes a request without a body in one piece; anything else would mix two heads on the wire.
    if (head === null || chunk.subarray(-4).toString('latin1') !== '\r\n\r\n') {
      done(new Error('undici wrote something other than one whole request head'));
      return;
    }
    this.#tcp.write(head, 'latin1', done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#onReleased(error);
    done(error);
  }
}
