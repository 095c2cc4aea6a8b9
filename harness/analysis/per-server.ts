import type { Endpoint } from '../model.ts';
import { endpointKey } from '../wire/endpoint.ts';

/** Servers of a capture of which something is kept. */
export const SERVERS_MAX = 1_000;

/** What is kept of each server of a capture, up to `SERVERS_MAX` of them. */
export class PerServer<T> {
  readonly #make: (endpoint: Endpoint) => T;
  readonly #kept = new Map<string, T>();
  /** The endpoint that was asked for last: most exchanges have the server of the one before them, which then needs no key. */
  #endpoint: Endpoint | null = null;
  #ofEndpoint: T | null = null;

  /** `make`: what is kept of a server at first. */
  constructor(make: (endpoint: Endpoint) => T) {
    this.#make = make;
  }

  /** What is kept of the server, from now on if need be; `null` where it would be one too many. */
  of(endpoint: Endpoint): T | null {
    const { address, port } = endpoint;
    if (this.#endpoint?.port !== port || this.#endpoint.address !== address) {
      this.#ofEndpoint = this.known(endpoint) ?? this.#add(endpoint);
      this.#endpoint = endpoint;
    }
    return this.#ofEndpoint;
  }

  /** What is kept of the server; `null` where nothing is. */
  known(endpoint: Endpoint): T | null {
    return this.#kept.get(endpointKey(endpoint)) ?? null;
  }

  /** Whether there is room for one more server. */
  get hasRoom(): boolean {
    return this.#kept.size < SERVERS_MAX;
  }

  /** In the order in which the servers came. */
  all(): T[] {
    return [...this.#kept.values()];
  }

  #add(endpoint: Endpoint): T | null {
    if (!this.hasRoom) return null;
    const made = this.#make(endpoint);
    this.#kept.set(endpointKey(endpoint), made);
    return made;
  }
}
