/** Rules over observed values: what the answers to direct questions mean for whoever runs the server. */
import { cacheControl, deltaSeconds, field } from '../../http/fields.ts';
import type { ObservedValue, ResponseMessage } from '../../model.ts';
import { secondRequest } from '../../observe/idle.ts';
import { DOCUMENTED } from '../../race/documented.ts';
import { defineFinding, type Figures, type Hit, type Level, type Rule, type Severity } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';
import type { Topic } from '../products.ts';

type Values = NonNullable<LookedAt['values']>;

/** Where the frames of a value are; `null` where they are of several connections. */
function streamOf({ exchanges, connections }: LookedAt, frames: readonly number[]): number | null {
  const streams = new Set<number>();
  for (const frame of frames) {
    const exchange = exchanges.find(({ request, response }) =>
      [request, response].some((message) => message && (message.segmentFrames.includes(frame) || message.frames.includes(frame))),
    );
    const stream = exchange?.stream ?? connections.find(({ firstClose }) => firstClose?.frame === frame)?.stream;
    if (stream !== undefined) streams.add(stream);
  }
  const [only] = streams;
  return streams.size === 1 && only !== undefined ? only : null;
}

interface ValueRule<Id extends string, Args extends Figures> {
  id: Id;
  severity: Severity;
  level: Level | null;
  spec: string | null;
  topic?: Topic;
  /** Its frames show it. */
  observation: string;
  /** The figures, where it holds. */
  figures(observed: ObservedValue, values: Values, on: LookedAt): Args | null;
}

const ofValue = <const Id extends string, Args extends Figures>({ observation, figures, ...rule }: ValueRule<Id, Args>): Rule<Id, Args> =>
  defineFinding({
    ...rule,
    look: (on): Hit<Args>[] => {
      const observed = on.values?.[observation];
      const args = observed && on.values ? figures(observed, on.values, on) : null;
      return args && observed ? [{ args, stream: streamOf(on, observed.frames), frames: observed.frames }] : [];
    },
  });

/** A value that an RFC forbids; see `observe/conformance.ts`. Where that of `unless` is forbidden too, it says why. */
const deviation = <const Id extends string>(
  id: Id,
  observation: string,
  [severity, level, spec, topic]: readonly [Severity, Level, string, Topic?],
  value: RegExp = /./,
  unless?: string,
): Rule<Id, { value: string }> =>
  ofValue({
    id,
    severity,
    level,
    spec,
    ...(topic ? { topic } : {}),
    observation,
    figures: (observed, values) => {
      if (unless !== undefined && values[unless]?.conformance?.verdict === 'deviates') return null;
      const text = observed.value === null ? '-' : String(observed.value);
      return observed.conformance?.verdict === 'deviates' && value.test(text) ? { value: text } : null;
    },
  });

/** A connection that should have ended with its response. One that the server closes a moment later, before the client does, is not kept. */
const keptOpen = <const Id extends string>(id: Id, observation: string, spec: string): Rule<Id, { value: string }> =>
  ofValue({
    id,
    severity: 'risk',
    level: 'MUST',
    spec,
    observation,
    figures: ({ value, conformance, frames }, _values, { connections }) => {
      const isClosed = connections.some(({ firstClose }) => firstClose?.by === 'server' && frames.includes(firstClose.frame));
      return conformance?.verdict === 'deviates' && !isClosed ? { value: String(value) } : null;
    },
  });

const number = (values: Values, id: string): number | null => {
  const value = values[id]?.value;
  return typeof value === 'number' ? value : null;
};

/** The best known of those that stand in front of servers: how long each keeps an idle connection where nobody configures it, by its documents. */
const PROXIES = ['aws-alb', 'nginx', 'google-alb', 'envoy'].flatMap((id) => {
  const { title = id, idleS = null } = DOCUMENTED.find((one) => one.id === id) ?? {};
  return idleS === null ? [] : [{ name: title, idleS }];
});

/** Sooner than this a connection is closed with its response. */
const AT_ONCE_S = 0.5;

const proxyRace = ofValue({
  id: 'idle.shorter-than-proxies',
  severity: 'note',
  level: null,
  spec: 'RFC 9112 §9.5',
  topic: 'idle-timeout',
  observation: 'idle.used-s',
  figures: ({ value }) => {
    if (typeof value !== 'number' || value < AT_ONCE_S) return null;
    const racing = PROXIES.filter(({ idleS }) => idleS >= value);
    return racing.length > 0 ? { idle: value, proxies: racing.map(({ name, idleS }) => `${name} ${idleS} s`).join(', ') } : null;
  },
});

/** What a window that was too short leaves open. */
const windowTooShort = ofValue({
  id: 'idle.window-too-short',
  severity: 'note',
  level: null,
  spec: 'RFC 9112 §9.5',
  observation: 'idle.used-s',
  figures: ({ value, windowS = 0 }) => {
    const open = PROXIES.filter(({ idleS }) => idleS >= windowS);
    return value === null && windowS > 0 && open.length > 0
      ? { watched: windowS, proxies: open.map(({ name, idleS }) => `${name} ${idleS} s`).join(', ') }
      : null;
  },
});

const notRestarted = ofValue({
  id: 'idle.not-restarted',
  severity: 'risk',
  level: null,
  spec: 'RFC 9112 §9.5',
  topic: 'idle-timeout',
  observation: 'idle.restarts',
  figures: ({ value }, _values, on) => {
    const found = value === 'no' ? secondRequest(on) : null;
    return found && { first: found.sinceFirstS, second: found.sinceSecondS };
  },
});

const maxNotKept = ofValue({
  id: 'keepalive.max-not-kept',
  severity: 'advice',
  level: null,
  spec: 'RFC 2068 §19.7.1.1',
  topic: 'request-limit',
  observation: 'keepalive.max-requests',
  figures: ({ value }, values) => {
    const named = number(values, 'keepalive.advertised-max');
    return typeof value === 'number' && named !== null && value < named ? { answered: value, named } : null;
  },
});

const halfBody = ofValue({
  id: 'limits.half-body-kept',
  // Node waits five minutes: a window of 95 s does not show that a server waits for ever.
  severity: 'note',
  level: null,
  spec: 'RFC 9110 §15.5.9',
  topic: 'head-timeout',
  observation: 'idle.partial-body-s',
  figures: ({ value, windowS = 0 }) => (value === null && windowS >= PATIENCE_S ? { watched: windowS } : null),
});

const closesEach = ofValue({
  id: 'idle.none',
  severity: 'note',
  level: 'SHOULD',
  spec: 'RFC 9112 §9.3',
  topic: 'idle-timeout',
  observation: 'idle.used-s',
  figures: ({ value }) => (typeof value === 'number' && value < AT_ONCE_S ? { idle: value } : null),
});

const unadvertised = ofValue({
  id: 'idle.not-advertised',
  severity: 'note',
  level: null,
  spec: 'RFC 2068 §19.7.1.1',
  topic: 'idle-timeout',
  observation: 'keepalive.advertised-s',
  figures: ({ value }, values) => {
    const idle = number(values, 'idle.used-s');
    return value === null && idle !== null && idle >= AT_ONCE_S ? { idle } : null;
  },
});

/** A shorter watch says little: Node gives a head 60 s, Apache 20 s. */
const PATIENCE_S = 90;

const halfHead = ofValue({
  id: 'limits.half-head-kept',
  severity: 'risk',
  level: null,
  spec: 'RFC 9110 §15.5.9',
  topic: 'head-timeout',
  observation: 'idle.partial-head-s',
  figures: ({ value, ...rest }) => {
    const watched = rest.windowS ?? 0;
    return value === null && watched >= PATIENCE_S ? { watched } : null;
  },
});

/** A stream of events is never the same twice (WHATWG HTML, §9.2). */
const isStream = (response: ResponseMessage): boolean => /^text\/event-stream\b/i.test(field(response, 'content-type') ?? '');

/** The page that the value is of; `null` where it is a redirect, an error, or the answer to a POST, of which nothing follows for caches. */
function pageOf({ frames }: ObservedValue, values: Values, { exchanges }: LookedAt): ResponseMessage | null {
  const statuses = values['http.statuses']?.value;
  if (typeof statuses === 'string' && !statuses.startsWith('2')) return null;
  const exchange = exchanges.find(({ response }) => response !== null && frames.includes(response.headFrames[0]));
  const response = exchange?.response;
  return exchange?.request?.method === 'GET' && response?.status === 200 && !isStream(response) ? response : null;
}

const noValidators = ofValue({
  id: 'cache.no-validators',
  severity: 'advice',
  level: 'SHOULD',
  spec: 'RFC 9110 §8.8',
  topic: 'etag',
  observation: 'cache.etag',
  figures: (observed, values, on) => {
    if (observed.value !== 'none' || values['cache.last-modified']?.value !== 'no') return null;
    const page = pageOf(observed, values, on);
    // An ETag that is none is a finding of its own.
    if (page === null || field(page, 'etag') !== null) return null;
    const control = values['cache.control'];
    const directives = cacheControl(typeof control?.value === 'string' ? control.value : null);
    const needsNone = directives.has('no-store') || (deltaSeconds(directives.get('max-age')) ?? 0) > 0 || control?.note !== undefined;
    return needsNone ? null : {};
  },
});

const noFreshness = ofValue({
  id: 'cache.no-lifetime',
  severity: 'note',
  level: null,
  spec: 'RFC 9111 §4.2.2',
  topic: 'caching',
  observation: 'cache.control',
  figures: (observed, values, on) => {
    // A note names an Expires, which sets the lifetime too (RFC 9111 §4.2.1).
    if (observed.value !== 'none' || observed.note !== undefined) return null;
    return values['cache.last-modified']?.value === 'yes' && pageOf(observed, values, on) !== null ? {} : null;
  },
});

const noRanges = ofValue({
  id: 'range.unsupported',
  severity: 'note',
  level: 'MAY',
  spec: 'RFC 9110 §14.2',
  topic: 'ranges',
  observation: 'range.first-ten',
  figures: ({ value }) => (typeof value === 'string' && value.startsWith('200') ? { value } : null),
});

const requestLimit = ofValue({
  id: 'keepalive.request-limit',
  severity: 'note',
  level: null,
  spec: 'RFC 9112 §9.3',
  topic: 'request-limit',
  observation: 'keepalive.max-requests',
  figures: ({ value }) => (typeof value === 'number' && value > 1 ? { limit: value } : null),
});

const REFUSED = /^4/;
// Of a Content-Range that does not fit its content, or its total, there are findings of their own.
const ANOTHER_BYTE = /^[45]|^206 multipart|^206 bytes (?!0-0\/)(?!.* with )/;
const BEYOND = /^[45]|-99999999\//;
const NOT_ALL = /^[45]|^206 multipart|^206 bytes (?!0-)(?!.* with )/;

export const values = [
  proxyRace,
  closesEach,
  unadvertised,
  windowTooShort,
  notRestarted,
  halfHead,
  halfBody,
  noValidators,
  noFreshness,
  noRanges,
  requestLimit,
  maxNotKept,
  deviation('pipelining.order', 'pipelining.order', ['fault', 'MUST', 'RFC 9112 §9.3.2']),
  deviation('range.if-range-ignored', 'range.if-range-stale', ['fault', 'MUST', 'RFC 9110 §13.1.5', 'ranges'], /^206/),
  deviation('range.if-range-weak', 'range.if-range-weak', ['risk', 'MUST', 'RFC 9110 §13.1.5', 'ranges'], /^206/),
  deviation('range.if-range-date-ignored', 'range.if-range-date-stale', ['risk', 'MUST', 'RFC 9110 §13.1.5', 'ranges'], /^206/),
  deviation(
    'range.if-range-date-later',
    'range.if-range-date-later',
    ['advice', 'MUST', 'RFC 9110 §13.1.5', 'ranges'],
    /^206/,
    'range.if-range-date-stale',
  ),
  deviation('range.refused', 'range.first-ten', ['fault', 'SHOULD', 'RFC 9110 §14.2', 'ranges'], REFUSED),
  deviation('range.if-range-refused', 'range.if-range-stale', ['fault', 'MUST', 'RFC 9110 §13.1.5', 'ranges'], REFUSED, 'range.first-ten'),
  deviation('range.multi-refused', 'range.multi', ['advice', 'SHOULD', 'RFC 9110 §14.2', 'ranges'], REFUSED, 'range.first-ten'),
  deviation('range.first-byte-wrong', 'range.first-byte', ['fault', 'MUST', 'RFC 9110 §14.1.2', 'ranges'], ANOTHER_BYTE, 'range.first-ten'),
  deviation('range.end-not-clamped', 'range.end-beyond', ['fault', 'MUST', 'RFC 9110 §14.1.2', 'ranges'], BEYOND, 'range.first-ten'),
  deviation('range.suffix-refused', 'range.suffix', ['risk', 'SHOULD', 'RFC 9110 §14.2', 'ranges'], REFUSED, 'range.first-ten'),
  deviation('range.long-suffix-wrong', 'range.suffix-long', ['risk', 'MUST', 'RFC 9110 §14.1.2', 'ranges'], NOT_ALL, 'range.suffix'),
  deviation('range.before-condition', 'range.if-none-match', ['advice', 'MUST', 'RFC 9110 §13.2.2', 'ranges'], /^206/),
  deviation('range.invalid-answered', 'range.reversed', ['note', 'MAY', 'RFC 9110 §14.1.1', 'ranges'], /^206/),
  deviation('range.unknown-unit', 'range.unknown-unit', ['note', 'MUST', 'RFC 9110 §14.2', 'ranges']),
  deviation('range.of-head', 'range.head', ['note', 'MUST', 'RFC 9110 §14.2', 'ranges'], /^(?:206|416)/),
  deviation('conditional.etag-not-compared', 'conditional.if-none-match-other', ['fault', 'MUST', 'RFC 9110 §13.1.2', 'etag'], /^304$/),
  deviation(
    'conditional.date-not-compared',
    'conditional.if-modified-since-earlier',
    ['fault', 'MUST', 'RFC 9110 §13.1.3', 'caching'],
    /^304$/,
  ),
  deviation(
    'conditional.date-before-etag',
    'conditional.precedence',
    ['risk', 'MUST', 'RFC 9110 §13.1.3', 'etag'],
    /^304$/,
    'conditional.if-none-match-other',
  ),
  deviation('conditional.list-ignored', 'conditional.list', ['advice', 'MUST', 'RFC 9110 §13.1.2', 'etag'], /^200$/),
  deviation('conditional.star-ignored', 'conditional.star', ['note', 'MUST', 'RFC 9110 §13.1.2', 'etag']),
  deviation('conditional.no-cache-honoured', 'conditional.with-no-cache', ['note', 'MUST', 'RFC 9110 §13.2.1', 'etag'], /^200$/),
  deviation('methods.unknown', 'methods.unknown', ['note', 'SHOULD', 'RFC 9110 §9.1']),
  keptOpen('versions.http10-kept', 'versions.http10', 'RFC 9112 §9.3'),
  keptOpen('versions.close-kept', 'versions.connection-close', 'RFC 9112 §9.6'),
  deviation('versions.absolute-form', 'versions.absolute-form', ['note', 'MUST', 'RFC 9112 §3.2.2']),
];
