/** What the tracker and the fast path say to each other. */
import type { AddressPair } from './connection-table.ts';
import type { TrackedConnection } from './tracked-connection.ts';

/**
 * Takes connections over for a while. Between `lend` and `reclaim` nothing of a connection is current but who it is. Other connections it may follow from
 * their SYN on: the tracker gets to know those when they are closed, or when it asks.
 */
export interface LentConnections {
  /** Connections that it may have at one time. */
  readonly most: number;
  /** Who lends. */
  tracker: LendingTracker | null;
  /** Takes the connection, which then is `lent`, if it may be. */
  lend(connection: TrackedConnection): void;
  /** Brings a connection that is `lent` up to date; of one that was followed, reassembly and sink too, if it has them. */
  reclaim(connection: TrackedConnection): void;
  /** The tracker has one more (`by` is 1) or one less (−1) of its own: none is followed that has its addresses and ports. */
  track(connection: TrackedConnection, by: 1 | -1): void;
  /** The connection of these addresses and ports, if it is followed; it is `lent`. */
  followed(addresses: AddressPair): TrackedConnection | null;
  /** All that are followed and not closed by both sides, which are `lent`. From now on none is. */
  followNoMore(): TrackedConnection[];
  /** The frame that a connection was active in last, which is `lent`. */
  lastFrame(connection: TrackedConnection): number;
}

/** What one who follows connections tells. */
export interface LendingTracker {
  /** Connections so far: the next one has this number. */
  streams: number;
  /** Both sides have closed a connection that was followed; it is `lent`. */
  finished(connection: TrackedConnection): void;
}
