/** What several rules ask of the evidence. */
import { entityTag, field, fieldValues, listElements, oncePerHead } from '../http/fields.ts';
import type { Connection, Exchange, Message, MessageProblemKind, ResponseMessage } from '../model.ts';
import { stopOf } from '../observe/shutdown.ts';
import { frameList, hasWholeHead, oncePerEvidence, resourceOf } from '../observe/step.ts';
import type { Figures, Hit } from './finding.ts';
import type { LookedAt } from './looked-at.ts';

/** A response whose head is whole, with what belongs to it. */
export interface Answer {
  readonly exchange: Exchange & { response: ResponseMessage };
  readonly request: Exchange['request'];
  readonly response: ResponseMessage;
  readonly connection: Connection;
}

/** An answer to a request of which all is known that decides about it. */
export type Asked = Answer & { readonly request: NonNullable<Exchange['request']> };

/** A close that comes later after a response is no longer the end of that response. */
export const AT_ONCE_LATEST_NS = 3e9;

/** Something is wrong with the form of the request: whoever sent it can't count on an answer. */
export const isOddForm = ({ problems }: Message): boolean => problems.some(({ kind }) => kind !== 'truncated' && kind !== 'body-not-sent');

/** A message's content without its transfer coding; `null` where it was not kept: rules over bytes are silent then. */
export const contentOf = ({ content }: Message): Uint8Array | null => content ?? null;

const CONDITIONS = ['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range'];
export const hasCondition = ({ request }: Asked): boolean => CONDITIONS.some((name) => field(request, name) !== null);

const connectionsByStream = oncePerEvidence(({ connections }) => new Map(connections.map((connection) => [connection.stream, connection])));

export const connectionOf = (on: LookedAt, { stream }: Pick<Exchange, 'stream'>): Connection | null =>
  connectionsByStream(on).get(stream) ?? null;

export const answers = oncePerEvidence((on): readonly Answer[] => {
  const found: Answer[] = [];
  for (const exchange of on.exchanges) {
    const { request, response } = exchange;
    if (response === null || !hasWholeHead(response)) continue;
    const connection = connectionOf(on, exchange);
    if (connection !== null) found.push({ exchange: exchange as Answer['exchange'], request, response, connection });
  }
  return found;
});

export const asked = oncePerEvidence((on): readonly Asked[] =>
  answers(on).filter((answer): answer is Asked => answer.request !== null && hasWholeHead(answer.request)),
);

// Most of an evidence's thousands of answers are right in every way. What few of them are is found once, for all the rules that ask for it first.

/** Answers whose response has a problem. */
export const faultyAnswers = oncePerEvidence((on) => answers(on).filter(({ response }) => response.problems.length > 0));
export const askedFaulty = oncePerEvidence((on) => asked(on).filter(({ response }) => response.problems.length > 0));

/** Interim responses, each as an answer of its own. */
export const interimAnswers = oncePerEvidence((on): readonly Answer[] =>
  on.exchanges.flatMap((exchange) => {
    const connection = exchange.interim.length > 0 ? connectionOf(on, exchange) : null;
    if (connection === null) return [];
    return exchange.interim
      .filter(hasWholeHead)
      .map((response) => ({ exchange: { ...exchange, response }, request: exchange.request, response, connection }));
  }),
);

/** Answers and interim responses whose head may have a problem. */
export const faultyHeads = oncePerEvidence((on): readonly Answer[] => [
  ...faultyAnswers(on),
  ...interimAnswers(on).filter(({ response }) => response.problems.length > 0),
]);

/** Answers to requests that have a problem. */
export const askedWrongly = oncePerEvidence((on) => asked(on).filter(({ request }) => request.problems.length > 0));

/** Whether no exchange comes after it on its connection. */
export const isLast = ({ exchange, connection }: Answer): boolean => connection.exchanges.at(-1)?.index === exchange.index;

/** Answers on connections that the server closed first. */
export const closedByServer = oncePerEvidence((on) => asked(on).filter(({ connection }) => connection.firstClose?.by === 'server'));

/** One hit for each answer of which `figures` are given. Frames: the heads of request and response. */
export function eachAnswer<A extends Answer, Args extends Figures>(
  list: readonly A[],
  figures: (answer: A) => Args | null | false | undefined,
  more: (answer: A) => readonly (number | null | undefined)[] = () => [],
): Hit<Args>[] {
  const hits: Hit<Args>[] = [];
  for (const answer of list) {
    const args = figures(answer);
    if (args) hits.push({ args, stream: answer.exchange.stream, frames: frameList(answerFrames(answer), more(answer)) });
  }
  return hits;
}

export const answerFrames = ({ request, response }: Answer): number[] =>
  frameList(request?.headFrames[0], response.headFrames[0], response.headFrames[1]);

export const hasProblem = (message: Message, ...kinds: readonly MessageProblemKind[]): boolean =>
  message.problems.some(({ kind }) => kinds.includes(kind));

export const problemDetail = (message: Message, ...kinds: readonly MessageProblemKind[]): string | null =>
  message.problems.find(({ kind }) => kinds.includes(kind))?.detail ?? null;

export { isWhole } from '../observe/step.ts';

/** Whether the frame was captured after the server had been asked to stop: closes are no faults then. */
export const isStopped = (on: LookedAt, frame: number): boolean => (stopOf(on)?.frame ?? Number.POSITIVE_INFINITY) <= frame;

/** Whether the request was sent to find a limit: what becomes of it is the subject of rules of its own. */
export const seeksLimit = ({ step }: Pick<Exchange, 'step'>): boolean => step !== null && /^(?:limits|starvation)\./.test(step);

/** The number that `Content-Length` says, which may be repeated; `null` where it is missing or says no single number. */
export const declaredLength = oncePerHead((message): number | null => {
  const [first, ...others] = fieldValues(message, 'content-length').flatMap(listElements);
  return first !== undefined && /^\d{1,15}$/.test(first) && others.every((other) => other === first) ? Number(first) : null;
});

export const codingOf = oncePerHead((response): string => field(response, 'content-encoding')?.toLowerCase() || 'identity');

/**
 * Whether another request was sent before the response had ended: the end of its body may then belong to the next response, where its length is
 * too large.
 */
export function swallowsNext({ connection: { exchanges }, exchange, response }: Answer): boolean {
  const [first, last] = response.frames;
  if (first === last) return false;
  // Those that come after it.
  for (let place = exchanges.length - 1; place >= 0 && exchanges[place]!.index > exchange.index; place--) {
    const { request } = exchanges[place]!;
    if (request !== null && request.headFrames[0] < last) return true;
  }
  return false;
}

/** Whole 200s to a GET, by `resourceOf`. */
export const pages = oncePerEvidence((on): ReadonlyMap<string, readonly Asked[]> => {
  const found = new Map<string, Asked[]>();
  for (const answer of asked(on)) {
    if (answer.request.method !== 'GET' || answer.response.status !== 200 || swallowsNext(answer)) continue;
    const resource = resourceOf(answer.request);
    const list = found.get(resource);
    if (list) list.push(answer);
    else found.set(resource, [answer]);
  }
  return found;
});

/** Those of what is asked for. */
export const pagesOf = (on: LookedAt, { request }: Asked): readonly Asked[] => pages(on).get(resourceOf(request)) ?? [];

/** Whether both have the same validator: they are of the same version of the resource. */
export function sameVersion(one: ResponseMessage, other: ResponseMessage): boolean {
  const [tag, otherTag] = [field(one, 'etag'), field(other, 'etag')] as const;
  if (tag !== null && otherTag !== null) return opaque(tag) === opaque(otherTag);
  const modified = field(one, 'last-modified');
  return modified !== null && modified === field(other, 'last-modified');
}

const opaque = (tag: string): string => tag.replace(/^W\//, '');

/** Whether the response is of the same bytes as this page. A weak ETag alone may stand for others too (RFC 9110 §8.8.1), unless all pages that have it are alike. */
export function sameBytes(on: LookedAt, page: Asked, response: ResponseMessage): boolean {
  if (!sameVersion(page.response, response)) return false;
  const isWeak = [page.response, response].some((one) => entityTag(field(one, 'etag'))?.weak);
  const modified = field(response, 'last-modified');
  if (!isWeak || (modified !== null && modified === field(page.response, 'last-modified'))) return true;
  const alike = pagesOf(on, page).filter((other) => other.response.complete && isSameCoded(other.response, page.response));
  return alike.length > 1 && alike.every((other) => hasSameContent(other.response, page.response));
}

const isSameCoded = (one: ResponseMessage, other: ResponseMessage): boolean =>
  codingOf(one) === codingOf(other) && field(one, 'etag') === field(other, 'etag');

/** By their length, where their content was not kept. */
function hasSameContent(one: ResponseMessage, other: ResponseMessage): boolean {
  const [content, others] = [contentOf(one), contentOf(other)];
  return content === null || others === null ? one.bodyBytes === other.bodyBytes : isEqual(content, others);
}

export const isEqual = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);

/** To three digits, and no more exactly than to the millisecond. */
export const seconds = (ns: number): number => Number(Number((ns / 1e9).toPrecision(3)).toFixed(3));
export const milliseconds = (ns: number): number => Number((ns / 1e6).toPrecision(3));

/** Whether both requests select the same representation: by the fields that the answer to the first names in Vary (RFC 9111 §4.1), and by Accept-Encoding. */
export const isSelectedAlike = ({ request, response }: Asked, other: Asked): boolean =>
  ['accept-encoding', ...listElements(field(response, 'vary'))].every((name) => field(request, name) === field(other.request, name));

/** The 200 that the same target got from a request that selects the same: the last one before it, else the first after. */
export function pageBeside(on: LookedAt, answer: Asked): Asked | undefined {
  const isSame = (page: Asked): boolean => isSelectedAlike(page, answer);
  const all = pagesOf(on, answer);
  return all.findLast((page) => page.request.frames[0] < answer.request.frames[0] && isSame(page)) ?? all.find(isSame);
}

export const besideFrames = (on: LookedAt) => (answer: Asked) => [pageBeside(on, answer)?.response.headFrames[0]];

/** Which of these fields `other` has and the answer lacks. */
export const lacking = (answer: Asked, other: Asked | undefined, names: readonly string[]): string[] =>
  other ? names.filter((name) => field(other.response, name) !== null && field(answer.response, name) === null) : [];
