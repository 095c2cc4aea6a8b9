/** The two hops of a race's capture, and what belongs together: a request of the client bears a mark in its target, which the upstream side passes on. */
import { field } from '../../http/fields.ts';
import type { Connection, Exchange, RequestMessage } from '../../model.ts';

/** An exchange with its request, and the connection that carried it. */
export interface Carried {
  connection: Connection;
  exchange: Exchange;
  request: RequestMessage;
}

/** One request as asked, and what the upstream side made of it. */
export interface Asked {
  target: string;
  method: string;
  /** `null` where the capture does not show it. */
  client: Carried | null;
  /** In the order in which they were sent: none, where the upstream side answered by itself; two, where it repeated the request. */
  upstream: Carried[];
}

/** Every request of a capture, by its target, in the order in which they were first sent. */
export function askedRequests(connections: readonly Connection[], clientPort: number): Map<string, Asked> {
  const carried = connections
    .flatMap((connection) =>
      connection.exchanges.flatMap((exchange): Carried[] =>
        exchange.request === null ? [] : [{ connection, exchange, request: exchange.request }],
      ),
    )
    .sort((a, b) => a.request.frames[0] - b.request.frames[0]);
  const all = new Map<string, Asked>();
  for (const one of carried) {
    const { target, method } = one.request;
    const asked = all.get(target) ?? { target, method, client: null, upstream: [] };
    all.set(target, asked);
    if (one.connection.server.port === clientPort) asked.client ??= one;
    else asked.upstream.push(one);
  }
  return all;
}

/** Whether the connection had carried a request before. */
export const isReused = ({ exchange }: Carried): boolean => exchange.index > 0;

/** The frames of a race: the server's close, and the RST that answers the request. */
export interface RaceFrames {
  close: number;
  reset: number | null;
}

/**
 * The race of a request: it was sent into the server's close, crossed it, or reached the server's kernel when the program closed, which had read none of it. Linux then sends
 * a RST and no FIN (tcp(7)). `null` where it did not race.
 */
export function raceOf(carried: Carried): RaceFrames | null {
  const { connection, exchange, request } = carried;
  if (exchange.response !== null) return null;
  const { keepAliveRace: race, firstClose, sides } = connection;
  if (race !== null) return request.frames[0] >= race.request ? race : null;
  const isUnread = firstClose?.by === 'server' && firstClose.how === 'RST' && sides.server.finFrame === null && isReused(carried);
  return isUnread ? { close: firstClose.frame, reset: firstClose.frame } : null;
}

/** Whether it raced. */
export const isRaced = (carried: Carried): boolean => raceOf(carried) !== null;

const GATEWAY_FAILURES: readonly number[] = [502, 503, 504];

/**
 * What a client gets where the upstream side gave up: a status, the name of an exception, `hang-up` where its connection was closed, `no-answer` where it was
 * still open at the end; `null` where it got the server's answer.
 */
export function failureOf({ client, upstream }: Asked): string | null {
  if (upstream.some(({ exchange }) => exchange.response !== null)) return null;
  if (client === null) return 'no-answer';
  const { response } = client.exchange;
  if (response === null) return client.connection.firstClose === null ? 'no-answer' : 'hang-up';
  const exception = field(response, 'x-exception');
  if (exception !== null) return exception;
  return GATEWAY_FAILURES.includes(response.status) ? String(response.status) : `answered ${response.status} by itself`;
}
