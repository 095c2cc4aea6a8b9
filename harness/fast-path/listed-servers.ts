/** The servers whose exchanges are only listed, or not even that: how the lines of their connections begin. */

import type { Endpoint } from '../model.ts';
import type { TrackedConnection } from '../tcp/tracked-connection.ts';
import { endpointKey } from '../wire/endpoint.ts';
import * as at from './layout.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Where exchanges are only listed: how the lines of a server begin, and who takes lines. */
export interface Listing {
  /** In ASCII, before and behind the number of the connection, up to the method; `null`: the server's exchanges are not listed. */
  lineStart(server: Endpoint): { before: string; behind: string } | null;
  /** Whole lines, `bytes[start, end)`. Valid during the call only. */
  lines(bytes: Uint8Array, start: number, end: number): void;
}

export class ListedServers {
  readonly #memory: SharedMemory;
  /** Where each is in the shared memory; 0: there is no room for it. */
  readonly #places = new Map<string, number>();
  #count = 0;
  #areFollowed = true;

  constructor(memory: SharedMemory) {
    this.#memory = memory;
  }

  /** Where the server of the connection is; from now on its later connections are followed. 0: there is no room for it. */
  find(connection: TrackedConnection, listing: Listing): number {
    const server = connection.endpoint('server');
    const key = endpointKey(server);
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.#add(connection, listing.lineStart(server));
      this.#places.set(key, place);
    }
    return place;
  }

  /** Connections that begin later are not followed. */
  followNoMore(): void {
    this.#areFollowed = false;
    for (let index = 0; index < this.#count; index++) this.#memory.set(placeOf(index) + at.LISTED_IP_VERSION, 0);
  }

  #add({ client, ends, address0, address1, ipVersion }: TrackedConnection, lineStart: ReturnType<Listing['lineStart']>): number {
    const { before, behind } = lineStart ?? { before: '', behind: '' };
    const isLong = before.length > at.BEFORE_STREAM_BYTES_MAX || behind.length > at.BEHIND_STREAM_BYTES_MAX;
    if (isLong || this.#count === at.SERVERS_MAX) return 0;
    const memory = this.#memory;
    const place = placeOf(this.#count++);
    const address = client === 0 ? address1 : address0;
    for (let word = 0; word < 4; word++) memory.setWord(place + at.LISTED_ADDRESS + word * 4, address[word]!);
    memory.setPort(place + at.LISTED_PORT, ends[client === 0 ? 1 : 0].port);
    memory.set(place + at.LISTED_EXCHANGES, lineStart === null ? at.COUNTED_ONLY : at.LISTED_ONLY);
    memory.setText(place + at.BEFORE_STREAM_BYTES, place + at.BEFORE_STREAM, before);
    memory.setText(place + at.BEHIND_STREAM_BYTES, place + at.BEHIND_STREAM, behind);
    if (this.#areFollowed) memory.set(place + at.LISTED_IP_VERSION, ipVersion);
    return place;
  }
}

const placeOf = (index: number): number => at.SERVERS_AT + index * at.SERVER_BYTES;
