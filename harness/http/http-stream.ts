import {
  type Connection,
  EXCHANGES_KEPT,
  type Exchange,
  type ProxyHeader,
  type RequestMessage,
  type ResponseMessage,
  type Side,
} from '../model.ts';
import type { StreamSink } from '../tcp/stream-sink.ts';
import { ExchangeBudget } from './exchange-budget.ts';
import { isInterim } from './framing.ts';
import { MAX_INTERIM_RESPONSES, MAX_PIPELINED_REQUESTS } from './limits.ts';
import { addProblem } from './message.ts';
import { type MessageListener, MessageParser } from './message-parser.ts';
import { proxyHeader } from './proxy-protocol.ts';
import type { BodySeen, MessageSeen } from './seen.ts';
import { looksLike } from './start-line.ts';

/**
 * Reads HTTP/1.x exchanges from one connection. `onExchange` gets each when it is complete, or when the connection ends, in the order of the requests;
 * `end` puts the same objects into the connection, as many as it may keep. A stream that is not HTTP gives none. What the sink is told must be in causal
 * order: an answer after the question that it acknowledges (`Reassembly` sees to that).
 *
 * `stream` numbers the exchanges that are handed out before `end` tells the connection; where they are `listedOnly`, it keeps none of them but the last. Bytes that turn up behind an exchange and belong to no message are noted
 * in its last message, even where it was handed out before.
 */
export function createHttpStream(
  onExchange: (exchange: Exchange) => void,
  stream = 0,
  budget = new ExchangeBudget(Number.POSITIVE_INFINITY),
  listedOnly = budget.closed,
): HttpStream {
  return new HttpStream(onExchange, stream, budget, listedOnly);
}

/** An exchange that is not yet told. */
interface Open {
  exchange: Exchange;
  requestEnded: boolean;
  /** A final response has begun. */
  answered: boolean;
  responseEnded: boolean;
  /** Bytes of the server are missing, or can't be read, in which its response may have been. */
  maybeLost: boolean;
  /** Stands for whatever may have been asked in bytes of the client that are missing or can't be read. */
  unseen: boolean;
  /** Without a request: the client had sent bytes that are no request. */
  afterJunk: boolean;
}

export class HttpStream implements StreamSink {
  readonly #onExchange: (exchange: Exchange) => void;
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
  #proxyHeader: ProxyHeader | null = null;
  #count = 0;
  #kept: Exchange[] = [];
  readonly #budget: ExchangeBudget;
  /** Exchanges are told and not kept, but for the last one. */
  #listedOnly: boolean;

  constructor(onExchange: (exchange: Exchange) => void, stream: number, budget: ExchangeBudget, listedOnly: boolean) {
    this.#budget = budget;
    this.#listedOnly = listedOnly;
    this.#onExchange = onExchange;
    this.#stream = stream;
    this.#requests = new MessageParser('request', this.#requestListener());
    this.#responses = new MessageParser('response', this.#responseListener());
  }

  /** Between two exchanges of a connection that goes on. */
  get settled(): boolean {
    return this.#open.length === 0 && !this.#swapped && this.#requests.settled && this.#responses.settled;
  }

  /** The body of the response under way, where it could be read on elsewhere. */
  get body(): BodySeen | null {
    const [open] = this.#open;
    if (this.#open.length !== 1 || this.#swapped || !open!.requestEnded || open !== this.#answering || !this.#requests.settled) return null;
    return open.answered ? this.#responses.body : null;
  }

  /** Exchanges to come are told and not kept. */
  get listedOnly(): boolean {
    return this.#listedOnly;
  }

  /** Bytes so far, of the client and of the server. */
  get offsets(): readonly [number, number] {
    return [this.#requests.offset, this.#responses.offset];
  }

  /** Between two exchanges, `count` more in the bytes up to these offsets were read and told elsewhere. */
  skip(count: number, offsets: readonly [number, number]): void {
    this.#count += count;
    if (count > 0) this.#anyMessage = true;
    this.#requests.skip(count, offsets[0]);
    this.#responses.skip(count, offsets[1]);
  }

  /** Takes up the next exchange, of which another reader has seen this much. */
  resume(request: MessageSeen, response: MessageSeen | null): void {
    this.#requests.resume(request);
    if (response !== null) this.#responses.resume(response);
  }

  /** Goes on behind what another reader has seen of the response under way. */
  proceed(seen: BodySeen): void {
    this.#responses.proceed(seen);
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, cut: number): void {
    if (!this.#anyMessage) {
      if (side === 'client' && this.#requests.offset === 0) start = this.#passProxyHeader(bytes, start, end);
      this.#checkSides(side, bytes, start, end, cut);
    }
    if (this.#fromClient(side)) this.#requests.feed(bytes, start, end, frame, timeNs, cut);
    else this.#responses.feed(bytes, start, end, frame, timeNs, cut);
  }

  gap(side: Side, count: number, frame: number): void {
    if (this.#fromClient(side)) this.#requests.gap(count, frame);
    else this.#responses.gap(count, frame);
  }

  fin(side: Side, frame: number): void {
    if (this.#fromClient(side)) this.#requests.close(true, 'the client closed', frame);
    else this.#serverEnds(true, 'the server closed', frame);
  }

  reset(side: Side, frame: number): void {
    this.#requests.close(false, `reset by the ${side}`, frame);
    this.#serverEnds(false, `reset by the ${side}`, frame);
  }

  end(connection: Connection): void {
    this.#requests.close(false, 'the capture ended', connection.lastFrame);
    this.#serverEnds(false, 'the capture ended', connection.lastFrame);
    for (const exchange of this.#kept) exchange.stream = connection.stream;
    connection.exchanges = this.#kept;
    connection.exchangeCount = this.#count;
    if (this.#proxyHeader !== null) connection.proxyHeader = this.#proxyHeader;
    if (this.#listedOnly && this.#count > 0) this.#budget.withoutExchanges.add(connection);
  }

  #serverEnds(clean: boolean, why: string, frame: number): void {
    this.#responses.close(clean, why, frame);
    this.#serverDone = true;
    for (const open of this.#open) open.responseEnded = true;
    this.#tell(true);
  }

  #fromClient(side: Side): boolean {
    return (side === 'client') !== this.#swapped;
  }

  /** The first segment may begin with a header of the PROXY protocol, which is always whole in one. Returns where the client's own bytes begin. */
  #passProxyHeader(bytes: Uint8Array, start: number, end: number): number {
    const header = proxyHeader(bytes, start, end);
    if (header === null || header === 'incomplete') return start;
    this.#proxyHeader = header;
    this.#requests.skip(0, header.length);
    return start + header.length;
  }

  /** Where the SYN was not captured, TCP may have guessed wrong who is the client. The first start line tells. */
  #checkSides(side: Side, bytes: Uint8Array, start: number, end: number, cut: number): void {
    const kind = looksLike(bytes, start, end, cut > 0);
    if (kind === null || !this.#requests.idle || !this.#responses.idle) return;
    this.#swapped = (kind === 'request') !== (side === 'client');
  }

  // --------------------------------------------------------------------------------------------------------- requests

  #requestListener(): MessageListener {
    return {
      begin: () => {
        // Who asks again has got an answer to what it asked before, if that was anything.
        const last = this.#open.at(-1);
        if (last?.unseen && !last.answered && !last.maybeLost) this.#open.pop();
        const open = newOpen(this.#stream);
        open.responseEnded = this.#serverDone;
        this.#open.push(open);
        this.#requestUnderWay = open;
      },
      drop: () => {
        const open = this.#requestUnderWay!;
        this.#requestUnderWay = null;
        open.requestEnded = true;
        // Nobody answers what was no request; but a response that came already stays.
        if (!open.answered) this.#open.splice(this.#open.indexOf(open), 1);
        this.#tell(false);
      },
      junk: () => false,
      lost: (cut) => {
        // The rest of a segment is that of the head or body which it began with.
        if (cut) return;
        const last = this.#open.at(-1);
        if (!last?.unseen || last.answered) this.#openUnseen();
      },
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
        this.#tell(false);
      },
    };
  }

  // -------------------------------------------------------------------------------------------------------- responses

  #responseListener(): MessageListener {
    return {
      begin: () => {
        // What was held back for the sake of bytes behind it has got its bytes.
        this.#tell(true);
      },
      drop: () => {},
      junk: (frame) => {
        const waiting = this.#open.filter((open) => !open.answered && open.exchange.request !== null);
        for (const open of waiting) addProblem(open.exchange.request!, 'invalid-start-line', JUNK_IN_ANSWER, frame);
        return waiting.length > 0;
      },
      lost: () => {
        // From the last one on: those before one that is marked are marked too.
        for (let place = this.#open.length - 1; place >= 0; place--) {
          const open = this.#open[place]!;
          if (open.answered || open.maybeLost) return;
          open.maybeLost = true;
        }
      },
      methodFor: (status) => {
        const open = this.#toAnswer();
        this.#answering = open;
        if (isFinal(status)) open.answered = true;
        return open.exchange.request?.method ?? null;
      },
      head: (message) => {
        this.#anyMessage = true;
        const response = message as ResponseMessage;
        const { exchange } = this.#answering!;
        if (isFinal(response.status)) exchange.response = response;
        else if (exchange.interim.length === 0) exchange.interim = [response];
        else if (exchange.interim.length < MAX_INTERIM_RESPONSES) exchange.interim.push(response);
        else noteInterimLimit(exchange.interim.at(-1)!, response.headFrames[0]);
        if (response.framing === 'tunnel') this.#requests.ignoreRest();
      },
      end: (message) => {
        if (isFinal((message as ResponseMessage).status)) this.#answering!.responseEnded = true;
        this.#answering = null;
        this.#tell(false);
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
      // Where an answer to each may be missing: to something unseen before to what was asked earlier.
      if (next === null || (open.unseen && !next.unseen)) next = open;
    }
    if (next === null) {
      next = this.#openUnseen();
    } else {
      // What was asked before it has its answer among what is missing.
      for (const open of this.#open) {
        if (open === next) break;
        if (!open.answered) this.#answerIsLost(open);
      }
      next.maybeLost = false;
    }
    if (next.unseen) next.afterJunk = this.#requests.lost;
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
    if (request !== null && !request.problems.some(({ detail }) => detail === JUNK_IN_ANSWER))
      addProblem(request, 'gap-in-head', 'its response is not in the capture, or can not be read', request.frames[1]);
  }

  // ------------------------------------------------------------------------------------------------------------- tell

  /** Hands out what is complete. `all`: also a response that closes the connection, which waits for bytes that should not follow it. */
  #tell(all: boolean): void {
    while (this.#open.length > 0) {
      const first = this.#open[0]!;
      if (!first.requestEnded || !first.responseEnded) return;
      if (!all && this.#open.length === 1 && this.#responses.closing) return;
      this.#open.shift();
      const { exchange } = first;
      const answer = exchange.response ?? exchange.interim[0];
      if (answer === undefined && exchange.request === null) continue;
      if (answer !== undefined && exchange.request === null) {
        const why = first.afterJunk ? 'what the client sent before it is no request' : 'no request that it could answer is in the capture';
        addProblem(answer, 'unsolicited-response', why, answer.headFrames[0]);
      }
      exchange.index = this.#count++;
      this.#keep(exchange);
      this.#onExchange(exchange);
    }
  }

  #keep(exchange: Exchange): void {
    const budget = this.#budget;
    if (!this.#listedOnly && budget.left <= 0) {
      budget.left += this.#kept.length;
      budget.closed = true;
      this.#listedOnly = true;
    }
    if (this.#listedOnly) {
      this.#kept = [exchange];
    } else if (this.#kept.length < EXCHANGES_KEPT) {
      this.#kept.push(exchange);
      budget.left--;
    } else {
      this.#kept[this.#kept.length - 1] = exchange;
    }
  }
}

const JUNK_IN_ANSWER = 'bytes that begin no response came while it waited for one';

/** Nearly every exchange has none: they share an empty list, which is replaced by the first one. */
const NO_INTERIM: ResponseMessage[] = [];
Object.freeze(NO_INTERIM);

const isFinal = (status: number): boolean => status === 101 || !isInterim(status);

function newOpen(stream: number): Open {
  return {
    exchange: { stream, index: 0, step: null, request: null, response: null, interim: NO_INTERIM },
    requestEnded: false,
    answered: false,
    responseEnded: false,
    maybeLost: false,
    unseen: false,
    afterJunk: false,
  };
}

function noteInterimLimit(last: ResponseMessage, frame: number): void {
  if (last.problems.some(({ detail }) => detail.includes('MAX_INTERIM_RESPONSES'))) return;
  addProblem(last, 'truncated', `interim responses beyond MAX_INTERIM_RESPONSES (${MAX_INTERIM_RESPONSES}) are not kept`, frame);
}
