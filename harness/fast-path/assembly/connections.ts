/** The connections at hand, found by addresses and ports. */
import {
  BUCKETS,
  BUCKETS_AT,
  CLIENT,
  CLIENT_ADDRESS,
  CLIENT_PORT,
  CONNECTION_BYTES,
  CONNECTIONS_AT,
  HELD_MAX,
  IP_VERSION,
  NEXT_IN_BUCKET,
  SERVER,
  SERVER_ADDRESS,
  SERVER_PORT,
} from '../layout';
import * as segment from './segment';

/** Set by `find`: the connection, the side of it that sent the segment, and the other one. */
export let found: usize = 0;
export let own: usize = 0;
export let other: usize = 0;
export let fromClient: bool = false;

/** Finds the connection of the segment at hand. */
export function find(): bool {
  // Most segments belong to the connection of the one before.
  if (found !== 0 && matches(found)) return true;
  const bucket = bucketOf(segment.version, segment.source, segment.sourcePort, segment.destination, segment.destinationPort);
  for (let connection: usize = load<u32>(bucket); connection !== 0; connection = load<u32>(connection, NEXT_IN_BUCKET)) {
    if (matches(connection)) {
      found = connection;
      return true;
    }
  }
  return false;
}

/** Places that are free: from `unused` on all of them, and a chain of those that were given back. */
let unused: usize = CONNECTIONS_AT;
let free: usize = 0;

/** A place for a connection; 0: all are in use. */
export function allocate(): usize {
  const place = free;
  if (place !== 0) {
    free = load<u32>(place, NEXT_IN_BUCKET);
    return place;
  }
  if (unused === CONNECTIONS_AT + HELD_MAX * CONNECTION_BYTES) return 0;
  unused += CONNECTION_BYTES;
  return unused - CONNECTION_BYTES;
}

/** Puts a connection whose addresses and ports are filled in into the table. */
export function insert(connection: usize): void {
  const bucket = bucketFor(connection);
  store<u32>(connection, load<u32>(bucket), NEXT_IN_BUCKET);
  store<u32>(bucket, <u32>connection);
}

/** Takes a connection out of the table and frees its place. */
export function remove(connection: usize): void {
  let place = bucketFor(connection);
  while (load<u32>(place) !== <u32>connection) place = <usize>load<u32>(place) + NEXT_IN_BUCKET;
  store<u32>(place, load<u32>(connection, NEXT_IN_BUCKET));
  if (found === connection) found = 0;
  store<u32>(connection, free, NEXT_IN_BUCKET);
  free = connection;
}

function matches(connection: usize): bool {
  if (load<u32>(connection, IP_VERSION) !== segment.version) return false;
  fromClient =
    isSender(connection + CLIENT_ADDRESS, connection + CLIENT_PORT) && isReceiver(connection + SERVER_ADDRESS, connection + SERVER_PORT);
  const fromServer =
    !fromClient &&
    isSender(connection + SERVER_ADDRESS, connection + SERVER_PORT) &&
    isReceiver(connection + CLIENT_ADDRESS, connection + CLIENT_PORT);
  own = connection + (fromClient ? CLIENT : SERVER);
  other = connection + (fromClient ? SERVER : CLIENT);
  return fromClient || fromServer;
}

function isSender(address: usize, port: usize): bool {
  return load<u16>(port) === segment.sourcePort && isAddress(address, segment.source);
}

function isReceiver(address: usize, port: usize): bool {
  return load<u16>(port) === segment.destinationPort && isAddress(address, segment.destination);
}

function isAddress(known: usize, at: usize): bool {
  if (segment.version === 4) return load<u32>(known) === load<u32>(at);
  return load<u64>(known) === load<u64>(at) && load<u64>(known, 8) === load<u64>(at, 8);
}

function bucketFor(connection: usize): usize {
  return bucketOf(
    load<u32>(connection, IP_VERSION),
    connection + CLIENT_ADDRESS,
    load<u16>(connection, CLIENT_PORT),
    connection + SERVER_ADDRESS,
    load<u16>(connection, SERVER_PORT),
  );
}

function bucketOf(version: u32, address: usize, port: u16, otherAddress: usize, otherPort: u16): usize {
  return BUCKETS_AT + ((hashOf(version, address, port, otherAddress, otherPort) & (BUCKETS - 1)) << 2);
}

/** A hash that is the same for both directions. */
function hashOf(version: u32, address: usize, port: u16, otherAddress: usize, otherPort: u16): u32 {
  const mixed = endHash(version, address, port) + endHash(version, otherAddress, otherPort);
  return mixed ^ (mixed >> 15);
}

function endHash(version: u32, address: usize, port: u16): u32 {
  let hash: u32 = (<u32>port ^ 0x9e3779b9) * 0x85ebca6b;
  const bytes: usize = version === 4 ? 4 : 16;
  for (let at: usize = 0; at < bytes; at += 4) hash = ((hash ^ load<u32>(address + at)) * 0xc2b2ae35) ^ (hash >> 13);
  return hash;
}
