import { defineProfile, type HeadLine, type KindPolicy, policy, type RequestKind } from '../profile.ts';

const CAPTURED = 'captured here, chromium 156.0.8078.79 (Debian, headless)';

const BRANDS = '"Not:A-Brand";v="8", "Chromium";v="156"';
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36';
const PLATFORM = '"Linux"';
const IMAGES = 'image/jxl,image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8';

/** What tells one Chromium browser from another. */
export interface ChromiumIdentity {
  userAgent: string;
  brands: string;
  platform: string;
  /** `Accept` of a navigation and of an image. */
  acceptDocument: string;
  acceptImage: string;
  acceptLanguage: string;
}

export const chromiumIdentity: ChromiumIdentity = {
  userAgent: USER_AGENT,
  brands: BRANDS,
  platform: PLATFORM,
  acceptDocument:
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
  acceptImage: IMAGES,
  acceptLanguage: 'en-US,en;q=0.9',
};

const ENCODINGS: HeadLine = { trustworthy: 'Accept-Encoding: gzip, deflate, br, zstd', otherwise: 'Accept-Encoding: gzip, deflate' };
const CACHE_LINES: HeadLine[] = ['Pragma: {pragma}', 'Cache-Control: {cache-control}'];
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
    { trustworthy: 'Sec-Fetch-User: ?1' },
    { trustworthy: 'Sec-Fetch-Dest: document' },
    'Referer: {referer}',
    ENCODINGS,
    `Accept-Language: ${identity.acceptLanguage}`,
    ...DISK_VALIDATORS,
  ];
}

function resourceHead(
  identity: ChromiumIdentity,
  accept: string,
  dest: string,
  own: HeadLine[] = [ENCODINGS, `Accept-Language: ${identity.acceptLanguage}`],
): HeadLine[] {
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
    ...own,
    ...DISK_VALIDATORS,
  ];
}

/** Chromium's requests under another identity. */
export function chromiumKinds(identity: ChromiumIdentity): Record<RequestKind, KindPolicy> {
  const media: HeadLine[] = [
    'Accept-Encoding: identity',
    `Accept-Language: ${identity.acceptLanguage}`,
    'Range: {range}',
    'If-Range: {if-range}',
  ];
  return {
    document: { head: documentHead(identity), priority: 0, start: 'parsed', delayMs: 0, delaysLoad: true },
    stylesheet: {
      head: resourceHead(identity, 'text/css,*/*;q=0.1', 'style'),
      priority: 0,
      start: 'parsed',
      delayMs: 15,
      delaysLoad: true,
    },
    script: { head: resourceHead(identity, '*/*', 'script'), priority: 1, start: 'parsed', delayMs: 15, delaysLoad: true },
    font: { head: resourceHead(identity, '*/*', 'font'), priority: 1, start: 'parsed', delayMs: 15, delaysLoad: true },
    image: { head: resourceHead(identity, identity.acceptImage, 'image'), priority: 3, start: 'parsed', delayMs: 15, delaysLoad: true },
    media: { head: resourceHead(identity, '*/*', 'audio', media), priority: 3, start: 'inserted', delayMs: 21, delaysLoad: false },
    favicon: { head: resourceHead(identity, identity.acceptImage, 'image'), priority: 4, start: 'loaded', delayMs: 20, delaysLoad: false },
  };
}

export const chromium = defineProfile({
  id: 'chromium',
  title: 'Chromium 156',
  version: '156.0.8078.79',
  summary: 'Chromium on Linux, emulated from captures of the Debian build',
  connections: {
    perHost: policy(6, 'Chromium net/socket/client_socket_pool_manager.cc'),
    perNavigation: policy(2, `Chromium chrome/browser/predictors/loading_predictor.cc; ${CAPTURED}`),
    pick: policy('most-recently-used', 'Chromium net/socket/transport_client_socket_pool.cc, AssignIdleSocketToRequest'),
    usedIdleMs: policy(300_000, 'Chromium net/socket/client_socket_pool.cc'),
    unusedIdleMs: policy(60_000, 'Chromium net/socket/client_socket_pool_manager.cc'),
    cleanup: policy('on-next-request', 'Chromium net/socket/transport_client_socket_pool.cc'),
    serverCloseAnswered: policy('on-next-request', 'Chromium net/socket/transport_client_socket_pool.cc'),
    keepAliveHeader: policy('ignored', 'Chromium net/http/http_response_headers.cc'),
    tcpKeepAlive: policy({ idleS: 45, unused: true }, 'Chromium net/socket/tcp_socket_posix.cc'),
    retryOnDeadConnection: policy(true, 'Chromium net/http/http_network_transaction.cc, HandleIOError'),
  },
  requests: {
    kinds: policy(chromiumKinds(chromiumIdentity), CAPTURED),
    tightMode: policy(
      { limit: 2, limited: ['image', 'media'] },
      `Chromium third_party/blink/renderer/platform/loader/fetch/resource_load_scheduler.cc; ${CAPTURED}`,
    ),
    faviconMissRemembered: policy(true, CAPTURED),
  },
  cache: {
    heuristic: policy({ fraction: 0.1, capS: null }, 'Chromium net/http/http_response_headers.cc, GetFreshnessLifetimes'),
    document: policy(
      {
        typed: { mode: 'default' },
        link: { mode: 'default' },
        reload: { mode: 'validate', cacheControl: 'max-age=0' },
        'hard-reload': { mode: 'bypass', cacheControl: 'no-cache', pragma: 'no-cache' },
        'cache-disabled': { mode: 'bypass', cacheControl: 'no-cache', pragma: 'no-cache' },
      },
      CAPTURED,
    ),
    subresources: policy(
      {
        typed: { mode: 'default' },
        link: { mode: 'default' },
        reload: { mode: 'default' },
        'hard-reload': { mode: 'bypass', cacheControl: 'no-cache', pragma: 'no-cache' },
        'cache-disabled': { mode: 'bypass', cacheControl: 'no-cache', pragma: 'no-cache' },
      },
      `Chromium third_party/blink/renderer/core/loader/frame_fetch_context.cc; ${CAPTURED}`,
    ),
    memoryCache: policy(['stylesheet', 'script', 'image', 'font'], CAPTURED),
    validators: policy('both', CAPTURED),
  },
  media: {
    firstRange: policy('bytes=0-', CAPTURED),
    revalidation: policy('closed-range-with-validators', CAPTURED),
    seekAlignment: policy(32_768, 'Chromium third_party/blink/renderer/platform/media/multi_buffer.h (block of 2^15 bytes)'),
  },
  closing: {
    quit: policy('FIN', CAPTURED),
    abort: policy('FIN', CAPTURED),
  },
});
