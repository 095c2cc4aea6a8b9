/** Finds the connection of a segment by its addresses and ports, in either direction, without an allocation. */
import { int32 } from '../wire/bytes.ts';
import { formatAddress as formatIpv4 } from '../wire/ipv4.ts';
import { formatAddress as formatIpv6 } from '../wire/ipv6.ts';
import type { TcpSegment } from '../wire/segment.ts';
import type { DirectionIndex } from './reassembly.ts';
import type { StreamSink } from './stream-sink.ts';
import type { TrackedConnection } from './tracked-connection.ts';

/** Where the addresses and ports of a segment are, or of a connection: from end 0 to end 1. */
export type AddressPair = Pick<
  TcpSegment,
  'bytes' | 'ipVersion' | 'source' | 'destination' | 'addressBytes' | 'sourcePort' | 'destinationPort'
>;

const BUCKETS_AT_FIRST = 1024;

/** Connections by addresses and ports. */
export class ConnectionTable<S extends StreamSink = StreamSink> {
  #buckets: (TrackedConnection<S> | null)[] = new Array(BUCKETS_AT_FIRST).fill(null);
  size = 0;
  /** Set by `find`: the direction of the segment in the connection that was found. */
  direction: DirectionIndex = 0;
  #last: TrackedConnection<S> | null = null;

  /** The connection of a segment; `null`: there is none. */
  find(segment: AddressPair): TrackedConnection<S> | null {
    const last = this.#last;
    if (last && this.#matches(last, segment)) return last;
    let connection = this.#buckets[hashOf(segment, SEED) & (this.#buckets.length - 1)] ?? null;
    while (connection && !this.#matches(connection, segment)) connection = connection.nextInBucket;
    if (connection) this.#last = connection;
    return connection;
  }

  /** Adds a connection whose addresses and ports `identify` has filled in. */
  add(connection: TrackedConnection<S>): void {
    if (this.size >= this.#buckets.length) this.#grow();
    this.#chain(connection);
    this.size++;
    this.#last = connection;
  }

  /** Removes a connection. False: it was not in the table. */
  delete(connection: TrackedConnection<S>): boolean {
    const index = connection.hash & (this.#buckets.length - 1);
    let place = this.#buckets[index] ?? null;
    if (place === connection) this.#buckets[index] = connection.nextInBucket;
    else {
      while (place && place.nextInBucket !== connection) place = place.nextInBucket;
      if (!place) return false;
      place.nextInBucket = connection.nextInBucket;
    }
    connection.nextInBucket = null;
    this.size--;
    if (this.#last === connection) this.#last = null;
    return true;
  }

  #chain(connection: TrackedConnection<S>): void {
    const index = connection.hash & (this.#buckets.length - 1);
    connection.nextInBucket = this.#buckets[index] ?? null;
    this.#buckets[index] = connection;
  }

  #grow(): void {
    const old = this.#buckets;
    this.#buckets = new Array(old.length * 4).fill(null);
    for (let connection of old) {
      while (connection) {
        const next: TrackedConnection<S> | null = connection.nextInBucket;
        this.#chain(connection);
        connection = next;
      }
    }
  }

  #matches(connection: TrackedConnection<S>, segment: AddressPair): boolean {
    const end0 = connection.ends[0];
    const end1 = connection.ends[1];
    const { sourcePort, destinationPort } = segment;
    if (connection.ipVersion !== segment.ipVersion) return false;
    if (
      sourcePort === end0.port &&
      destinationPort === end1.port &&
      isAddress(connection.address0, segment, segment.source) &&
      isAddress(connection.address1, segment, segment.destination)
    ) {
      this.direction = 0;
      return true;
    }
    if (
      sourcePort === end1.port &&
      destinationPort === end0.port &&
      isAddress(connection.address1, segment, segment.source) &&
      isAddress(connection.address0, segment, segment.destination)
    ) {
      this.direction = 1;
      return true;
    }
    return false;
  }
}

/** Gives a connection the addresses and ports of its first segment, whose sender becomes end 0. */
export function identify(connection: TrackedConnection, pair: AddressPair): void {
  const { bytes, source, destination, ipVersion } = pair;
  connection.ipVersion = ipVersion;
  connection.ends[0].port = pair.sourcePort;
  connection.ends[1].port = pair.destinationPort;
  connection.address0 = words(pair, source);
  connection.address1 = words(pair, destination);
  const format = ipVersion === 4 ? formatIpv4 : formatIpv6;
  connection.addressText = [format(bytes, source), format(bytes, destination)];
  connection.hash = hashOf(pair, SEED);
  connection.key = keyOf(pair);
}

function words({ bytes, addressBytes }: AddressPair, offset: number): [number, number, number, number] {
  if (addressBytes === 4) return [int32(bytes, offset), 0, 0, 0];
  return [int32(bytes, offset), int32(bytes, offset + 4), int32(bytes, offset + 8), int32(bytes, offset + 12)];
}

function isAddress(address: readonly [number, number, number, number], { bytes, addressBytes }: AddressPair, offset: number): boolean {
  if (address[0] !== int32(bytes, offset)) return false;
  return (
    addressBytes === 4 ||
    (address[1] === int32(bytes, offset + 4) && address[2] === int32(bytes, offset + 8) && address[3] === int32(bytes, offset + 12))
  );
}

const SEED = 0x9e3779b9;
const SECOND_SEED = 0x7f4a7c15;

/** A hash of addresses and ports in 53 bits, the same for both directions. */
export const keyOf = (pair: AddressPair): number => hashOf(pair, SEED) * 0x20_0000 + (hashOf(pair, SECOND_SEED) >>> 11);

/** The same in 32 bits. */
function hashOf(pair: AddressPair, seed: number): number {
  const mixed = endHash(pair, pair.source, pair.sourcePort, seed) + endHash(pair, pair.destination, pair.destinationPort, seed);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

function endHash({ bytes, addressBytes }: AddressPair, offset: number, port: number, seed: number): number {
  let hash = Math.imul(port ^ seed, 0x85ebca6b);
  for (let index = 0; index < addressBytes; index += 4) hash = Math.imul(hash ^ int32(bytes, offset + index), 0xc2b2ae35) ^ (hash >>> 13);
  return hash | 0;
}
