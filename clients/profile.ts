/**
 * A browser's behaviour on the wire, as data. The interpreter (`browser.ts`, `page.ts`, `pool.ts`, `cache.ts`, `head.ts`) knows policies only: nothing in it
 * asks which browser it is. So two profiles side by side tell how the browsers differ, and each policy's `source` tells why we believe it.
 */

import type { Difference } from './client.ts';

/** A value and why we believe it: a source file of the browser, its documentation, or a capture made here (with the version). */
export interface Policy<T> {
  value: T;
  source: string;
}

/** Pairs a value with its source. */
export function policy<T>(value: T, source: string): Policy<T> {
  return { value, source };
}

// ------------------------------------------------------------------------------------------------------------ connections

/** TCP keep-alive as set on a socket; seconds. `then` replaces the first setting when the connection is `afterS` old. */
export interface TcpKeepAlive {
  idleS: number;
  then?: { afterS: number; idleS: number };
  /** Whether it is set on a connection that has not carried a request yet. */
  unused: boolean;
}

/** Milliseconds to the close, for a response with content and for one without (a 304, say). */
export interface CloseDelay {
  content: number;
  noContent: number;
}

export interface NavigationSockets {
  /** Opened at once where so many are not there yet: idle, busy and connecting ones counted together. */
  atOnce: number;
  /** Milliseconds from the navigation to its request. */
  requestAfterMs: number;
  /** Opened, likewise, some milliseconds after the navigation began. */
  later: { afterMs: number; sockets: number } | null;
}

export interface ConnectionPolicies {
  /** Most sockets to one host at a time: idle, busy and connecting ones together. */
  perHost: Policy<number>;
  /** Sockets that a navigation wants to its origin, and when. */
  navigation: Policy<NavigationSockets>;
  /** Which idle connection the next request gets. One that was used before always comes before an unused one. */
  pick: Policy<'most-recently-used' | 'least-recently-used' | 'most-bytes-read'>;
  /** A connection whose first request was for a document is left to documents where another one is idle. */
  documentConnectionSpared: Policy<boolean>;
  /** How long an idle connection is kept, in milliseconds: one that carried a request, one that never did. */
  usedIdleMs: Policy<number>;
  unusedIdleMs: Policy<number>;
  /**
   * `on-next-request`: an overdue connection is only closed when the next request is made; `timer`: when its time is up, by one timer for all that is set
   * again in whole steps, so that a second connection may live up to a step longer; it is first set so long after a connection became idle.
   */
  cleanup: Policy<{ by: 'on-next-request' } | { by: 'timer'; stepMs: number; armAfterMs: number }>;
  /** When an idle connection that the server has closed is closed on this side too. */
  serverCloseAnswered: Policy<'on-next-request' | 'at-once'>;
  /** Whether `Keep-Alive: timeout=` of a response is obeyed. */
  keepAliveHeader: Policy<'ignored' | 'obeyed'>;
  tcpKeepAlive: Policy<TcpKeepAlive | null>;
  /** From the last byte of a response to the moment from which its connection counts as idle, in milliseconds. */
  reclaimMs: Policy<number>;
  /**
   * A request for which a connection was opened waits for that one; only those without one of their own take what becomes idle. `batchMs`: connections that
   * come about within that time are handed out together, those opened in one millisecond `last-first`, or in the order in which they were opened;
   * `by-priority`: whichever comes about is taken by the first of all that wait for one.
   */
  binding: Policy<{ batchMs: number; order: 'first-first' | 'last-first' | 'by-priority' }>;
  /** A connection that has not come about so long after its SYN gets a second one beside it; the first of the two is used. `null`: never. */
  backupAfterMs: Policy<number | null>;
  /** A resource that must wait for others opens a connection meanwhile, where none is idle. */
  anticipates: Policy<boolean>;
  /** From the last byte of a response that ends its connection to this side's close, in milliseconds. */
  closeDelayMs: Policy<CloseDelay>;
  /** Whether a request that finds its kept-alive connection dead, before any byte of an answer, is sent again on another one. */
  retryOnDeadConnection: Policy<boolean>;
}

// --------------------------------------------------------------------------------------------------------------- requests

/** What is fetched, as the browser's request code tells it apart. */
export type RequestKind = 'document' | 'stylesheet' | 'script' | 'image' | 'media' | 'font' | 'favicon';

/**
 * One header line of a request head. `{slot}` is filled in for each request; a line with an unfilled slot is left out.
 * `trustworthy` lines are sent to potentially trustworthy origins only (https, localhost, 127.0.0.0/8, ::1; W3C Secure Contexts), `otherwise` to all others.
 */
export type HeadLine = string | { trustworthy?: string; otherwise?: string };

/** The lines behind the request line, in order, with the case that is on the wire. */
export type HeadTemplate = readonly HeadLine[];

/**
 * What may be filled into a head line. `memory-*` are validators of a resource that the page's own (memory) cache revalidates, `disk-*` those that the
 * HTTP cache adds: browsers put them at different places. `referer-of-policy` is `referer` where the page came with a
 * `Referrer-Policy`, `referer-by-default` where it did not.
 */
export type Slot =
  | 'host'
  | 'referer'
  | 'referer-of-policy'
  | 'referer-by-default'
  | 'site'
  | 'user'
  | 'priority'
  | 'pragma'
  | 'cache-control'
  | 'range'
  | 'if-range'
  | 'memory-if-none-match'
  | 'memory-if-modified-since'
  | 'disk-if-none-match'
  | 'disk-if-modified-since';

export interface KindPolicy {
  head: HeadTemplate;
  /** Lower goes first where requests wait for a connection, or for the same other request. */
  priority: number;
  /** The same for a script that doesn't hold up the parser. */
  deferredPriority?: number;
  /** Waits behind these kinds until they are answered (the browser's own resource scheduler, not the pool). */
  behind?: readonly RequestKind[];
  /** Milliseconds between its cue and the request: the time that the browser's own processes take, as captured. */
  delayMs: number;
  /** The same where a cache that is asked holds it, stale and with a validator. */
  knownDelayMs?: number;
  /** Value of the `Priority` field (RFC 9218), by what the browser knows when it asks. A missing one falls back to `usual`; `null` sends none. */
  urgency?: { usual: string | null; known?: string; laidOut?: string; deferred?: null };
}

export interface RequestPolicies {
  kinds: Policy<Record<RequestKind, KindPolicy>>;
  /** While a page's head is not done, at most this many requests of `limited` kinds are under way. `null`: no such limit. */
  tightMode: Policy<{ limit: number; limited: readonly RequestKind[] } | null>;
  /** What the favicon waits for: the load event, or only the stylesheets. */
  faviconAfter: Policy<'load' | 'stylesheets'>;
  /** The load event waits for this part of the bytes of the page's media (0 to 1), and for all else that the page names. */
  loadEventMediaShare: Policy<number>;
  /** A favicon that was not found is asked for again at these visits only. */
  faviconMissForgotten: Policy<readonly Visit[]>;
  /** Whether the page's `Referrer-Policy` decides what `Referer` says. */
  referrerPolicy: Policy<'ignored' | 'obeyed'>;
  /** Whether the favicon is asked for again when media begin to play, for the media controls. */
  faviconAtPlay: Policy<boolean>;
}

// ------------------------------------------------------------------------------------------------------------------ cache

/** How one kind of visit uses the cache. */
export interface VisitPolicy {
  /** `default`: RFC 9111; `validate`: never without asking the server; `bypass`: as if the cache were empty. */
  mode: 'default' | 'validate' | 'bypass';
  cacheControl?: string;
  pragma?: string;
  /** False where the visit counts as not begun by the user (no `Sec-Fetch-User`). */
  userActivated?: false;
  /** All idle connections are closed before the visit. */
  closesIdle?: true;
}

/** How a page came to be fetched. */
export type Visit = 'typed' | 'link' | 'reload' | 'hard-reload' | 'cache-disabled';

export interface CachePolicies {
  /** Heuristic freshness (RFC 9111 §4.2.2): this part of the time since Last-Modified, up to `capS` seconds. */
  heuristic: Policy<{ fraction: number; capS: number | null }>;
  /** What the page's document, and what its other resources do at each kind of visit. */
  document: Policy<Record<Visit, VisitPolicy>>;
  subresources: Policy<Record<Visit, VisitPolicy>>;
  /** Kinds that the page's memory cache keeps while the browser stays in the same tab; it revalidates by itself. */
  memoryCache: Policy<readonly RequestKind[]>;
  /** Which validators a conditional request carries when the stored response has both. */
  validators: Policy<'both' | 'etag-first'>;
}

// ------------------------------------------------------------------------------------------------------------------ media

export interface SeekPolicy {
  /** It begins at a multiple of this many bytes. */
  alignment: number;
  /** `open`: to the end, whatever that is; `closed`: to the last byte, on condition (`If-Range`) that the file is still the same. */
  range: 'open' | 'closed';
  /** From the seek to the end of the first download's connection, and from there to the request; milliseconds. */
  givenUpAfterMs: number;
  askedAfterMs: number;
}

export interface MediaPolicies {
  /** `Range` of the first request; `null` for none. */
  firstRange: Policy<string | null>;
  /** Media that were loaded whole are kept by the player and not asked for again, whatever the visit. */
  kept: Policy<boolean>;
  /** How stored media, whole or as a 206 of the whole, are revalidated when they are stale. */
  revalidation: Policy<'closed-range-with-validators' | 'open-range-with-if-range' | 'not-stored'>;
  /** What a seek outside of what is buffered asks for; `null`: nothing, it waits for what is on its way. */
  seek: Policy<SeekPolicy | null>;
}

// ---------------------------------------------------------------------------------------------------------------- closing

export interface ClosingPolicies {
  /** How idle connections end when the browser is closed. */
  quit: Policy<'FIN' | 'RST'>;
  /**
   * What becomes of a connection whose page is left in mid-download: closed, or, where the head of the response has come, read on to its end.
   */
  abort: Policy<'FIN' | 'RST' | 'read-on'>;
}

// ---------------------------------------------------------------------------------------------------------------- profile

export interface ClientProfile {
  id: string;
  title: string;
  /** The version that it stands for, as the browser itself names it. */
  version: string;
  summary: string;
  /** Where it is known not to be as the real browser. */
  differences: readonly Difference[];
  connections: ConnectionPolicies;
  requests: RequestPolicies;
  cache: CachePolicies;
  media: MediaPolicies;
  closing: ClosingPolicies;
}

/** Checks at load time what the types can't say. */
export function defineProfile(profile: ClientProfile): ClientProfile {
  const { perHost, navigation } = profile.connections;
  if ((navigation.value.later?.sockets ?? 0) > perHost.value)
    throw new Error(`profile ${profile.id}: a navigation wants more sockets than a host may have`);
  for (const [kind, { head }] of Object.entries(profile.requests.kinds.value)) {
    const host = head.some((line) => typeof line === 'string' && line.toLowerCase().startsWith('host: {host}'));
    if (!host) throw new Error(`profile ${profile.id}: the head of a ${kind} request has no "Host: {host}" (RFC 9112 §3.2)`);
  }
  return profile;
}
