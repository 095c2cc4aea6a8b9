import type { Connection, Endpoint } from '../model.ts';
import type { ConnectionIdentity } from '../tcp/tracked-connection.ts';
import { endpointKey } from '../wire/endpoint.ts';

/** Servers that a budget remembers to be closed to. */
const CLOSED_SERVERS_MAX = 10_000;

/** How many exchanges may yet be put into connections, all connections of a capture together. */
export class ExchangeBudget {
  left: number;
  /**
   * Connections that found none left: they have no more than their last one, and gave back those that they had had: to others that were there
   * already, for then the budget is closed to later ones.
   */
  readonly withoutExchanges = new WeakSet<Connection>();
  closed = false;
  readonly #servers = new Set<string>();

  constructor(exchanges: number) {
    this.left = exchanges;
  }

  /** Its later connections keep nothing but their last exchange, however much is left. */
  closeTo(server: Endpoint): void {
    if (this.#servers.size < CLOSED_SERVERS_MAX) this.#servers.add(endpointKey(server));
  }

  isClosedTo(connection: ConnectionIdentity): boolean {
    return (
      this.closed || (this.#servers.size > 0 && connection.clientSettled && this.#servers.has(endpointKey(connection.endpoint('server'))))
    );
  }
}
