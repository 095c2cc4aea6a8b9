import {
  type Connection,
  EXCHANGES_KEPT,
  type Exchange,
  type Protocol,
  type ProxyHeader,
  type RequestMessage,
  type ResponseMessage,
  type Side,
} from '../model.ts';
import type { StreamSink } from '../tcp/stream-sink.ts';
import type { ConnectionIdentity } from '../tcp/tracked-connection.ts';
import type { ContentBudget } from './content-budget.ts';
import { ExchangeBudget } from './exchange-budget.ts';
import { fieldValues } from './fields.ts';
import { isInterim } from './framing.ts';
import { noteRace } from './keep-alive-race.ts';
import { MAX_INTERIM_RESPONSES, MAX_PIPELINED_REQUESTS } from './limits.ts';
import { addProblem } from './message.ts';
import { type MessageListener, MessageParser } from './message-parser.ts';
import { proxyHeader } from './proxy-protocol.ts';
import type { BodySnapshot, MessageSnapshot, StreamSnapshot } from './snapshots.ts';
import { looksLike, otherProtocol } from './start-line.ts';

/** Called for an exchange when it is complete. `isReported`: it was read, and reported, elsewhere (`HttpStream.resume`). */
export type OnExchange = (exchange: Exchange, isReported: boolean) => void;

/**
 * Reads the HTTP/1.x exchanges of one connection (RFC 9112). `onExchange` gets each when it is complete, or when the connection ends, in the order of the
 * requests; `end` puts the same objects into the connection, as many as it may keep. A stream that is not HTTP gives none. The bytes must come in causal
 * order: an answer after the question that it acknowledges (`Reassembly` sees to that).
 *
 * `stream`: the connection's number, which exchanges have before `end` gives them the connection. `keepsLastOnly`: it keeps no exchange but the last one,
 * whatever is left of the budget. `connection`: whether its start was captured. `content`: what responses may keep of their content; `null`: nothing. Bytes after an exchange that belong to no message are noted in its last message, even where it has been reported.
 */
export function createHttpStream(
  onExchange: OnExchange,
  stream = 0,
  budget = new ExchangeBudget(Number.POSITIVE_INFINITY),
  keepsLastOnly = budget.closed,
  connection: Captured = { midStream: false },
  content: ContentBudget | null = null,
): HttpStream {
  return new HttpStream(onExchange, stream, budget, keepsLastOnly, connection, content);
}

/** Asked when a response has no request: the SYN may come late. */
type Captured = Pick<ConnectionIdentity, 'midStream'>;

/** An exchange that has not been reported yet. */
interface Open {
  exchange: Exchange;
  /** As in `OnExchange`. */
  isReported: boolean;
  requestEnded: boolean;
  /** A final response has begun. */
  answered: boolean;
  responseEnded: boolean;
  /** Bytes of the server are missing, or can't be read, in which its response may have been. */
  maybeLost: boolean;
  /** In the place of whatever was asked in bytes of the client that are missing or can't be read. */
  unseen: boolean;
  /** Without a request: the client had sent bytes that are no request. */
  afterJunk: boolean;
  /** Bytes that begin no response came while it waited for one, and its request has a problem that says so. */
  junkNoted: boolean;
  /** Its last interim response has a problem that says that later ones are not kept. */
  interimLimitNoted: boolean;
}

export class HttpStream implements StreamSink {
  readonly #onExchange: OnExchange;
  readonly #stream: number;
  readonly #requests: MessageParser;
  readonly #responses: MessageParser;
  /** In the order of the requests. */
  readonly #open: Open[] = [];
  #requestUnderWay: Open | null = null;
  #answering: Open | null = null;
  /** The server sends nothing more. */
  #serverDone = false;
  /** The client's and the server's side are the other way round than TCP believed. */
  #swapped = false;
  #anyMessage = false;
  #anyByte = false;
  #proxyHeader: ProxyHeader | null = null;
  /** The client's first segments, as long as they may be the beginning of a header of the PROXY protocol. */
  #held: HeldSegment[] | null = null;
  /** Another protocol than HTTP/1.x that was found, and the frame that shows it. */
  #protocol: Protocol | null = null;
  #protocolFrame = 0;
  #serverSpeaks: NonNullable<Connection['serverSpeaks']> | null = null;
  readonly #connection: Captured;
  /** Bytes of the client are missing. */
  #clientHasGap = false;
  #count = 0;
  #kept: Exchange[] = [];
  readonly #budget: ExchangeBudget;
  /** Exchanges are reported, but none is kept except the last one. */
  #keepsLastOnly: boolean;

  constructor(
    onExchange: OnExchange,
    stream: number,
    budget: ExchangeBudget,
    keepsLastOnly: boolean,
    connection: Captured,
    content: ContentBudget | null,
  ) {
    this.#connection = connection;
    this.#budget = budget;
    this.#keepsLastOnly = keepsLastOnly;
    this.#onExchange = onExchange;
    this.#stream = stream;
    this.#requests = new MessageParser('request', this.#requestListener());
    this.#responses = new MessageParser('response', this.#responseListener(), content);
  }

  /** Where the streams stand, where `resume` or `resumeBody` could go on from that: between two exchanges, or in the body of the only response under way. */
  snapshot(): StreamSnapshot | null {
    if (this.#swapped || this.#held !== null || !this.#requests.settled) return null;
    const body = this.#bodyUnderWay();
    const isBetween = this.#open.length === 0 && this.#responses.settled;
    if (body === null && !isBetween) return null;
    return { offsets: [this.#requests.offset, this.#responses.offset], exchanges: this.#count, body };
  }

  #bodyUnderWay(): BodySnapshot | null {
    const [open] = this.#open;
    if (this.#open.length !== 1 || !open!.requestEnded || open !== this.#answering || !open!.answered) return null;
    return this.#responses.body;
  }

  /** Whether it keeps none of the exchanges to come but the last one. */
  get keepsLastOnly(): boolean {
    return this.#keepsLastOnly;
  }

  /** Between two exchanges: goes on after `count` whole exchanges in the bytes up to these offsets, which are counted and not reported. */
  skip(count: number, offsets: StreamSnapshot['offsets']): void {
    if (count > 0) this.#anyMessage = true;
    this.#count += count;
    this.#requests.skipTo(offsets[0]);
    this.#responses.skipTo(offsets[1]);
  }

  /** Between two exchanges: goes on from snapshots of the next one, which is whole or under way. `isReported`: it is whole, and is not to be reported again. */
  resume(request: MessageSnapshot, response: MessageSnapshot | null, isReported = false): void {
    this.#requests.resume(request);
    if (isReported) this.#open.at(-1)!.isReported = true;
    if (response !== null) this.#responses.resume(response);
  }

  /** Goes on from a later snapshot of the response body under way. */
  resumeBody(snapshot: BodySnapshot): void {
    this.#responses.resumeBody(snapshot);
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, cut: number): void {
    if (!this.#anyMessage) {
      if (side === 'client' && this.#requests.offset === 0) {
        start = this.#passProxyHeader(bytes, start, end, frame, timeNs, cut);
        if (start === HELD) return;
      } else this.#feedHeld();
      this.#checkSides(side, bytes, start, end, cut);
      this.#checkProtocol(side, bytes, start, end, frame);
    }
    this.#feed(side, bytes, start, end, frame, timeNs, cut);
  }

  #feed(side: Side, bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, cut: number): void {
    if (end > start) this.#anyByte = true;
    if (this.#fromClient(side)) this.#requests.feed(bytes, start, end, frame, timeNs, cut);
    else this.#responses.feed(bytes, start, end, frame, timeNs, cut);
  }

  gap(side: Side, count: number, frame: number): void {
    this.#feedHeld();
    if (this.#fromClient(side)) {
      this.#clientHasGap = true;
      this.#requests.gap(count, frame);
    } else this.#responses.gap(count, frame);
  }

  fin(side: Side, frame: number): void {
    this.#feedHeld();
    if (this.#fromClient(side)) this.#requests.close(true, 'the client closed', frame);
    else this.#serverEnds(true, 'the server closed', frame);
  }

  reset(side: Side, frame: number): void {
    this.#feedHeld();
    this.#requests.close(false, `reset by the ${side}`, frame);
    this.#serverEnds(false, `reset by the ${side}`, frame);
  }

  end(connection: Connection): void {
    this.#feedHeld();
    this.#requests.close(false, 'the capture ended', connection.lastFrame);
    this.#serverEnds(false, 'the capture ended', connection.lastFrame);
    for (const exchange of this.#kept) exchange.stream = connection.stream;
    connection.exchanges = this.#kept;
    connection.exchangeCount = this.#count;
    if (this.#proxyHeader !== null) connection.proxyHeader = this.#proxyHeader;
    this.#nameProtocol(connection);
    noteRace(connection);
    if (this.#keepsLastOnly && this.#count > 0) this.#budget.withoutExchanges.add(connection);
  }

  #serverEnds(clean: boolean, why: string, frame: number): void {
    this.#responses.close(clean, why, frame);
    this.#serverDone = true;
    for (const open of this.#open) open.responseEnded = true;
    this.#report(true);
  }

  #fromClient(side: Side): boolean {
    return (side === 'client') !== this.#swapped;
  }

  /**
   * The client's bytes may begin with a header of the PROXY protocol, in one segment or several. Gives where its own begin in this one; `HELD`: more
   * segments will show it.
   */
  #passProxyHeader(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, cut: number): number {
    const before = this.#held ?? [];
    const all =
      before.length === 0 ? bytes.subarray(start, end) : Buffer.concat([...before.map((held) => held.bytes), bytes.subarray(start, end)]);
    const header = proxyHeader(all);
    if (header === 'incomplete' && cut === 0 && before.length < HELD_SEGMENTS_MAX) {
      this.#held = [...before, { bytes: Uint8Array.from(bytes.subarray(start, end)), frame, timeNs }];
      return HELD;
    }
    if (header === null || header === 'incomplete') {
      this.#feedHeld();
      return start;
    }
    this.#held = null;
    this.#proxyHeader = header;
    this.#requests.skipTo(header.length);
    // The header ends in this segment: those before did not have all of it.
    return end - (all.length - header.length);
  }

  /** What was held is no header of the PROXY protocol. */
  #feedHeld(): void {
    const held = this.#held;
    if (held === null) return;
    this.#held = null;
    for (const { bytes, frame, timeNs } of held) {
      if (!this.#anyMessage) {
        this.#checkSides('client', bytes, 0, bytes.length, 0);
        this.#checkProtocol('client', bytes, 0, bytes.length, frame);
      }
      this.#feed('client', bytes, 0, bytes.length, frame, timeNs, 0);
    }
  }

  /** Where the SYN was not captured, TCP may have guessed wrong which end is the client. The first start line shows it. */
  #checkSides(side: Side, bytes: Uint8Array, start: number, end: number, cut: number): void {
    const kind = looksLike(bytes, start, end, cut > 0);
    if (kind === null || !this.#requests.idle || !this.#responses.idle) return;
    this.#swapped = (kind === 'request') !== (side === 'client');
  }

  /** The first bytes of a side may show that it speaks another protocol: then they are no messages. */
  #checkProtocol(side: Side, bytes: Uint8Array, start: number, end: number, frame: number): void {
    const isServer = !this.#fromClient(side);
    const { offset } = isServer ? this.#responses : this.#requests;
    if (offset > (isServer ? 0 : (this.#proxyHeader?.length ?? 0))) return;
    const found = otherProtocol(bytes, start, end, isServer);
    // In the middle of a body anything may look like a reply.
    if (found === null || (found === 'other' && this.#connection.midStream)) return;
    if (!isServer || found === 'other') this.#requests.ignoreRest();
    // A server that does not speak it may answer in HTTP/1.x.
    if (isServer) {
      this.#responses.ignoreRest();
      this.#serverSpeaks = found;
    }
    if (this.#protocol === null) this.#setProtocol(found, frame);
  }

  #setProtocol(protocol: Protocol, frame: number): void {
    this.#protocol = protocol;
    this.#protocolFrame = frame;
  }

  #nameProtocol(connection: Connection): void {
    const { client, server } = connection.sides;
    if (this.#anyMessage && this.#protocol !== 'http/2') connection.protocol = 'http/1';
    else if (this.#protocol !== null) connection.protocol = this.#protocol;
    else if (this.#anyByte || (this.#proxyHeader === null && client.payloadBytes + server.payloadBytes > 0)) connection.protocol = 'other';
    else connection.protocol = 'none';
    if (connection.protocol === 'other' && this.#protocol === null) {
      if (!this.#anyByte) connection.unknownProtocol = 'cut';
      else if (connection.midStream) connection.unknownProtocol = 'mid-stream';
    }
    connection.protocolFrame = this.#protocolFrame || null;
    if (this.#serverSpeaks !== null) connection.serverSpeaks = this.#serverSpeaks;
    // What goes on inside is not read: when the last request or answer was is not known.
    if (connection.firstClose && (connection.protocol === 'tls' || connection.protocol === 'http/2')) connection.firstClose.idleMs = null;
  }

  // --------------------------------------------------------------------------------------------------------- requests

  #requestListener(): MessageListener {
    return {
      begin: () => {
        // A client that asks again has its answer to what it asked before, if it had asked anything.
        const last = this.#open.at(-1);
        if (last?.unseen && !last.answered && !last.maybeLost) {
          if (last.exchange.interim.length === 0) this.#open.pop();
          // An interim response that no request asked for, a 100 after the final one for example, is not that of the next request.
          else last.answered = last.responseEnded = true;
        }
        const open = newOpen(this.#stream);
        open.responseEnded = this.#serverDone;
        this.#open.push(open);
        this.#requestUnderWay = open;
      },
      drop: () => {
        const open = this.#requestUnderWay!;
        this.#requestUnderWay = null;
        open.requestEnded = true;
        // What was no request gets no response. One that has come already is kept.
        if (!open.answered) this.#open.splice(this.#open.indexOf(open), 1);
        this.#report(false);
      },
      junk: () => false,
      lost: (cut) => {
        // The rest of a segment belongs to the head or body that the segment has the start of.
        if (cut) return;
        const last = this.#open.at(-1);
        if (!last?.unseen || last.answered) this.#openUnseen();
      },
      answered: () => this.#requestUnderWay?.answered === true,
      answersSimple: () => false,
      methodFor: () => null,
      head: (message) => {
        this.#anyMessage = true;
        this.#requestUnderWay!.exchange.request = message as RequestMessage;
      },
      end: (message) => {
        const open = this.#requestUnderWay!;
        this.#requestUnderWay = null;
        open.requestEnded = true;
        if (this.#open.length >= MAX_PIPELINED_REQUESTS) {
          addProblem(
            message,
            'truncated',
            `MAX_PIPELINED_REQUESTS (${MAX_PIPELINED_REQUESTS}) wait for an answer: later requests are not read`,
            message.frames[1],
          );
          this.#requests.ignoreRest();
        }
        this.#report(false);
      },
    };
  }

  // -------------------------------------------------------------------------------------------------------- responses

  #responseListener(): MessageListener {
    return {
      begin: () => {
        // A response that was held back, in case bytes followed it, has been followed by some.
        this.#report(true);
      },
      drop: () => {},
      junk: (frame) => {
        const waiting = this.#open.filter((open) => !open.answered && open.exchange.request !== null);
        for (const open of waiting) {
          addProblem(open.exchange.request!, 'invalid-start-line', 'bytes that begin no response came while it waited for one', frame);
          open.junkNoted = true;
        }
        return waiting.length > 0;
      },
      lost: () => {
        // From the last one backwards: those before a marked one are marked too.
        for (let place = this.#open.length - 1; place >= 0; place--) {
          const open = this.#open[place]!;
          if (open.answered || open.maybeLost) return;
          open.maybeLost = true;
        }
      },
      answered: () => false,
      answersSimple: () => this.#count === 0 && this.#open.length === 1 && isSimple(this.#open[0]!),
      methodFor: (status) => {
        const open = this.#toAnswer();
        this.#answering = open;
        if (isFinal(status)) open.answered = true;
        return open.exchange.request?.method ?? null;
      },
      head: (message) => {
        this.#anyMessage = true;
        const response = message as ResponseMessage;
        const open = this.#answering!;
        const { exchange } = open;
        if (isFinal(response.status)) exchange.response = response;
        else if (exchange.interim.length === 0) exchange.interim = [response];
        else if (exchange.interim.length < MAX_INTERIM_RESPONSES) exchange.interim.push(response);
        else noteInterimLimit(open, response.headFrames[0]);
        if (response.framing === 'tunnel') this.#requests.ignoreRest();
        if (response.status === 101 && fieldValues(response, 'upgrade').some((value) => value.toLowerCase() === 'h2c'))
          this.#setProtocol('http/2', response.headFrames[0]);
      },
      end: (message) => {
        if (isFinal((message as ResponseMessage).status)) this.#answering!.responseEnded = true;
        this.#answering = null;
        this.#report(false);
      },
    };
  }

  /** The exchange that the next response belongs to: responses come in the order of the requests (RFC 9112 §9.3.2). */
  #toAnswer(): Open {
    let next: Open | null = null;
    for (const open of this.#open) {
      if (open.answered) continue;
      if (!open.maybeLost) {
        next = open;
        break;
      }
      // Where any of the answers may be missing, this one belongs to something unseen rather than to an earlier request.
      if (next === null || (open.unseen && !next.unseen)) next = open;
    }
    if (next === null) {
      next = this.#openUnseen();
    } else {
      // The answers to what was asked before it are among the missing bytes.
      for (const open of this.#open) {
        if (open === next) break;
        if (!open.answered) this.#answerIsLost(open);
      }
      next.maybeLost = false;
    }
    if (next.unseen) next.afterJunk = this.#requests.lost || this.#protocol !== null;
    return next;
  }

  #openUnseen(): Open {
    const open = newOpen(this.#stream);
    open.requestEnded = true;
    open.responseEnded = this.#serverDone;
    open.unseen = true;
    this.#open.push(open);
    return open;
  }

  #answerIsLost(open: Open): void {
    open.maybeLost = false;
    open.answered = true;
    open.responseEnded = true;
    const { request } = open.exchange;
    if (request === null || open.junkNoted) return;
    open.exchange.isResponseMissing = true;
    addProblem(request, 'gap-in-head', 'its response is not in the capture, or cannot be read', request.frames[1]);
  }

  // ----------------------------------------------------------------------------------------------------------- report

  /** Reports what is complete. `all`: also a response that closes the connection, which is held back in case bytes follow it that should not. */
  #report(all: boolean): void {
    while (this.#open.length > 0) {
      const first = this.#open[0]!;
      if (!first.requestEnded || !first.responseEnded) return;
      if (!all && this.#open.length === 1 && this.#responses.closing) return;
      this.#open.shift();
      const { exchange } = first;
      const answer = exchange.response ?? exchange.interim[0];
      if (answer === undefined && exchange.request === null) continue;
      if (answer !== undefined && exchange.request === null) this.#noteWithoutRequest(answer, first);
      else if (answer === undefined && first.maybeLost) this.#answerIsLost(first);
      exchange.index = this.#count++;
      this.#keep(exchange);
      this.#onExchange(exchange, first.isReported);
    }
  }

  /** Unsolicited is a response only where all that the client sent is in the capture, and asks for nothing. */
  #noteWithoutRequest(answer: ResponseMessage, { afterJunk }: Open): void {
    const frame = answer.headFrames[0];
    if (this.#connection.midStream)
      addProblem(answer, 'request-not-read', 'the capture begins after the request that it may answer', frame);
    else if (this.#clientHasGap) addProblem(answer, 'request-not-read', 'the request that it may answer is not in the capture', frame);
    else if (this.#protocol === 'tls') addProblem(answer, 'request-not-read', 'what the client sent before it is TLS', frame);
    else if (this.#protocol === 'http/2') addProblem(answer, 'request-not-read', 'what the client sent before it is HTTP/2', frame);
    else if (afterJunk) addProblem(answer, 'request-not-read', 'what the client sent before it is no request', frame);
    else addProblem(answer, 'unsolicited-response', 'the client had asked for nothing', frame);
  }

  #keep(exchange: Exchange): void {
    const budget = this.#budget;
    if (!this.#keepsLastOnly && budget.left <= 0) {
      budget.left += this.#kept.length;
      budget.closed = true;
      this.#keepsLastOnly = true;
    }
    if (this.#keepsLastOnly) {
      this.#kept = [exchange];
    } else if (this.#kept.length < EXCHANGES_KEPT) {
      this.#kept.push(exchange);
      budget.left--;
    } else {
      this.#kept[this.#kept.length - 1] = exchange;
    }
  }
}

interface HeldSegment {
  bytes: Uint8Array;
  frame: number;
  timeNs: number;
}

/** A header in more segments is none that a proxy writes. */
const HELD_SEGMENTS_MAX = 128;
/** `#passProxyHeader`: the segment is held. */
const HELD = -1;

/** Nearly every exchange has none: they share one empty list, which the first interim response replaces. */
const NO_INTERIM: ResponseMessage[] = [];
Object.freeze(NO_INTERIM);

/** A request of HTTP/0.9 that waits for its response. */
const isSimple = ({ exchange, answered }: Open): boolean => !answered && exchange.request?.version === '0.9';

const isFinal = (status: number): boolean => status === 101 || !isInterim(status);

function newOpen(stream: number): Open {
  return {
    exchange: { stream, index: 0, step: null, request: null, response: null, interim: NO_INTERIM },
    isReported: false,
    requestEnded: false,
    answered: false,
    responseEnded: false,
    maybeLost: false,
    unseen: false,
    afterJunk: false,
    junkNoted: false,
    interimLimitNoted: false,
  };
}

function noteInterimLimit(open: Open, frame: number): void {
  if (open.interimLimitNoted) return;
  open.interimLimitNoted = true;
  const detail = `interim responses beyond MAX_INTERIM_RESPONSES (${MAX_INTERIM_RESPONSES}) are not kept`;
  addProblem(open.exchange.interim.at(-1)!, 'truncated', detail, frame);
}
