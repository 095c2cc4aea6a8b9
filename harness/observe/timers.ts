/** When a close is due to an idle timer, and when to the one that the server named. */

/** A close sooner than this after the last byte comes at once: no idle timer caused it. A closing server takes some 10 ms at most. Milliseconds. */
export const AT_ONCE_MS = 250;

/** Whether a close that comes `ms` milliseconds after the last byte comes at once. */
export const isAtOnce = (ms: number): boolean => ms < AT_ONCE_MS;

/** Servers close up to this much before the time that they name, where they check once a second. */
export const EARLY_S = 0.5;
/** Servers close up to this much after it: Node waits one second longer (`keepAliveTimeoutBuffer`, nodejs/node PR 54863). */
export const LATE_S = 1.6;

/** Whether a connection that was closed after `idleS` seconds was closed at the time that the server named. */
export const isAtNamedTime = (idleS: number, namedS: number): boolean => idleS >= namedS - EARLY_S && idleS <= namedS + LATE_S;
