/**
 * What the values of a cell are about: the last step of its scenario. A capture without step marks is one step from its first frame to
 * its last. All groups of observations use these functions, so that they all mean the same by it.
 */
import { field, oncePerHead } from '../http/fields.ts';
import type { Connection, Evidence, Exchange, Message, ObservedValue, RequestMessage, ResponseMessage, StepMark } from '../model.ts';

/** Most frames that a value names: the earliest ones. */
export const FRAMES_SHOWN = 32;

/** An exchange with a request, as nearly all have. */
export type AskedExchange = Exchange & { request: NonNullable<Exchange['request']> };
export type AnsweredExchange = AskedExchange & { response: ResponseMessage };

/** The step that values are about; for a capture without step marks all of it, under the scenario's id. */
export const lastStep = (evidence: Evidence): StepMark => evidence.steps.at(-1) ?? { id: evidence.cell.scenario, frame: 1, timeNs: 0 };

/** Exchanges whose request was sent in the step, in the order of their requests. */
export function askedIn(evidence: Evidence, step: StepMark): readonly AskedExchange[] {
  if (evidence.steps.length === 0) return askedAtAll(evidence);
  return askedAtAll(evidence).filter((exchange) => exchange.step === step.id);
}

/** Exchanges that begin with a request, of all steps. */
export const askedAtAll = oncePerEvidence((evidence): readonly AskedExchange[] => evidence.exchanges.filter(isAsked));

/** Makes a function compute its result once for each evidence, however many observations call it. */
export function oncePerEvidence<T>(find: (evidence: Evidence) => T): (evidence: Evidence) => T {
  const found = new WeakMap<Evidence, T>();
  return (evidence) => {
    if (!found.has(evidence)) found.set(evidence, find(evidence));
    return found.get(evidence) as T;
  };
}

/** Whether the exchange has a request. */
export const isAsked = (exchange: Exchange): exchange is AskedExchange => exchange.request !== null;

/**
 * Whether the whole head is in the capture. Where the snap length or a gap cut it, a field that is not there may have been sent, and lengths are
 * unknown. (A request whose answer is missing has the problem `gap-in-head` too, but its own head is whole: it is complete.) A response of HTTP/0.9 has none.
 */
export const hasWholeHead = ({ startLine, complete, framing, problems }: Message): boolean =>
  startLine !== '' && (complete || framing !== 'none' || !problems.some(({ kind }) => kind === 'gap-in-head'));

/** Whether there is a request, and a response whose whole head is in the capture, so that its fields can be read. */
export const isAnswered = (exchange: Exchange): exchange is AnsweredExchange =>
  exchange.request !== null && exchange.response !== null && hasWholeHead(exchange.response);

const hostOf = oncePerHead((request): string => field(request, 'host')?.toLowerCase() ?? '');

/** What a request asks for: its target at the host that it names (RFC 9110 §7.1). One address may serve many hosts, whose targets have nothing in common. */
export const resourceOf = (request: RequestMessage): string => `${hostOf(request)} ${request.target}`;

/** Whether both requests ask for the same, by the same method. */
export const isSameRequest = (one: RequestMessage, other: RequestMessage): boolean =>
  one.method === other.method && resourceOf(one) === resourceOf(other);

/** Whether all bytes of both sides are in the capture, from the SYN on. */
export const isWhole = ({ midStream, sides }: Connection): boolean =>
  !midStream && sides.client.missingBytes === 0 && sides.server.missingBytes === 0;

/** Connections that were opened in the step, or on which neither side had sent a FIN or RST when it began. */
export function connectionsIn(evidence: Evidence, step: StepMark): Connection[] {
  return evidence.connections.filter(
    (connection) =>
      connection.firstFrame >= step.frame ||
      connection.firstClose === null ||
      connection.firstClose.frame >= step.frame ||
      // A request of this step was sent on a connection that the other side had already half closed.
      connection.exchanges.some((exchange) => exchange.request !== null && exchange.step === step.id),
  );
}

/** Connections whose handshake was completed in the step. */
export const openedIn = (evidence: Evidence, step: StepMark): Connection[] =>
  evidence.connections.filter((connection) => connection.handshake !== null && connection.handshake.ackFrame >= step.frame);

/** The connections whose first frame is of the step; none where the capture has no such step. */
export function openedInStep({ steps, connections }: Evidence, step: string): Connection[] {
  const index = steps.findIndex(({ id }) => id === step);
  if (index === -1) return [];
  const [from, to = Number.POSITIVE_INFINITY] = steps.slice(index, index + 2).map(({ frame }) => frame);
  return connections.filter(({ firstFrame }) => firstFrame >= from! && firstFrame < to);
}

/** Whether the connection ever carried a request. */
export const isUsed = (connection: Connection): boolean => connection.exchanges.some(isAsked);

/** Whether it carries a protocol that is not read: it is in use, but shows no requests. */
export const carriesOther = ({ protocol }: Connection): boolean => protocol !== 'http/1' && protocol !== 'none';

/** When the last payload byte of either side was sent; where there was none, when the handshake ended. Nanoseconds. */
export const lastByteNs = ({ sides, handshake, startNs }: Connection): number =>
  Math.max(sides.client.lastPayloadNs ?? 0, sides.server.lastPayloadNs ?? 0) || (handshake?.ackNs ?? startNs);

/** The frame of `lastByteNs`. */
export const lastByteFrame = ({ sides, handshake, firstFrame }: Connection): number =>
  Math.max(sides.client.lastPayloadFrame ?? 0, sides.server.lastPayloadFrame ?? 0) || (handshake?.ackFrame ?? firstFrame);

/** The last byte of either side that came before the first close: not those of a request that it raced, nor those that came after it. */
export function byteBeforeClose(connection: Connection): number {
  const { keepAliveRace, firstClose, sides, exchanges, handshake, firstFrame } = connection;
  if (keepAliveRace) return sides.server.lastPayloadFrame ?? handshake?.ackFrame ?? firstFrame;
  const last = lastByteFrame(connection);
  if (firstClose === null || last <= firstClose.frame) return last;
  const messages = exchanges.flatMap(({ request, interim, response }) => [request, ...interim, response]);
  const before = messages.flatMap((message) => message?.segmentFrames.filter((frame) => frame < firstClose.frame) ?? []);
  return before.reduce((latest, frame) => Math.max(latest, frame), 0) || last;
}

/**
 * The exchange of the page's document; see `DOCUMENT`. Steps are tried from the last to the first, because a page that the client has in its
 * cache is not requested in every step. `null` where no step has an answer.
 */
export const documentOf = oncePerEvidence(findDocument);

function findDocument(evidence: Evidence): AnsweredExchange | null {
  const answers = evidence.exchanges.filter(isAnswered);
  let pages: Set<string> | null = null;
  const isPage = (exchange: AnsweredExchange): boolean => {
    // Most often this is the first exchange, so the set is seldom needed.
    if (isHtml(exchange)) return true;
    pages ??= new Set(answers.filter(isHtml).map(({ request }) => resourceOf(request)));
    return pages.has(resourceOf(exchange.request));
  };
  const steps = evidence.steps.length > 0 ? evidence.steps.toReversed() : [lastStep(evidence)];
  const answered = steps.map((step) => askedIn(evidence, step).filter(isAnswered));
  const page = answered.map((exchanges) => exchanges.find(isPage)).find((found) => found);
  const first = page ?? answered.find((exchanges) => exchanges.length > 0)?.[0];
  if (!first || first.response.status === 200) return first ?? null;
  const before = answers.findLast(
    ({ request, response }) =>
      response.status === 200 && resourceOf(request) === resourceOf(first.request) && request.frames[0] < first.request.frames[0],
  );
  return before ?? first;
}

const isHtml = ({ response }: AnsweredExchange): boolean =>
  response.status === 200 && /^(text\/html|application\/xhtml\+xml)\b/i.test(field(response, 'content-type') ?? '');

/** Part of the definition of each observation of the document. */
export const DOCUMENT =
  'The document is the first HTML page that the last step requested (where it requested none, the last earlier step that did; where no step did, the first answered request of the last step that has one). Where its response is not a 200 (but a 304, say), the last earlier 200 of the same target counts.';

type FrameLike = number | null | undefined;

/** Frames in rising order, each once: the lowest `FRAMES_SHOWN` of them. `null`, `undefined` and numbers below 1 are left out. */
export function frameList(...frames: (FrameLike | readonly FrameLike[])[]): number[] {
  const lowest: number[] = [];
  for (const item of frames) {
    if (typeof item !== 'object' || item === null) add(lowest, item);
    else for (const frame of item) add(lowest, frame);
  }
  return lowest;
}

function add(lowest: number[], frame: FrameLike): void {
  if (typeof frame !== 'number' || frame <= 0) return;
  let place = lowest.length;
  while (place > 0 && lowest[place - 1]! > frame) place--;
  if (place === FRAMES_SHOWN || lowest[place - 1] === frame) return;
  lowest.splice(place, 0, frame);
  if (lowest.length > FRAMES_SHOWN) lowest.pop();
}

/** First and last frame of a message's head. */
export const headFrames = (message: Message): number[] => frameList(message.headFrames[0], message.headFrames[1]);

/** A value with the frames that show it. */
export const value = (
  observed: ObservedValue['value'],
  frames: number[],
  more: Omit<ObservedValue, 'value' | 'frames'> = {},
): ObservedValue => ({
  value: observed,
  frames,
  ...more,
});

/** The median by `by`; of two middle items the lower, so that the result is always a captured item. `null` for an empty list. */
export function medianOf<T>(items: readonly T[], by: (item: T) => number): T | null {
  const ordered = [...items].sort((a, b) => by(a) - by(b));
  return ordered[Math.floor((ordered.length - 1) / 2)] ?? null;
}

/** Rounded to `digits` decimal places, so that no value claims more precision than the clock has. */
export const round = (number: number, digits: number): number => Number(number.toFixed(digits));

/** How long something was watched: seconds from a time of the capture to its end, to one decimal. */
export const watchedS = (evidence: Evidence, sinceNs: number): number => round(Math.max(0, evidence.capture.endNs - sinceNs) / 1e9, 1);
