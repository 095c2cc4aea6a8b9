/**
 * A browser's behaviour on the wire, as data. The emulated browser (`clients/emulated/`) reads policies only and never asks which browser
 * it is. So two profiles side by side show how the browsers differ, and each policy's `source` says how we know.
 */

import type { KnownDifference } from './client.ts';

/** A value and how we know it: a source file of the browser, its documentation, or a capture made here (with the version). */
export interface Policy<T> {
  value: T;
  source: string;
}

/** Pairs a value with its source. */
export function policy<T>(value: T, source: string): Policy<T> {
  return { value, source };
}

// ------------------------------------------------------------------------------------------------------------ connections

/** TCP keep-alive settings of a socket, in seconds. `then` replaces the first setting when the connection is `afterS` old. */
export interface TcpKeepAlive {
  idleS: number;
  then?: { afterS: number; idleS: number };
  /** Whether it is set as soon as the connection is established; otherwise with its first request. */
  unused: boolean;
}

/** Delay before the close in milliseconds: after a response with content, and after one without (a 304, for example). */
export interface CloseDelay {
  content: number;
  noContent: number;
}

/** The sockets that a navigation opens, and when its request is sent. */
export interface NavigationSockets {
  /** Sockets that should exist when the navigation begins; those missing are opened. Idle, busy and connecting ones all count. */
  atOnce: number;
  /** Milliseconds from the navigation to its request. */
  requestAfterMs: number;
  /** The same for `sockets`, `afterMs` milliseconds after the navigation began. */
  later: { afterMs: number; sockets: number } | null;
}

/** When connections are opened, which request gets which of them, and when they are closed. */
export interface ConnectionPolicies {
  /** Maximum number of sockets to one host: idle, busy and connecting ones together. */
  perHost: Policy<number>;
  /** Sockets that a navigation opens to its origin, and when. */
  navigation: Policy<NavigationSockets>;
  /** Which idle connection the next request gets. One that was used before always comes before an unused one. */
  pick: Policy<'most-recently-used' | 'least-recently-used' | 'most-bytes-read'>;
  /** Whether a connection whose first request was for a document is reserved for documents while another one is idle. */
  documentConnectionSpared: Policy<boolean>;
  /** How long an idle connection is kept, in milliseconds: one that has carried a request, and (`unusedIdleMs`) one that never has. */
  usedIdleMs: Policy<number>;
  unusedIdleMs: Policy<number>;
  /**
   * How idle connections are closed after their time-out. `on-next-request`: when the next request is made. `timer`: by one timer for all
   * connections. It is first set `armAfterMs` after a connection became idle and always runs in whole steps, so that a connection may live
   * up to one step longer.
   */
  cleanup: Policy<{ by: 'on-next-request' } | { by: 'timer'; stepMs: number; armAfterMs: number }>;
  /** When an idle connection that the server has closed is closed on this side too. */
  serverCloseAnswered: Policy<'on-next-request' | 'at-once'>;
  /** Whether `Keep-Alive: timeout=` of a response is obeyed. */
  keepAliveHeader: Policy<'ignored' | 'obeyed'>;
  tcpKeepAlive: Policy<TcpKeepAlive | null>;
  /** Time from the last byte of a response until its connection counts as idle, in milliseconds. */
  reclaimMs: Policy<number>;
  /**
   * How new connections are assigned to requests. A request for which a connection was opened waits for that one; only a request without
   * its own takes one that becomes idle. `batchMs`: connections established within this time are assigned together. `first-first`: in the
   * order in which they were established; `last-first`: of those opened in the same millisecond, the last one first; `by-priority`: each
   * goes to the most urgent request that waits for a new connection.
   */
  binding: Policy<{ batchMs: number; order: 'first-first' | 'last-first' | 'by-priority' }>;
  /**
   * If a connection is not established this long after its SYN, a second one is opened for the same request, and the first to be
   * established is used. Milliseconds; `null`: never.
   */
  backupAfterMs: Policy<number | null>;
  /** Whether a resource that must wait for others opens a connection in the meantime, where none is idle. */
  anticipates: Policy<boolean>;
  /** Time from the last byte of a response that ends its connection to this side's close, in milliseconds. */
  closeDelayMs: Policy<CloseDelay>;
  /**
   * Whether a request is sent again on another connection where its reused connection turns out to be closed before any byte of the
   * response.
   */
  retryOnDeadConnection: Policy<boolean>;
}

// --------------------------------------------------------------------------------------------------------------- requests

/** Kinds of resource that browsers request in different ways. */
export type RequestKind = 'document' | 'stylesheet' | 'script' | 'image' | 'media' | 'font' | 'favicon';

/**
 * One header line of a request head. `{slot}` is filled in for each request; a line whose slot has no value is left out. `trustworthy`
 * lines are sent to potentially trustworthy origins only (https, localhost, 127.0.0.0/8, ::1; W3C Secure Contexts), `otherwise` lines to
 * all others.
 */
export type HeadLine = string | { trustworthy?: string; otherwise?: string };

/** The lines after the request line, in the order and case used on the wire. */
export type HeadTemplate = readonly HeadLine[];

/**
 * Names of the values that are filled into head lines. `memory-*`: validators added by the page's memory cache; `disk-*`: those added by
 * the HTTP cache. Browsers put the two in different places. `referer-of-policy` is the referrer where the page has a `Referrer-Policy`,
 * `referer-by-default` where it has none.
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

/** How one kind of resource is requested. */
export interface KindPolicy {
  head: HeadTemplate;
  /** Lower values go first where several requests wait. */
  priority: number;
  /** The same for a script that doesn't block the parser. */
  deferredPriority?: number;
  /** Waits until all requests of these kinds are answered (by the browser's resource scheduler, not the connection pool). */
  waitsFor?: readonly RequestKind[];
  /** Milliseconds from the moment when its address is known to the request: the time that the browser's own processes take, as captured. */
  delayMs: number;
  /** The same where the cache holds it, stale and with a validator. */
  knownDelayMs?: number;
  /**
   * Value of the `Priority` field (RFC 9218), by what the browser knows when it sends the request. A missing one falls back to `usual`;
   * `null` sends no field.
   */
  urgency?: { usual: string | null; known?: string; laidOut?: string; deferred?: null };
}

/** What a page requests, in which order, and with which request heads. */
export interface RequestPolicies {
  kinds: Policy<Record<RequestKind, KindPolicy>>;
  /**
   * While the stylesheets and scripts of the page's head load, at most `limit` requests of the `limited` kinds are in progress. `null`: no
   * such limit.
   */
  tightMode: Policy<{ limit: number; limited: readonly RequestKind[] } | null>;
  /** What the favicon waits for: the load event, or only the stylesheets. */
  faviconAfter: Policy<'load' | 'stylesheets'>;
  /** Share of the bytes of the page's media (0 to 1) that the load event waits for, besides everything else that the page names. */
  loadEventMediaShare: Policy<number>;
  /** Kinds of visit that request a favicon again after it was not found. */
  faviconMissForgotten: Policy<readonly Visit[]>;
  /** Whether the page's `Referrer-Policy` decides what `Referer` says. */
  referrerPolicy: Policy<'ignored' | 'obeyed'>;
  /** Whether the favicon is requested again when media begin to play, for the media controls. */
  faviconAtPlay: Policy<boolean>;
}

// ------------------------------------------------------------------------------------------------------------------ cache

/** How one kind of visit uses the cache. */
export interface VisitPolicy {
  /** `default`: RFC 9111; `validate`: always revalidated with the server; `bypass`: as if the cache were empty. */
  mode: 'default' | 'validate' | 'bypass';
  cacheControl?: string;
  pragma?: string;
  /** All idle connections are closed before the visit. */
  closesIdle?: true;
}

/** What made the browser load a page. */
export type Visit = 'typed' | 'link' | 'reload' | 'hard-reload' | 'cache-disabled';

/** How the browser's caches use and revalidate stored responses. */
export interface CachePolicies {
  /** Heuristic freshness (RFC 9111 §4.2.2): this fraction of the time since Last-Modified, up to `capS` seconds. */
  heuristic: Policy<{ fraction: number; capS: number | null }>;
  /** How each kind of visit uses the cache: for the page's document, and (`subresources`) for everything else. */
  document: Policy<Record<Visit, VisitPolicy>>;
  subresources: Policy<Record<Visit, VisitPolicy>>;
  /** Kinds of resource that the memory cache keeps as long as the browser stays in the same tab; that cache adds its own validators. */
  memoryCache: Policy<readonly RequestKind[]>;
  /** Which validators a conditional request carries when the stored response has both. */
  validators: Policy<'both' | 'etag-first'>;
}

// ------------------------------------------------------------------------------------------------------------------ media

/** The range request that follows a seek. */
export interface SeekPolicy {
  /** The range begins at a multiple of this many bytes. */
  alignment: number;
  /** `open`: without a last byte; `closed`: up to the last byte of the file, with `If-Range` in case the file has changed. */
  range: 'open' | 'closed';
  /** Milliseconds from the seek to the close of the first download's connection, and from that close to the new request. */
  givenUpAfterMs: number;
  askedAfterMs: number;
}

/** How audio and video are requested. */
export interface MediaPolicies {
  /** `Range` of the first request; `null` for none. */
  firstRange: Policy<string | null>;
  /** Whether the player keeps media that were loaded completely, so that no later visit requests them. */
  kept: Policy<boolean>;
  /** How stale stored media are revalidated, whether they came as a 200 or as a 206 of the whole file. */
  revalidation: Policy<'closed-range-with-validators' | 'open-range-with-if-range' | 'not-stored'>;
  /** What a seek beyond the buffered part requests; `null`: nothing, the seek waits for the download in progress. */
  seek: Policy<SeekPolicy | null>;
}

// ---------------------------------------------------------------------------------------------------------------- closing

/** How the browser closes connections that are still open. */
export interface ClosingPolicies {
  /** How idle connections end when the browser is closed. */
  quit: Policy<'FIN' | 'RST'>;
  /**
   * What happens to a connection when its page is left during a download. `read-on`: the download continues to its end, provided that the
   * response head has arrived.
   */
  abort: Policy<'FIN' | 'RST' | 'read-on'>;
}

// ---------------------------------------------------------------------------------------------------------------- profile

/** A browser's behaviour on the wire. */
export interface ClientProfile {
  id: string;
  title: string;
  /** The browser version that it emulates, as the browser itself names it. */
  version: string;
  summary: string;
  /** Known differences from the real browser. */
  differences: readonly KnownDifference[];
  connections: ConnectionPolicies;
  requests: RequestPolicies;
  cache: CachePolicies;
  media: MediaPolicies;
  closing: ClosingPolicies;
}

/**
 * Checks at load time what types can't express.
 * @throws where a navigation opens more sockets than a host may have, or a request head has no `Host`
 */
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
