import { defineProfile, type HeadLine, type KindPolicy, policy, type RequestKind } from '../profile.ts';

const WININET = 'Microsoft documentation of WinINet';
/** Microsoft documents no complete request head: these are the weakest part of the profile, and no claim rests on their bytes. */
const DOCUMENTED = 'unverified: as Internet Explorer 11 is commonly described; not fully documented, and not captured here';
const RFC = 'RFC 9111; not captured here';

const USER_AGENT = 'Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko';
const TAIL: HeadLine[] = [
  'Host: {host}',
  'If-Modified-Since: {disk-if-modified-since}',
  'If-None-Match: {disk-if-none-match}',
  'Range: {range}',
  'Connection: Keep-Alive',
  'Cache-Control: {cache-control}',
];

function head(accept: string, encodings = 'gzip, deflate'): HeadLine[] {
  return [
    `Accept: ${accept}`,
    'Referer: {referer}',
    'Accept-Language: en-US',
    `User-Agent: ${USER_AGENT}`,
    `Accept-Encoding: ${encodings}`,
    ...TAIL,
  ];
}

const IMAGES = 'image/png, image/svg+xml, image/jxr, image/*;q=0.8, */*;q=0.5';

const KINDS: Record<RequestKind, KindPolicy> = {
  document: { head: head('text/html, application/xhtml+xml, image/jxr, */*'), priority: 0, delayMs: 0 },
  stylesheet: { head: head('text/css, */*'), priority: 1, delayMs: 10 },
  script: { head: head('application/javascript, */*;q=0.8'), priority: 1, delayMs: 10 },
  font: { head: head('*/*'), priority: 2, delayMs: 10 },
  image: { head: head(IMAGES), priority: 2, delayMs: 10 },
  media: { head: head('*/*', 'identity'), priority: 3, delayMs: 20 },
  favicon: { head: head('*/*'), priority: 4, delayMs: 50 },
};

/** Internet Explorer 11 on Windows 10. */
export const ie11 = defineProfile({
  id: 'ie11',
  title: 'Internet Explorer 11',
  version: '11 (documentation)',
  summary: 'Internet Explorer 11 on Windows 10, emulated from its documentation alone',
  differences: [
    {
      what: 'request heads, the order of requests and everything that a policy calls "not documented" may differ',
      because: "Internet Explorer 11 can't run here, and its documentation shows no complete head",
    },
  ],
  connections: {
    perHost: policy(6, `${WININET}, MaxConnectionsPerServer`),
    navigation: policy({ atOnce: 1, requestAfterMs: 0, later: null }, 'no speculative connection is documented'),
    pick: policy('most-recently-used', 'not documented; as Chromium does'),
    documentConnectionSpared: policy(false, 'not documented; as Chromium does'),
    usedIdleMs: policy(60_000, `${WININET}, KeepAliveTimeout`),
    unusedIdleMs: policy(60_000, `${WININET}, KeepAliveTimeout`),
    cleanup: policy({ by: 'timer', stepMs: 1_000, armAfterMs: 0 }, `${WININET}, KeepAliveTimeout`),
    serverCloseAnswered: policy('at-once', 'not documented; as Firefox does'),
    keepAliveHeader: policy('ignored', `${WININET} mentions no use of it`),
    tcpKeepAlive: policy(null, `${WININET} sets none`),
    reclaimMs: policy(0, 'not documented'),
    binding: policy({ batchMs: 0, order: 'first-first' }, 'not documented; as Chromium does'),
    backupAfterMs: policy(null, 'no second connection is documented'),
    anticipates: policy(false, 'no speculative connection is documented'),
    closeDelayMs: policy({ content: 1, noContent: 1 }, 'not documented; as the others do'),
    retryOnDeadConnection: policy(true, 'Microsoft Knowledge Base 263754'),
  },
  requests: {
    kinds: policy(KINDS, DOCUMENTED),
    tightMode: policy(null, 'not documented'),
    faviconAfter: policy('load', 'not documented; as Chromium does'),
    loadEventMediaShare: policy(0, 'not documented'),
    faviconMissForgotten: policy(['hard-reload'], 'not documented; as Chromium does'),
    referrerPolicy: policy('ignored', 'the field is newer than this browser: W3C Referrer Policy, 2014'),
    faviconAtPlay: policy(false, 'not documented'),
  },
  cache: {
    heuristic: policy(
      { fraction: 0.1, capS: null },
      'Microsoft IEBlog, "Caching Improvements in Internet Explorer 9" (10 % of the time since Last-Modified)',
    ),
    document: policy(
      {
        typed: { mode: 'default' },
        link: { mode: 'default' },
        reload: { mode: 'validate' },
        'hard-reload': { mode: 'bypass', cacheControl: 'no-cache' },
        'cache-disabled': { mode: 'bypass', cacheControl: 'no-cache' },
      },
      'Microsoft IEInternals blog, "Understanding conditional requests and the refresh button"',
    ),
    subresources: policy(
      {
        typed: { mode: 'default' },
        link: { mode: 'default' },
        reload: { mode: 'validate' },
        'hard-reload': { mode: 'bypass', cacheControl: 'no-cache' },
        'cache-disabled': { mode: 'bypass', cacheControl: 'no-cache' },
      },
      'Microsoft IEInternals blog, "Understanding conditional requests and the refresh button"',
    ),
    memoryCache: policy([], 'not documented'),
    validators: policy('both', RFC),
  },
  media: {
    firstRange: policy(null, 'Range is sent when media are sought: not captured here'),
    kept: policy(false, 'not documented'),
    revalidation: policy('not-stored', 'not documented'),
    seek: policy({ alignment: 65_536, range: 'open', givenUpAfterMs: 0, askedAfterMs: 0 }, 'not documented'),
  },
  closing: {
    quit: policy('FIN', 'not documented; as the others do'),
    abort: policy('RST', 'not documented'),
  },
});
