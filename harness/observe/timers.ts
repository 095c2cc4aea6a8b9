/** When a close is due to an idle timer, and when to the one that the server named. */

/** A close sooner than this after the last byte is due to no idle timer: it comes at once. (A server that closes takes some 10 ms at most to send what is left.) */
export const AT_ONCE_MS = 250;

/** Whether a close comes at once after what went before it. */
export const isAtOnce = (ms: number): boolean => ms < AT_ONCE_MS;

/** How far from the time that they name servers close: a little before, where they check once a second; later, where they wait one second more (Node's `keepAliveTimeoutBuffer`, nodejs/node PR 54863). Seconds. */
export const EARLY_S = 0.5;
export const LATE_S = 1.6;

/** Whether a connection that was closed after `idleS` seconds was closed at the time that the server named. */
export const isAtNamedTime = (idleS: number, namedS: number): boolean => idleS >= namedS - EARLY_S && idleS <= namedS + LATE_S;
