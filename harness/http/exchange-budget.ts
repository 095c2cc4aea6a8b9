import type { Connection, Endpoint } from '../model.ts';
import type { ConnectionIdentity } from '../tcp/tracked-connection.ts';
import { endpointKey } from '../wire/endpoint.ts';

/** How many servers a budget may be closed to. */
const CLOSED_SERVERS_MAX = 10_000;

/** How many more exchanges the connections of a capture may keep, all of them together. Every connection keeps its last one. */
export class ExchangeBudget {
  left: number;
  /**
   * Connections that keep no exchange but the last one, since nothing was left of the budget. What they had kept went back into it: connections that
   * had begun before may use that, later ones may not.
   */
  readonly withoutExchanges = new WeakSet<Connection>();
  /** No connection that begins from now on keeps more than its last exchange. */
  closed = false;
  readonly #servers = new Set<string>();

  constructor(exchanges: number) {
    this.left = exchanges;
  }

  /** Later connections of this server keep no exchange but the last one, however much is left. */
  closeTo(server: Endpoint): void {
    if (this.#servers.size < CLOSED_SERVERS_MAX) this.#servers.add(endpointKey(server));
  }

  /** Whether a connection that begins now keeps no exchange but the last one. */
  isClosedTo(connection: ConnectionIdentity): boolean {
    return (
      this.closed || (this.#servers.size > 0 && connection.clientSettled && this.#servers.has(endpointKey(connection.endpoint('server'))))
    );
  }
}
