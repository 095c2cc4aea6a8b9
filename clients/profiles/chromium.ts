import type { KnownDifference } from '../client.ts';
import { type ClientProfile, defineProfile, type HeadLine, type KindPolicy, policy, type RequestKind } from '../profile.ts';

const CAPTURED = 'captured here, chromium 156.0.8078.79 (Debian, headless)';

/** What distinguishes one Chromium-based browser from another. */
export interface ChromiumIdentity {
  userAgent: string;
  /** `sec-ch-ua` and `sec-ch-ua-platform`. */
  brands: string;
  platform: string;
  acceptDocument: string;
  acceptImage: string;
  acceptLanguage: string;
}

/** Headless Chromium on Linux. */
export const chromiumIdentity: ChromiumIdentity = {
  // Headless Chromium names itself so; apart from that word the head is the same with a window.
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36',
  brands: '"Not:A-Brand";v="8", "Chromium";v="156"',
  platform: '"Linux"',
  acceptDocument:
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
  acceptImage: 'image/jxl,image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8',
  acceptLanguage: 'en-US,en;q=0.9',
};

const ENCODINGS: HeadLine = { trustworthy: 'Accept-Encoding: gzip, deflate, br, zstd', otherwise: 'Accept-Encoding: gzip, deflate' };
const CACHE_LINES: HeadLine[] = ['Pragma: {pragma}', 'Cache-Control: {cache-control}'];
/** Validators of the HTTP cache come last in the head; those of the memory cache follow `Accept`. */
const DISK_VALIDATORS: HeadLine[] = ['If-None-Match: {disk-if-none-match}', 'If-Modified-Since: {disk-if-modified-since}'];
const MEMORY_VALIDATORS: HeadLine[] = ['If-None-Match: {memory-if-none-match}', 'If-Modified-Since: {memory-if-modified-since}'];

function documentHead(identity: ChromiumIdentity): HeadLine[] {
  return [
    'Host: {host}',
    'Connection: keep-alive',
    ...CACHE_LINES,
    { trustworthy: `sec-ch-ua: ${identity.brands}` },
    { trustworthy: 'sec-ch-ua-mobile: ?0' },
    { trustworthy: `sec-ch-ua-platform: ${identity.platform}` },
    'Upgrade-Insecure-Requests: 1',
    `User-Agent: ${identity.userAgent}`,
    `Accept: ${identity.acceptDocument}`,
    { trustworthy: 'Sec-Fetch-Site: {site}' },
    { trustworthy: 'Sec-Fetch-Mode: navigate' },
    { trustworthy: 'Sec-Fetch-User: {user}' },
    { trustworthy: 'Sec-Fetch-Dest: document' },
    'Referer: {referer}',
    ENCODINGS,
    `Accept-Language: ${identity.acceptLanguage}`,
    ...DISK_VALIDATORS,
  ];
}

function resourceHead(identity: ChromiumIdentity, accept: string, dest: string, encodings = ENCODINGS, range: HeadLine[] = []): HeadLine[] {
  return [
    'Host: {host}',
    'Connection: keep-alive',
    ...CACHE_LINES,
    { trustworthy: `sec-ch-ua-platform: ${identity.platform}` },
    `User-Agent: ${identity.userAgent}`,
    { trustworthy: `sec-ch-ua: ${identity.brands}` },
    { trustworthy: 'sec-ch-ua-mobile: ?0' },
    `Accept: ${accept}`,
    ...MEMORY_VALIDATORS,
    { trustworthy: 'Sec-Fetch-Site: {site}' },
    { trustworthy: 'Sec-Fetch-Mode: no-cors' },
    { trustworthy: `Sec-Fetch-Dest: ${dest}` },
    'Referer: {referer}',
    encodings,
    `Accept-Language: ${identity.acceptLanguage}`,
    ...range,
    ...DISK_VALIDATORS,
  ];
}

/**
 * Chromium's requests under an identity. Delays: from the document's bytes to the first subresource request some 15 ms pass (parser,
 * renderer and network process); what the memory cache holds is requested by the parser, a little later than what the preload scanner
 * requests; media that the HTTP cache holds come later still.
 */
function kinds(identity: ChromiumIdentity): Record<RequestKind, KindPolicy> {
  const image = resourceHead(identity, identity.acceptImage, 'image');
  const media = resourceHead(identity, '*/*', 'audio', 'Accept-Encoding: identity', ['Range: {range}', 'If-Range: {if-range}']);
  return {
    document: { head: documentHead(identity), priority: 0, delayMs: 0 },
    stylesheet: {
      head: resourceHead(identity, 'text/css,*/*;q=0.1', 'style'),
      priority: 0,
      delayMs: 15,
      knownDelayMs: 16,
    },
    script: { head: resourceHead(identity, '*/*', 'script'), priority: 1, deferredPriority: 4, delayMs: 15, knownDelayMs: 19 },
    font: { head: resourceHead(identity, '*/*', 'font'), priority: 1, delayMs: 15 },
    image: { head: image, priority: 3, delayMs: 15, knownDelayMs: 18 },
    media: { head: media, priority: 3, delayMs: 15, knownDelayMs: 30 },
    favicon: { head: image, priority: 4, delayMs: 60 },
  };
}

const DIFFERENCES: readonly KnownDifference[] = [
  {
    what: 'one connection more or fewer where responses take milliseconds',
    because:
      'it is a race whether an earlier response has freed its connection before the next request: real visits to one server show two or three connections',
  },
  {
    what: 'which side closes first after a response that ends its connection',
    because: 'both FINs are sent within a millisecond of each other',
  },
];

/**
 * The profile of a Chromium-based browser. `heads`: source of its request heads; `about`: what it is called, and its differences besides
 * those of Chromium.
 */
export function chromiumProfile(
  identity: ChromiumIdentity,
  heads: string,
  about: Pick<ClientProfile, 'id' | 'title' | 'version' | 'summary'> & Partial<Pick<ClientProfile, 'differences'>>,
): ClientProfile {
  const bypass = { mode: 'bypass', cacheControl: 'no-cache', pragma: 'no-cache' } as const;
  return defineProfile({
    ...about,
    differences: [...DIFFERENCES, ...(about.differences ?? [])],
    connections: {
      perHost: policy(6, 'Chromium net/socket/client_socket_pool_manager.cc'),
      navigation: policy(
        { atOnce: 1, requestAfterMs: 9, later: { afterMs: 13, sockets: 2 } },
        `Chromium chrome/browser/predictors/loading_predictor.cc and preconnect_manager.cc; times ${CAPTURED}`,
      ),
      pick: policy('most-recently-used', 'Chromium net/socket/transport_client_socket_pool.cc, AssignIdleSocketToRequest'),
      documentConnectionSpared: policy(false, 'Chromium net/socket/transport_client_socket_pool.cc'),
      usedIdleMs: policy(300_000, 'Chromium net/socket/client_socket_pool.cc'),
      unusedIdleMs: policy(60_000, 'Chromium net/socket/client_socket_pool_manager.cc'),
      cleanup: policy({ by: 'on-next-request' }, 'Chromium net/socket/transport_client_socket_pool.cc, CleanupIdleSockets'),
      serverCloseAnswered: policy('on-next-request', `Chromium net/socket/transport_client_socket_pool.cc; ${CAPTURED}`),
      keepAliveHeader: policy('ignored', 'Chromium net/http/http_response_headers.cc, IsKeepAlive'),
      tcpKeepAlive: policy({ idleS: 45, unused: true }, `Chromium net/socket/tcp_socket_posix.cc; ${CAPTURED}`),
      reclaimMs: policy(3, `1 to 7 ms (a connection is not reused for this long after its response): ${CAPTURED}`),
      binding: policy(
        { batchMs: 0, order: 'by-priority' },
        `Chromium net/socket/transport_client_socket_pool.cc, OnConnectJobComplete; no connection opened for a request was left unused: ${CAPTURED}`,
      ),
      backupAfterMs: policy(
        null,
        `the backup job is for a host without any socket: Chromium net/socket/transport_client_socket_pool.cc; ${CAPTURED}`,
      ),
      anticipates: policy(false, CAPTURED),
      closeDelayMs: policy({ content: 1, noContent: 0 }, `0.3 to 2 ms, and 0.2 ms after a 304: ${CAPTURED}, against an HTTP/1.0 server`),
      retryOnDeadConnection: policy(true, 'Chromium net/http/http_network_transaction.cc, HandleIOError'),
    },
    requests: {
      kinds: policy(kinds(identity), heads),
      tightMode: policy(
        { limit: 4, limited: ['image'] },
        `Chromium third_party/blink/renderer/platform/loader/fetch/resource_load_scheduler.cc; the number ${CAPTURED}`,
      ),
      faviconAfter: policy('load', CAPTURED),
      loadEventMediaShare: policy(0.7, `68 to 85 % had arrived on links of 1 Mbit/s and 400 kbit/s: ${CAPTURED}`),
      faviconMissForgotten: policy(['hard-reload'], CAPTURED),
      referrerPolicy: policy('obeyed', `${CAPTURED}, against django, whose pages come with one`),
      faviconAtPlay: policy(true, CAPTURED),
    },
    cache: {
      heuristic: policy({ fraction: 0.1, capS: null }, 'Chromium net/http/http_response_headers.cc, GetFreshnessLifetimes'),
      document: policy(
        {
          typed: { mode: 'default' },
          link: { mode: 'default' },
          reload: { mode: 'validate', cacheControl: 'max-age=0' },
          'hard-reload': bypass,
          'cache-disabled': bypass,
        },
        CAPTURED,
      ),
      subresources: policy(
        {
          typed: { mode: 'default' },
          link: { mode: 'default' },
          reload: { mode: 'default' },
          'hard-reload': bypass,
          'cache-disabled': bypass,
        },
        `Chromium third_party/blink/renderer/core/loader/frame_fetch_context.cc; ${CAPTURED}`,
      ),
      memoryCache: policy(['stylesheet', 'script', 'image', 'font'], CAPTURED),
      validators: policy('both', CAPTURED),
    },
    media: {
      firstRange: policy('bytes=0-', CAPTURED),
      kept: policy(false, `the HTTP cache is used each time: ${CAPTURED}`),
      revalidation: policy('closed-range-with-validators', CAPTURED),
      seek: policy(
        { alignment: 32_768, range: 'closed', givenUpAfterMs: 1, askedAfterMs: 5 },
        `Chromium third_party/blink/renderer/platform/media/multi_buffer.h (blocks of 2^15 bytes); ${CAPTURED}, on a link of 1 Mbit/s (1 of 6 sent two requests)`,
      ),
    },
    closing: {
      quit: policy('FIN', CAPTURED),
      abort: policy('read-on', `the download continues while the next page loads: ${CAPTURED}, on a link of 400 kbit/s`),
    },
  });
}

/** Chromium 156 on Linux. */
export const chromium = chromiumProfile(chromiumIdentity, CAPTURED, {
  id: 'chromium',
  title: 'Chromium 156',
  version: '156.0.8078.79',
  summary: 'Chromium on Linux, emulated from captures of the Debian build',
});
