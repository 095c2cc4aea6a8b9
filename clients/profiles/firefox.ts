import { defineProfile, type HeadLine, type KindPolicy, policy, type RequestKind } from '../profile.ts';

const CAPTURED = 'captured here, firefox-esr 153.7.0 (Debian, headless)';

const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0';
const IMAGES = 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5';
const ENCODINGS: HeadLine = { trustworthy: 'Accept-Encoding: gzip, deflate, br, zstd', otherwise: 'Accept-Encoding: gzip, deflate' };
/** Validators, priority and the fields that bypass the cache come last, in this order, for both caches. */
const TAIL: HeadLine[] = [
  'If-Modified-Since: {memory-if-modified-since}',
  'If-None-Match: {memory-if-none-match}',
  'If-Modified-Since: {disk-if-modified-since}',
  'If-None-Match: {disk-if-none-match}',
  'Priority: {priority}',
  'Pragma: {pragma}',
  'Cache-Control: {cache-control}',
];

/** Where the page has a `Referrer-Policy`, `Referer` comes before the media's range and before `Connection`. */
const REFERER_OF_POLICY: HeadLine = 'Referer: {referer-of-policy}';
const CONNECTION_AND_REFERER: HeadLine[] = ['Connection: keep-alive', 'Referer: {referer-by-default}'];

function begin(accept: string): HeadLine[] {
  return ['Host: {host}', `User-Agent: ${USER_AGENT}`, `Accept: ${accept}`, 'Accept-Language: en-US,en;q=0.9'];
}

function fetchMetadata(dest: string): HeadLine[] {
  return [
    { trustworthy: `Sec-Fetch-Dest: ${dest}` },
    { trustworthy: `Sec-Fetch-Mode: ${dest === 'document' ? 'navigate' : 'no-cors'}` },
    { trustworthy: 'Sec-Fetch-Site: {site}' },
  ];
}

function resourceHead(accept: string, dest: string): HeadLine[] {
  return [...begin(accept), ENCODINGS, REFERER_OF_POLICY, ...CONNECTION_AND_REFERER, ...fetchMetadata(dest), ...TAIL];
}

const DOCUMENT_HEAD: HeadLine[] = [
  ...begin('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'),
  ENCODINGS,
  REFERER_OF_POLICY,
  ...CONNECTION_AND_REFERER,
  'Upgrade-Insecure-Requests: 1',
  ...fetchMetadata('document'),
  { trustworthy: 'Sec-Fetch-User: {user}' },
  ...TAIL,
];

const MEDIA_HEAD: HeadLine[] = [
  ...begin('audio/webm,audio/ogg,audio/wav,audio/*;q=0.9,application/ogg;q=0.7,video/*;q=0.6,*/*;q=0.5'),
  REFERER_OF_POLICY,
  'Range: {range}',
  'If-Range: {if-range}',
  ...CONNECTION_AND_REFERER,
  ...fetchMetadata('audio'),
  'Accept-Encoding: identity',
  ...TAIL,
];

/**
 * Images and media wait for the stylesheets (`Leaders`, netwerk/protocol/http/HttpTransactionShell.h). Where the stylesheet takes 3 ms or
 * more, both are usually waiting when its last byte arrives: then the media are requested first (captured: in 24 of 36 such visits, in 20
 * of them both within a millisecond), and the connection of the stylesheet is not idle again yet. Where it takes less, the image is first
 * (28 of 30), 0.1 to 9 ms after the stylesheet. The favicon waits for 100 ms (FaviconLoader.sys.mjs, FAVICON_PARSING_TIMEOUT), or for the
 * load event where that is sooner: the two are not distinguished here.
 */
const KINDS: Record<RequestKind, KindPolicy> = {
  document: { head: DOCUMENT_HEAD, priority: 0, delayMs: 0, urgency: { usual: 'u=0, i' } },
  stylesheet: { head: resourceHead('text/css,*/*;q=0.1', 'style'), priority: 1, delayMs: 40, urgency: { usual: 'u=2' } },
  script: { head: resourceHead('*/*', 'script'), priority: 1, delayMs: 41, urgency: { usual: 'u=2', deferred: null } },
  font: {
    head: resourceHead('*/*', 'font'),
    priority: 2,
    delayMs: 46,
    waitsFor: ['stylesheet'],
    urgency: { usual: 'u=3' },
  },
  image: {
    head: resourceHead(IMAGES, 'image'),
    priority: 3,
    waitsFor: ['stylesheet'],
    delayMs: 42,
    urgency: { usual: 'u=5, i', known: 'u=5', laidOut: 'u=4, i' },
  },
  media: { head: MEDIA_HEAD, priority: 2, waitsFor: ['stylesheet'], delayMs: 42, urgency: { usual: 'u=4' } },
  favicon: { head: resourceHead(IMAGES, 'image'), priority: 4, delayMs: 100, urgency: { usual: 'u=6' } },
};

const bypass = { mode: 'bypass', cacheControl: 'no-cache', pragma: 'no-cache' } as const;

/** Firefox ESR 153 on Linux. */
export const firefox = defineProfile({
  id: 'firefox',
  title: 'Firefox ESR 153',
  version: '153.7.0esr',
  summary: 'Firefox on Linux, emulated from captures of the Debian build',
  differences: [
    {
      what: 'whether the image or the media are requested first after the stylesheet, and on which connection',
      because: 'both wait for its last byte and are requested within a millisecond: real visits to one server show both orders',
    },
    {
      what: 'an idle connection may be closed a second earlier or later',
      because: 'one timer with steps of a second closes all of them: milliseconds between their last bytes decide in which step',
    },
    {
      what: 'which side closes first after a response that ends its connection',
      because: 'both FINs are sent within a millisecond of each other',
    },
  ],
  connections: {
    perHost: policy(6, 'Firefox modules/libpref/init/all.js, network.http.max-persistent-connections-per-server'),
    navigation: policy({ atOnce: 1, requestAfterMs: 8, later: null }, `one speculative connection where none is idle: ${CAPTURED}`),
    pick: policy('most-bytes-read', `Firefox netwerk/protocol/http/ConnectionEntry.cpp, InsertIntoIdleConnections; ${CAPTURED}`),
    documentConnectionSpared: policy(true, `Firefox netwerk/protocol/http/nsHttpConnection.cpp, IsUrgentStartPreferred; ${CAPTURED}`),
    usedIdleMs: policy(115_000, `Firefox modules/libpref/init/all.js, network.http.keep-alive.timeout; ${CAPTURED}`),
    unusedIdleMs: policy(5_000, `Firefox netwerk/protocol/http/nsHttpConnection.cpp; ${CAPTURED}`),
    cleanup: policy(
      { by: 'timer', stepMs: 1_000, armAfterMs: 25 },
      `Firefox netwerk/protocol/http/nsHttpConnectionMgr.cpp, PruneDeadConnectionsAfter; ${CAPTURED}`,
    ),
    serverCloseAnswered: policy('at-once', CAPTURED),
    keepAliveHeader: policy('obeyed', `Firefox netwerk/protocol/http/nsHttpConnection.cpp, OnHeadersAvailable; ${CAPTURED}`),
    tcpKeepAlive: policy(
      { idleS: 10, unused: false },
      `every 10 s until the connection is closed (115 s), though all.js names 600 s after the first minute: ${CAPTURED}`,
    ),
    reclaimMs: policy(1, CAPTURED),
    binding: policy(
      { batchMs: 2, order: 'last-first' },
      `Firefox netwerk/protocol/http/DnsAndConnectSocket.cpp (a claimed connection); ${CAPTURED}`,
    ),
    backupAfterMs: policy(
      250,
      `Firefox modules/libpref/init/all.js, network.http.connection-retry-timeout, and DnsAndConnectSocket.cpp, SetupBackupTimer; ${CAPTURED}, on links of 1 Mbit/s and 400 kbit/s`,
    ),
    anticipates: policy(true, `Firefox netwerk/protocol/http/nsHttpChannel.cpp, SpeculativeConnect; ${CAPTURED}`),
    closeDelayMs: policy({ content: 1, noContent: 1 }, `within a millisecond: ${CAPTURED}, against an HTTP/1.0 server`),
    retryOnDeadConnection: policy(true, 'Firefox netwerk/protocol/http/nsHttpTransaction.cpp, Restart'),
  },
  requests: {
    kinds: policy(KINDS, CAPTURED),
    tightMode: policy(null, CAPTURED),
    faviconAfter: policy('stylesheets', CAPTURED),
    loadEventMediaShare: policy(1, CAPTURED),
    faviconMissForgotten: policy(['hard-reload', 'cache-disabled'], CAPTURED),
    referrerPolicy: policy('obeyed', `${CAPTURED}, against django, whose pages come with one`),
    faviconAtPlay: policy(false, CAPTURED),
  },
  cache: {
    heuristic: policy({ fraction: 0.1, capS: 604_800 }, 'Firefox netwerk/protocol/http/nsHttpResponseHead.cpp, ComputeFreshnessLifetime'),
    document: policy(
      {
        typed: { mode: 'default' },
        link: { mode: 'default' },
        reload: { mode: 'validate' },
        'hard-reload': { ...bypass, closesIdle: true },
        'cache-disabled': bypass,
      },
      `${CAPTURED}; that a reload carries Sec-Fetch-User: by F5 and Ctrl+Shift+R in a window under X11 too (153.8.0)`,
    ),
    subresources: policy(
      {
        typed: { mode: 'default' },
        link: { mode: 'default' },
        reload: { mode: 'default' },
        'hard-reload': bypass,
        'cache-disabled': bypass,
      },
      CAPTURED,
    ),
    memoryCache: policy(['image'], `Firefox image/imgLoader.cpp; ${CAPTURED}`),
    validators: policy('both', CAPTURED),
  },
  media: {
    firstRange: policy('bytes=0-', `Firefox dom/media/ChannelMediaResource.cpp; ${CAPTURED}`),
    kept: policy(true, `Firefox dom/media/MediaCache.cpp; ${CAPTURED}`),
    revalidation: policy('not-stored', 'Firefox dom/media/ChannelMediaResource.cpp'),
    seek: policy(null, `${CAPTURED}, on a link of 400 kbit/s`),
  },
  closing: {
    quit: policy('FIN', CAPTURED),
    abort: policy('FIN', CAPTURED),
  },
});
