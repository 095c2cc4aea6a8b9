import type { Connection, Exchange } from '../model.ts';

type Raced = Exchange & { request: NonNullable<Exchange['request']> };

/**
 * Notes a request that the server's close does not acknowledge: it was sent into a closed connection, or the two crossed (RFC 9112 §9.5). What the server saw
 * before it closed ends before that request, so that the idle time does too.
 */
export function noteRace(connection: Connection): void {
  const { firstClose, sides, exchanges, handshake } = connection;
  if (firstClose?.by !== 'server') return;
  const raced = exchanges.find((exchange): exchange is Raced => isRaced(exchange, firstClose.acknowledged, firstClose.frame));
  if (raced === undefined) return;
  const request = raced.request.frames[0];
  const { rstFrame, lastPayloadNs } = sides.server;
  connection.keepAliveRace = {
    close: firstClose.frame,
    request,
    reset: rstFrame !== null && rstFrame > request && rstFrame !== firstClose.frame ? rstFrame : null,
  };
  const sinceNs = lastPayloadNs ?? handshake?.ackNs;
  if (request < firstClose.frame && sinceNs !== undefined && firstClose.idleMs !== null) {
    firstClose.idleMs = Math.max(0, firstClose.timeNs - sinceNs) / 1e6;
  }
}

/** A request without an answer, of which the close acknowledges nothing; where it has no acknowledgement (a RST), one that came after it. */
function isRaced({ request, response }: Exchange, acknowledged: number | null, closeFrame: number): boolean {
  if (request === null || response !== null) return false;
  return acknowledged === null ? request.frames[0] > closeFrame : request.offset >= acknowledged;
}
