/** Longest time that a browser may take to start, in milliseconds. */
export const START_TIMEOUT_MS = 25_000;

/** Longest wait for the end of a load, in milliseconds. Together with `QUIET_LIMIT_MS` less than the 30 s after which the harness gives up an action. */
export const LOAD_TIMEOUT_MS = 15_000;

/** Longest wait for the answers to what the page requests after its load, in milliseconds: a server that never answers must not hold up the visit. */
export const QUIET_LIMIT_MS = 12_000;
