/**
 * What the values of one server mean for the people who run it. Each rule looks at values alone and names the observation it rests on. The figures
 * of proxies and load balancers are their documented defaults.
 */
import { cacheControl, deltaSeconds } from '../http/fields.ts';
import type { ObservedValue } from '../model.ts';
import { EARLY_S, isAtOnce } from '../observe/timers.ts';

type Values = Readonly<Record<string, ObservedValue>>;

/** One piece of advice to the owner of a server, and what it rests on. */
export interface Advice {
  text: string;
  /** The observation whose frames show it. */
  observation: string;
}

/** How long a proxy in front keeps an idle connection to the server by default. Seconds. */
const PROXIES: readonly { name: string; idleS: number; source: string }[] = [
  { name: 'AWS Application Load Balancer', idleS: 60, source: 'AWS documentation, idle_timeout.timeout_seconds' },
  { name: 'nginx with upstream keepalive', idleS: 60, source: 'nginx documentation, ngx_http_upstream_module keepalive_timeout' },
  { name: 'Google Cloud external Application Load Balancer', idleS: 600, source: 'Google Cloud documentation, backend keepalive timeout' },
  { name: 'Envoy', idleS: 3_600, source: 'Envoy documentation, HttpProtocolOptions.idle_timeout' },
];

const number = (values: Values, id: string): number | null => {
  const value = values[id]?.value;
  return typeof value === 'number' ? value : null;
};

type Rule = (values: Values) => Advice | null;

const races: Rule = (values) => {
  const idle = number(values, 'idle.used-s');
  if (idle === null) return null;
  if (isAtOnce(idle * 1000))
    return {
      text: 'It closes the connection after each response: every request pays for a new connection, and a proxy in front can keep none.',
      observation: 'idle.used-s',
    };
  const racing = PROXIES.filter((proxy) => proxy.idleS >= idle);
  if (racing.length === 0) return null;
  const names = racing.map(({ name, idleS }) => `${name} (${idleS} s)`).join(', ');
  return {
    text: `It closes an idle connection after ${idle} s. A proxy that keeps idle connections for as long or longer may send a request into the close and answer 502: ${names}. Set the server's idle timeout above the proxy's.`,
    observation: 'idle.used-s',
  };
};

const unadvertised: Rule = (values) => {
  const idle = number(values, 'idle.used-s');
  const advertised = number(values, 'keepalive.advertised-s');
  if (idle === null || isAtOnce(idle * 1000)) return null;
  if (advertised === null)
    return {
      text: `It closes after ${idle} s and does not say so: a "Keep-Alive: timeout=" header would let clients that read it (Firefox, undici) close first.`,
      observation: 'keepalive.advertised-s',
    };
  if (advertised > idle + EARLY_S)
    return {
      text: `It advertises ${advertised} s and closes after ${idle} s: clients that believe it lose requests.`,
      observation: 'idle.used-s',
    };
  return null;
};

/** A connection that is open for less than this after half a head may still be closed: Node waits 60 s, Apache 20 s. Seconds. */
const PATIENCE_S = 90;

const slowloris: Rule = (values) => {
  const partial = values['idle.partial-head-s'];
  if (!partial || partial.value !== null || (partial.windowS ?? 0) < PATIENCE_S) return null;
  return {
    text: `Half a request head holds a connection for more than ${partial.windowS} s: without a limit in front, a few clients can hold them all.`,
    observation: 'idle.partial-head-s',
  };
};

/** Whether the page was answered with success: a redirect or an error says nothing about the page. */
const isPage = (values: Values): boolean => {
  const statuses = values['http.statuses']?.value;
  return typeof statuses !== 'string' || statuses.startsWith('2');
};

/** Whether caches need not ask again, or may not store the page. */
function needsNoValidators(values: Values): boolean {
  const control = values['cache.control'];
  const directives = cacheControl(typeof control?.value === 'string' ? control.value : null);
  return directives.has('no-store') || (deltaSeconds(directives.get('max-age')) ?? 0) > 0 || control?.note !== undefined;
}

const noValidators: Rule = (values) => {
  if (values['cache.etag']?.value !== 'none' || values['cache.last-modified']?.value !== 'no') return null;
  if (!isPage(values) || needsNoValidators(values)) return null;
  return { text: 'It sends neither ETag nor Last-Modified: a revisit transfers everything again.', observation: 'cache.etag' };
};

const noFreshness: Rule = (values) => {
  if (values['cache.control']?.value !== 'none' || values['cache.last-modified']?.value !== 'yes') return null;
  // The note is an Expires, which sets the lifetime too (RFC 9111 §4.2.1).
  if (!isPage(values) || values['cache.control'].note !== undefined) return null;
  return {
    text: 'It sends Last-Modified without Cache-Control: browsers guess how long it is fresh (RFC 9111 §4.2.2, a tenth of the age) and may show an old page without asking.',
    observation: 'cache.control',
  };
};

const noRanges: Rule = (values) => {
  const part = values['range.first-ten']?.value;
  if (typeof part !== 'string' || part.startsWith('206')) return null;
  return {
    text: 'It does not answer Range with 206: players cannot seek in media that is not loaded yet.',
    observation: 'range.first-ten',
  };
};

/** Deviations that break what users receive. */
const HARMS: readonly { observation: string; value: RegExp; text: string }[] = [
  {
    observation: 'range.if-range-stale',
    value: /^206/,
    text: 'It answers If-Range with a part although the file has changed: a resumed download joins two versions into a broken file.',
  },
  {
    observation: 'range.suffix',
    value: /^206/,
    text: 'It answers a suffix range with bytes that are not the last ones: programs that read the end of a file first (players, archivers) get the wrong bytes.',
  },
  {
    observation: 'coding.etag',
    value: /^same strong$/,
    text: 'One strong ETag stands for two codings: a cache may join a part of one with a part of the other.',
  },
  {
    observation: 'versions.two-hosts',
    value: /^2\d\d$/,
    text: 'It accepts a request with two Host lines: behind a proxy that reads the other one, a request reaches the wrong host or fills a cache with the wrong page.',
  },
];

const harms: readonly Rule[] = HARMS.map(({ observation, value, text }) => (values) => {
  const observed = values[observation];
  return observed?.conformance?.verdict === 'deviates' && value.test(String(observed.value)) ? { text, observation } : null;
});

const requestLimit: Rule = (values) => {
  const limit = number(values, 'keepalive.max-requests');
  if (limit === null || limit <= 1) return null;
  return {
    text: `It closes a connection after ${limit} requests: a busy proxy has to reconnect that often.`,
    observation: 'keepalive.max-requests',
  };
};

const RULES: readonly Rule[] = [...harms, races, unadvertised, requestLimit, slowloris, noValidators, noFreshness, noRanges];

/** The advice that follows from the values of one server; the most important first. */
export const adviceFor = (values: Values): Advice[] => RULES.flatMap((rule) => rule(values) ?? []);
