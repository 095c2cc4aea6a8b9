/**
 * The port of readers that take packets before the layers do. Most packets of a large capture are plain: the next segment of an established connection, in
 * one more exchange like those before. A reader takes the plain packets of connections that it holds. When another packet of such a connection comes, the
 * connection is released to the layers. What is reported of a capture is the same with and without a reader.
 */
import type { PlainPackets } from '../capture-file/packet-reader.ts';
import type { ExchangeSummary } from '../http/exchange-summary.ts';
import type { HttpStream } from '../http/http-stream.ts';
import type { Endpoint } from '../model.ts';
import { ConnectionList } from '../tcp/connection-list.ts';
import { ConnectionTable } from '../tcp/connection-table.ts';
import type { ConnectionTracker } from '../tcp/connection-tracker.ts';
import type { ConnectionIdentity, TrackedConnection } from '../tcp/tracked-connection.ts';
import type { TcpSegment } from '../wire/segment.ts';

/** A connection whose streams are read as HTTP. */
export type HttpConnection = TrackedConnection<HttpStream>;

/** Called for an exchange that its connection does not keep. */
export type OnSummary = (exchange: ExchangeSummary, server: Endpoint, connection: ConnectionIdentity) => void;

/** A reader for one capture. */
export interface PlainReader extends PlainPackets {
  /**
   * Takes a connection over, if it can. From then on none of its segments may go to the layers, before it has been released.
   * @returns whether it was taken
   */
  hold(connection: HttpConnection): boolean;
  /** Gives up a connection that it holds, and brings it up to date. */
  release(connection: HttpConnection): void;
}

/**
 * Makes a reader for a capture of so many bytes (−1: it is not known); `null` where there is none, or it is not worth its start. `onSummary`: where it is given,
 * the reader reports exchanges of streams that keep none but their last one to it, and not to the stream.
 */
export type OpenPlainReader = (bytes: number, onSummary: OnSummary | null) => PlainReader | null;

/** The connections of a capture: most are the tracker's, and some the reader's, as long as all that are open can be followed. */
export class SharedConnections {
  readonly #tracker: ConnectionTracker<HttpStream>;
  readonly #openMax: number;
  #reader: PlainReader | null;
  /** Those that the reader holds. */
  readonly #heldTable = new ConnectionTable<HttpStream>();
  readonly #held = new ConnectionList<HttpConnection>();

  /** `openMax`: how many open connections the tracker follows at one time. */
  constructor(tracker: ConnectionTracker<HttpStream>, reader: PlainReader | null, openMax: number) {
    this.#tracker = tracker;
    this.#reader = reader;
    this.#openMax = openMax;
  }

  /** A segment that the reader has not taken. */
  segment(segment: TcpSegment): void {
    const tracker = this.#tracker;
    const reader = this.#reader;
    if (reader === null) {
      tracker.segment(segment);
      return;
    }
    const held = this.#held.size === 0 ? null : this.#heldTable.find(segment);
    if (held !== null) this.#release(held, reader);
    // A new connection may push out the one that was idle for longest: to find it, the tracker has to know them all.
    else if (tracker.open + this.#held.size >= this.#openMax) this.#releaseAll(reader);
    const connection = tracker.segment(segment);
    if (connection !== null && this.#reader !== null && reader.hold(connection)) {
      tracker.release(connection);
      this.#heldTable.add(connection);
      this.#held.append(connection);
    }
  }

  /** The capture has ended. */
  end(): void {
    if (this.#reader !== null) this.#releaseAll(this.#reader);
    this.#tracker.end();
  }

  #release(connection: HttpConnection, reader: PlainReader): void {
    reader.release(connection);
    this.#heldTable.delete(connection);
    this.#held.remove(connection);
    this.#tracker.adopt(connection);
  }

  /** From now on the tracker follows all connections. */
  #releaseAll(reader: PlainReader): void {
    this.#reader = null;
    for (const connection of this.#held.toArray()) this.#release(connection, reader);
  }
}
