/** One connection while WebAssembly follows it. */
import type { HttpConnection } from '../decode/plain-reader.ts';
import type { HttpStream } from '../http/http-stream.ts';
import type { StreamSnapshot } from '../http/snapshots.ts';
import type { Endpoint } from '../model.ts';
import type { DirectionIndex } from '../tcp/reassembly.ts';
import * as at from './layout.ts';
import { bodyAt, requestAt, responseAt, writeBody } from './messages.ts';
import type { SharedMemory } from './shared-memory.ts';
import { readSide, writeAddresses, writeSide } from './tcp-sides.ts';

/** What is kept of a held connection beside its numbers in the shared memory. */
export class HeldConnection {
  readonly connection: HttpConnection;
  /** Where it is in the shared memory. */
  readonly place: number;
  readonly server: Endpoint;
  readonly #memory: SharedMemory;
  readonly #http: HttpStream;
  readonly #offsets: StreamSnapshot['offsets'];
  /** A response is under way whose head the stream has read itself. */
  #isBodyUnderWay: boolean;
  /** How many exchanges have ended; and of how many of them the stream does not know yet. */
  #exchanges: number;
  #reported = 0;

  /** Writes the connection, whose streams stand at `snapshot`, to `place`. */
  constructor(memory: SharedMemory, place: number, connection: HttpConnection, http: HttpStream, snapshot: StreamSnapshot) {
    const { offsets, body, exchanges } = snapshot;
    this.#memory = memory;
    this.place = place;
    this.connection = connection;
    this.server = connection.endpoint('server');
    this.#http = http;
    this.#offsets = offsets;
    this.#isBodyUnderWay = body !== null;
    this.#exchanges = exchanges;
    writeAddresses(memory, place, connection);
    memory.set(place + at.STATE, body === null ? at.IDLE : at.ANSWERING);
    memory.set(place + at.LAST_FRAME, connection.lastFrame);
    // A plain packet is not older than any segment before it.
    memory.setTime(place + at.END_NS, Math.max(connection.endNs, body?.endNs ?? connection.endNs));
    const { client } = connection;
    writeSide(memory, place + at.CLIENT, connection, client, offsets[0]);
    writeSide(memory, place + at.SERVER, connection, otherThan(client), offsets[1]);
    if (body !== null) writeBody(memory, place, body);
  }

  /** Whether the exchange that has ended may be reported without giving it to the stream. */
  get mayReport(): boolean {
    return !this.#isBodyUnderWay && this.#http.keepsLastOnly;
  }

  /** Counts the exchange that has ended, which the caller reports. Gives its index on the connection. */
  report(): number {
    this.#reported++;
    return this.#exchanges++;
  }

  /** Gives the exchange that has ended to the stream, which reports it. */
  giveToStream(): void {
    this.#toStream(false);
    this.#exchanges++;
  }

  /** Brings the connection and its stream up to date. Gives how many frames were taken. */
  restore(): number {
    const { connection, place } = this;
    const memory = this.#memory;
    const { client, frameCount } = connection;
    connection.lastFrame = memory.get(place + at.LAST_FRAME);
    readSide(memory, place + at.CLIENT, connection, client, this.#offsets[0]);
    readSide(memory, place + at.SERVER, connection, otherThan(client), this.#offsets[1]);
    if (connection.frameCount > frameCount) connection.endNs = memory.getTime(place + at.END_NS);
    this.#restoreStream();
    return connection.frameCount - frameCount;
  }

  #restoreStream(): void {
    const memory = this.#memory;
    const { place } = this;
    const state = memory.get(place + at.STATE);
    const isUnderWay = state === at.ASKED || state === at.ANSWERING;
    if (this.#reported > 0) {
      // The stream gets the last one that was reported: a connection always keeps its last exchange.
      const skipped = isUnderWay ? this.#reported : this.#reported - 1;
      const server = place + at.SERVER;
      const serverOffset = memory.getTime(server + (state === at.ASKED ? at.PAYLOAD_BYTES : at.MESSAGE_OFFSET));
      this.#http.skip(skipped, [memory.getTime(place + at.CLIENT + at.MESSAGE_OFFSET), serverOffset]);
    }
    if (isUnderWay || this.#reported > 0) this.#toStream(!isUnderWay);
  }

  #toStream(isReported: boolean): void {
    const memory = this.#memory;
    const { place } = this;
    if (this.#isBodyUnderWay) {
      this.#http.resumeBody(bodyAt(memory, place));
      this.#isBodyUnderWay = false;
    } else {
      const isAsked = memory.get(place + at.STATE) === at.ASKED;
      this.#http.resume(requestAt(memory, place), isAsked ? null : responseAt(memory, place), isReported);
    }
  }
}

const otherThan = (index: DirectionIndex): DirectionIndex => (index === 0 ? 1 : 0);
