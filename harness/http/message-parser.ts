import type { Message, MessageProblemKind, RequestMessage, ResponseMessage } from '../model.ts';
import { ByteCollector, latin1 } from './bytes.ts';
import { ChunkedDecoder } from './chunked.ts';
import type { Content, ContentBudget } from './content-budget.ts';
import { field } from './fields.ts';
import { requestFraming, responseFraming } from './framing.ts';
import { firstLine, HeadScan, parseFields, quote } from './head.ts';
import type { Fault, Framing, HeadFields } from './head-fields.ts';
import { MAX_HEAD_BYTES } from './limits.ts';
import { addProblem, Extent, newRequest, newResponse } from './message.ts';
import { RecentBytes } from './recent-bytes.ts';
import type { BodySnapshot, MessageSnapshot } from './snapshots.ts';
import {
  endOfLine,
  looksLike,
  mayBeRequestLine,
  mayBeStatusLine,
  parseRequestLine,
  parseStatusLine,
  partialRequestLine,
  partialStatusLine,
  type RequestLine,
  readPlainRequestLine,
  type StatusLine,
} from './start-line.ts';

/** Which messages a parser reads. */
export type Role = 'request' | 'response';

/** What a parser reports of the messages of its side, and what it has to ask. */
export interface MessageListener {
  /** The first byte of what may be a message. */
  begin(): void;
  /** What began was no message after all. */
  drop(): void;
  /** Bytes in `frame` begin no message. Gives true where that is noted with messages of the other side that waited for one. */
  junk(frame: number): boolean;
  /** Messages may have begun or ended in bytes that are missing or can't be read. `cut`: they are the rest of a segment that the snap length cut. */
  lost(cut: boolean): void;
  /** Whether the request under way has a final response already. */
  answered(): boolean;
  /** Whether bytes that begin no status line answer a request of HTTP/0.9 (RFC 1945 §6). */
  answersSimple(): boolean;
  /** The method that a response with this status answers (RFC 9112 §6.3: HEAD and CONNECT decide about its body); `null` where unknown. */
  methodFor(status: number): string | null;
  /** The head has been read; body and end are still to come. */
  head(message: RequestMessage | ResponseMessage): void;
  end(message: RequestMessage | ResponseMessage): void;
}

/**
 * `start`: at a boundary of messages. `head`: in a head that began. `length`, `chunked`, `close`: in a body of that framing.
 * `surplus`: in a body where none may be, as long as the head says, as some servers send it in answer to HEAD.
 * `lost`: where messages begin is no longer known; each segment is tested for the start of one. `ignore`: what follows is not HTTP, or nothing follows.
 */
type State = 'start' | 'head' | 'length' | 'chunked' | 'close' | 'surplus' | 'lost' | 'ignore';

const CR = 13;
const LF = 10;

/** Status lines with their CRLF, and field lines with the empty line, of heads without faults. */
const statusLines = new RecentBytes<{ line: string; start: StatusLine }>();
const fieldLines: Readonly<Record<Role, RecentBytes<HeadFields>>> = { request: new RecentBytes(), response: new RecentBytes() };

/** The HTTP/1.x messages of one side of one connection, one after the other. */
export class MessageParser {
  readonly #role: Role;
  readonly #listener: MessageListener;
  /** `null`: content is not kept. */
  readonly #budget: ContentBudget | null;
  #state: State = 'start';
  /** Bytes of this side before the ones that are being fed. */
  #offset = 0;
  /** The next missing bytes are the rest of a segment that the snap length cut. */
  #cut = false;

  // The message under way.
  #message: RequestMessage | ResponseMessage | null = null;
  readonly #headBytes = new ByteCollector();
  readonly #scan = new HeadScan();
  #firstLineKnown = false;
  readonly #extent = new Extent();
  #remaining = 0;
  #chunked: ChunkedDecoder | null = null;
  #content: Content | null = null;
  /** The response under way answers a request that was not seen. */
  #isOfUnseen = false;

  /** The message that ended last: bytes after it that belong to no message are noted there. */
  #previous: Message | null = null;
  #previousCloses = false;
  /** Line ends that came before the message that begins next. */
  #lineEndsBefore = 0;

  constructor(role: Role, listener: MessageListener, budget: ContentBudget | null = null) {
    this.#role = role;
    this.#listener = listener;
    this.#budget = budget;
  }

  /** No message is under way. */
  get idle(): boolean {
    return this.#state === 'start' || this.#state === 'surplus' || this.#state === 'lost' || this.#state === 'ignore';
  }

  /** The bytes seen last belong to no message. */
  get lost(): boolean {
    return this.#state === 'lost';
  }

  /** Whether the message that ended last says that its side closes the connection (RFC 9112 §9.6). */
  get closing(): boolean {
    return this.#previousCloses;
  }

  /** At a boundary of messages, on a connection that goes on. */
  get settled(): boolean {
    return this.#state === 'start' && !this.#previousCloses;
  }

  /** Bytes of this side so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Goes on from byte `offset` of this side: whole messages before it are not read here. Call where `settled`. */
  skipTo(offset: number): void {
    this.#offset = offset;
  }

  /** How far the message under way has been read, where `resumeBody` could go on from that; its lists go on growing. `null` elsewhere. */
  get body(): BodySnapshot | null {
    const message = this.#message;
    if (message === null || this.#previousCloses) return null;
    const chunk = this.#state === 'chunked' ? this.#chunked!.place : null;
    if (this.#state !== 'length' && chunk === null) return null;
    const { sizes, frames, segments, largest, lastFrame, endNs } = this.#extent;
    const bodyBytes = chunk === null ? message.bodyBytes : this.#chunked!.bodyBytes;
    const { bodyWireBytes } = message;
    return {
      sizes,
      frames,
      segments,
      largest,
      lastFrame,
      endNs,
      bodyBytes,
      bodyWireBytes,
      remaining: this.#remaining,
      chunk,
      whole: false,
    };
  }

  /** Begins a message from its snapshot, and goes on from there. Call where `settled`. */
  resume(snapshot: MessageSnapshot): void {
    const { bytes, start, headBytes, body } = snapshot;
    const size = body.sizes[0]!;
    this.#begin(snapshot.offset, size, snapshot.frame, snapshot.timeNs);
    this.#readHead(bytes, start, start + headBytes);
    this.#offset = snapshot.offset + headBytes;
    if (this.#message === null) return;
    this.#message.headEndsWithBody = size > headBytes;
    this.resumeBody(body);
  }

  /** Goes on from a later snapshot of the body under way. */
  resumeBody(snapshot: BodySnapshot): void {
    const message = this.#message!;
    this.#offset += snapshot.bodyWireBytes - message.bodyWireBytes;
    message.bodyWireBytes = snapshot.bodyWireBytes;
    this.#extent.resume(snapshot);
    if (snapshot.chunk !== null) {
      this.#chunked!.resume(snapshot.chunk, snapshot.bodyBytes);
    } else {
      message.bodyBytes = snapshot.bodyBytes;
      this.#remaining = snapshot.remaining;
    }
    if (snapshot.whole) this.#finish(true);
  }

  /** Nothing that follows is HTTP. */
  ignoreRest(): void {
    if (this.#message !== null) {
      this.#problem('truncated', 'what follows on this connection is not HTTP', this.#extent.lastFrame);
      this.#finish(false);
    } else if (this.#state === 'head') this.#abandonHead();
    this.#state = 'ignore';
  }

  /** The next bytes, of one segment. `cut`: how many bytes after them the snap length cut off. */
  feed(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, cut: number): void {
    this.#cut = cut > 0;
    if (this.#state === 'ignore' || start >= end) return;
    const size = end - start;
    const base = this.#offset - start;
    if (!this.idle) {
      if (this.#role === 'request' && this.#isBodyLeftOut(bytes, start, end)) {
        this.#problem('body-not-sent', 'a final response came instead of 100 (Continue), and the client went on without the body', frame);
        this.#finish(false);
      } else if (this.#state === 'chunked' && this.#chunked!.isResponseInstead(bytes, start, end)) this.#endWithoutLastChunk(frame);
      else if (this.#isWithoutBody(bytes, start, end, cut)) this.#finishWithoutBody();
      else this.#extent.add(size + cut, frame, timeNs);
    }
    if (this.#role === 'request' && this.#message?.bodyWireBytes === 0) (this.#message as RequestMessage).bodyStartNs = timeNs;
    let at = start;
    while (at < end) {
      switch (this.#state) {
        case 'start': {
          const first = at;
          const afterPrevious = at > start;
          while (at < end && (bytes[at] === LF || bytes[at] === CR)) at++;
          this.#lineEndsBefore += at - first;
          if (at === end) break;
          if (this.#previousCloses) this.#noteDataAfterClose(end - at, frame);
          if (!this.#mayBegin(bytes, at, end)) {
            if (this.#role === 'response' && this.#listener.answersSimple()) {
              at = first;
              this.#beginSimple(base + at, size + cut, frame, timeNs);
              break;
            }
            const surplus = surplusOf(this.#previous);
            this.#noteJunk(frame, afterPrevious);
            if (surplus > 0) {
              this.#remaining = surplus;
              this.#state = 'surplus';
              break;
            }
            this.#lose();
            at = end;
            break;
          }
          this.#begin(base + at, size + cut, frame, timeNs);
          break;
        }
        case 'head':
          at = this.#readHead(bytes, at, end);
          break;
        case 'length': {
          const take = Math.min(this.#remaining, end - at);
          this.#content?.add(bytes, at, at + take);
          at += take;
          this.#remaining -= take;
          const message = this.#message!;
          message.bodyBytes += take;
          message.bodyWireBytes += take;
          if (this.#remaining === 0) this.#finish(true);
          break;
        }
        case 'chunked': {
          const decoder = this.#chunked!;
          const next = decoder.push(bytes, at, end);
          this.#message!.bodyWireBytes += next - at;
          at = next;
          if (decoder.done) this.#finish(true);
          else if (decoder.isLastMissing) this.#endWithoutLastChunk(frame);
          else if (decoder.failed) {
            this.#finish(false);
            this.#lose();
            at = end;
          }
          break;
        }
        case 'close': {
          const message = this.#message!;
          this.#content?.add(bytes, at, end);
          message.bodyBytes += end - at;
          message.bodyWireBytes += end - at;
          at = end;
          break;
        }
        case 'surplus': {
          const take = Math.min(this.#remaining, end - at);
          if (at === start && looksLike(bytes, at, end, cut > 0) === this.#role) this.#state = 'start';
          else {
            at += take;
            this.#remaining -= take;
            if (this.#remaining === 0) this.#state = 'start';
          }
          break;
        }
        case 'lost':
          if (at === start && looksLike(bytes, at, end, cut > 0) === this.#role) this.#begin(base + at, size + cut, frame, timeNs);
          else {
            at = end;
            this.#listener.lost(cut > 0);
          }
          break;
        default:
          at = end;
      }
    }
    this.#offset += size;
  }

  /** `count` bytes are not in the capture. */
  gap(count: number, frame: number): void {
    this.#gap(count, frame);
    this.#cut = false;
  }

  #gap(count: number, frame: number): void {
    this.#offset += count;
    this.#content?.drop();
    const message = this.#message;
    switch (this.#state) {
      case 'ignore':
        return;
      case 'length': {
        const inside = Math.min(count, this.#remaining);
        this.#problem('gap-in-body', `${inside} bytes of the body are not in the capture`, frame);
        message!.complete = false;
        message!.bodyWireBytes += inside;
        this.#remaining -= inside;
        if (this.#remaining > 0) return;
        this.#finish(false);
        if (inside === count) return;
        break;
      }
      case 'close':
        this.#problem('gap-in-body', `${count} bytes of the body are not in the capture`, frame);
        message!.complete = false;
        message!.bodyWireBytes += count;
        return;
      case 'chunked': {
        this.#problem('gap-in-body', `${count} bytes are not in the capture`, frame);
        message!.complete = false;
        if (this.#chunked!.skip(count)) {
          message!.bodyWireBytes += count;
          return;
        }
        this.#finish(false);
        break;
      }
      case 'head':
        this.#cutHead('gap-in-head', `${count} bytes of the head are not in the capture`);
        break;
    }
    this.#previous = null;
    this.#previousCloses = false;
    this.#lose();
  }

  /** This side sends nothing more. `clean`: it sent a FIN; else it was reset, or the capture ends. */
  close(clean: boolean, why: string, frame: number): void {
    if (this.#state === 'head') this.#cutHead('truncated', `${why} inside the head`);
    else if (this.#message !== null) {
      const message = this.#message;
      const whole = clean && this.#state === 'close';
      if (this.#isHeldBack(message)) {
        this.#problem('body-not-sent', 'a final response came instead of 100 (Continue), and the client closed without the body', frame);
      } else if (!whole) {
        const left = this.#state === 'length' ? `, ${this.#remaining} bytes before its end` : '';
        this.#problem('truncated', `${why} inside the body${left}`, frame);
        if (this.#state === 'chunked' && this.#chunked!.isAfterLastChunk)
          this.#problem('missing-end-of-chunks', 'the empty line after the last chunk never came', frame);
      }
      this.#finish(whole && message.complete);
    }
    this.#state = 'ignore';
  }

  // ------------------------------------------------------------------------------------------------------------- head

  #mayBegin(bytes: Uint8Array, at: number, end: number): boolean {
    return this.#role === 'request' ? mayBeRequestLine(bytes, at, end) : mayBeStatusLine(bytes, at, end);
  }

  /** A response of HTTP/0.9: bytes up to the close, without a head. */
  #beginSimple(offset: number, size: number, frame: number, timeNs: number): void {
    this.#begin(offset, size, frame, timeNs);
    this.#listener.methodFor(SIMPLE.status);
    const message = newResponse('', SIMPLE, [], 0, SIMPLE_FRAMING, this.#extent);
    this.#message = message;
    this.#previousCloses = true;
    this.#lineEndsBefore = 0;
    this.#listener.head(message);
    if (this.#budget !== null) this.#openContent(message);
    this.#state = 'close';
  }

  /** The client held its body back, and had its final response (RFC 9110 §10.1.1). */
  #isHeldBack(message: Message): boolean {
    const isInBody = this.#state === 'length' || this.#state === 'chunked';
    return isInBody && message.bodyWireBytes === 0 && this.#listener.answered() && hasExpectation(message);
  }

  /** The client held its body back, had its final response, and sends the next request where the body should begin (RFC 9110 §10.1.1). */
  #isBodyLeftOut(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#message !== null && this.#isHeldBack(this.#message) && looksLike(bytes, start, end) === 'request';
  }

  /** Another response begins where the body should, and the request was not seen: it was HEAD (RFC 9112 §6.3). */
  #isWithoutBody(bytes: Uint8Array, start: number, end: number, cut: number): boolean {
    const isAtStart = this.#state === 'length' && this.#message!.bodyWireBytes === 0;
    return isAtStart && this.#isOfUnseen && looksLike(bytes, start, end, cut > 0) === 'response';
  }

  #finishWithoutBody(): void {
    this.#message!.framing = 'none';
    this.#finish(true);
  }

  /** A status line is where a chunk, or the empty line after the last one, should begin. */
  #endWithoutLastChunk(frame: number): void {
    if (this.#chunked!.isAfterLastChunk)
      this.#problem('missing-end-of-chunks', 'the next response begins where the empty line should', frame);
    else this.#problem('missing-last-chunk', 'the next response begins where a chunk should', frame);
    this.#finish(false);
  }

  #begin(offset: number, size: number, frame: number, timeNs: number): void {
    this.#state = 'head';
    this.#firstLineKnown = false;
    this.#scan.controls = false;
    this.#extent.begin(offset, size, frame, timeNs);
    this.#listener.begin();
  }

  #readHead(bytes: Uint8Array, at: number, end: number): number {
    const collected = this.#headBytes;
    const before = collected.length;
    if (before === 0) {
      const knownEnd = this.#readKnownHead(bytes, at, end);
      if (knownEnd !== -1) return knownEnd;
      // The head is whole in one segment: it is never copied.
      const headEnd = this.#scan.findEnd(bytes, at, end);
      if (headEnd !== -1 && headEnd - at <= MAX_HEAD_BYTES) return this.#headIsWhole(bytes, at, headEnd, headEnd, end);
    }
    const taken = Math.min(end, at + MAX_HEAD_BYTES - before);
    collected.append(bytes, at, taken);
    const headEnd = before === 0 ? -1 : this.#scan.findEnd(collected.bytes, Math.max(0, before - 2), collected.length);
    if (headEnd !== -1) return this.#headIsWhole(collected.bytes, 0, headEnd, at + headEnd - before, end);
    if (!this.#firstLineKnown) {
      const lf = collected.bytes.subarray(before, collected.length).indexOf(LF);
      if (lf !== -1) {
        const line = firstLine(latin1(collected.bytes, 0, before + lf + 1));
        if (!this.#isStartLine(line)) return this.#dropHead(end);
        this.#firstLineKnown = true;
        // HTTP/0.9: the line is the whole request (RFC 1945 §4.1).
        if (
          before + lf + 1 === collected.length &&
          this.#previous === null &&
          parseRequestLine(line)?.version === '0.9' &&
          this.#role === 'request'
        ) {
          return this.#headIsWhole(collected.bytes, 0, collected.length, end, end);
        }
      }
    }
    if (collected.length < MAX_HEAD_BYTES) return taken;
    this.#cutHead('head-too-large', `longer than MAX_HEAD_BYTES (${MAX_HEAD_BYTES})`);
    this.#lose();
    return end;
  }

  /** The common case: the field lines are whole in this segment and known. Returns the offset after the head, or −1 where it has to be read. */
  #readKnownHead(bytes: Uint8Array, at: number, end: number): number {
    if (this.#role === 'response') {
      const known = statusLines.find(bytes, at, end);
      if (known === null) return -1;
      const fields = fieldLines.response.find(bytes, at + known.length, end);
      if (fields === null) return -1;
      const { line, start } = known.value;
      const headBytes = known.length + fields.length;
      this.#buildResponse(headBytes, line, start, fields.value, null);
      return this.#beginBody(at + headBytes, end);
    }
    const line = readPlainRequestLine(bytes, at, end);
    if (line === null) return -1;
    const fields = fieldLines.request.find(bytes, line.end, end);
    if (fields === null) return -1;
    const headEnd = line.end + fields.length;
    if (headEnd - at > MAX_HEAD_BYTES) return -1;
    this.#buildRequest(headEnd - at, line.text, line, fields.value, null);
    return this.#beginBody(headEnd, end);
  }

  #isStartLine(line: string): boolean {
    return (this.#role === 'request' ? parseRequestLine(line) : parseStatusLine(line)) !== null;
  }

  /** What looked like a start line turned out to be none. */
  #dropHead(end: number): number {
    this.#headBytes.clear();
    this.#noteJunk(this.#extent.lastFrame, false);
    this.#listener.drop();
    this.#lose();
    return end;
  }

  /** The head is `bytes[start, stop)`; after it the segment goes on from `headEnd` to `end`. */
  #headIsWhole(bytes: Uint8Array, start: number, stop: number, headEnd: number, end: number): number {
    const lineEnd = this.#scan.controls ? -1 : endOfLine(bytes, start, stop);
    let line: string;
    let fields: HeadFields;
    if (lineEnd !== -1) {
      line = latin1(bytes, start, lineEnd);
      fields = parseFields(latin1(bytes, lineEnd + 2, stop), 0, false);
      if (fields.faults.length === 0) this.#keepKnown(bytes, start, lineEnd, stop, line, fields);
    } else {
      const head = latin1(bytes, start, stop);
      line = firstLine(head);
      fields = parseFields(head, head.indexOf('\n') + 1, this.#scan.controls);
    }
    if (!this.#build(stop - start, line, fields, null)) return this.#dropHead(end);
    this.#headBytes.clear();
    return this.#beginBody(headEnd, end);
  }

  #keepKnown(bytes: Uint8Array, start: number, lineEnd: number, stop: number, line: string, fields: HeadFields): void {
    const fieldsStart = lineEnd + 2;
    fieldLines[this.#role].keep(bytes, fieldsStart, stop, fields);
    if (this.#role === 'request' || statusLines.find(bytes, start, fieldsStart) !== null) return;
    const status = parseStatusLine(line);
    if (status !== null && status.fault === null) statusLines.keep(bytes, start, fieldsStart, { line, start: status });
  }

  /** The head of the message under way ends at `headEnd` in a segment that ends at `end`. */
  #beginBody(headEnd: number, end: number): number {
    const message = this.#message!;
    const { framing } = message;
    if (framing === 'content-length' || framing === 'chunked' || framing === 'close')
      message.headEndsWithBody = headEnd < end && !(framing === 'content-length' && this.#remaining === 0);
    this.#listener.head(message);
    if (this.#budget !== null) this.#openContent(message);
    if (framing === 'none' || framing === 'tunnel' || (framing === 'content-length' && this.#remaining === 0)) {
      this.#finish(true);
      if (framing === 'tunnel') this.#state = 'ignore';
    } else if (framing === 'content-length') this.#state = 'length';
    else if (framing === 'close') this.#state = 'close';
    else {
      this.#chunked ??= new ChunkedDecoder();
      this.#chunked.reset();
      this.#chunked.content = this.#content;
      this.#state = 'chunked';
    }
    return headEnd;
  }

  #openContent(message: Message): void {
    const { framing } = message;
    if (framing !== 'content-length' && framing !== 'chunked' && framing !== 'close') return;
    this.#content = this.#budget!.open(framing === 'content-length' ? this.#remaining : 0);
    message.content = null;
  }

  /** A head whose rest is missing: what is there is kept, with the reason. */
  #cutHead(kind: MessageProblemKind, detail: string): void {
    const collected = this.#headBytes;
    const text = latin1(collected.bytes, 0, collected.length);
    const wholeLines = text.slice(0, text.lastIndexOf('\n') + 1);
    const line = firstLine(wholeLines === '' ? text.replace(/\r$/, '') : wholeLines);
    const fields = parseFields(wholeLines, wholeLines.indexOf('\n') + 1, this.#scan.controls);
    const known = this.#build(wholeLines.length, line, fields, { kind, detail });
    collected.clear();
    this.#state = 'start';
    if (!known) {
      this.#listener.drop();
      return;
    }
    const message = this.#message!;
    message.headBytes = text.length;
    this.#listener.head(message);
    this.#finish(false);
  }

  #abandonHead(): void {
    this.#headBytes.clear();
    this.#listener.drop();
  }

  /** Makes the message under way. `cut`: why the head is not whole; then its framing is not known. False where the line begins no message. */
  #build(headLength: number, line: string, fields: HeadFields, cut: Fault | null): boolean {
    if (this.#role === 'request') {
      const start = cut !== null && headLength === 0 ? partialRequestLine(line) : parseRequestLine(line);
      if (start !== null) this.#buildRequest(headLength, line, start, fields, cut);
      return start !== null;
    }
    const start = cut !== null && headLength === 0 ? partialStatusLine(line) : parseStatusLine(line);
    if (start !== null) this.#buildResponse(headLength, line, start, fields, cut);
    return start !== null;
  }

  #buildRequest(headLength: number, line: string, start: RequestLine, fields: HeadFields, cut: Fault | null): void {
    const { faults } = fields;
    const { version, fault } = start;
    if (fault !== null) faults.push({ kind: 'invalid-start-line', detail: `${fault}: ${quote(line)}` });
    const framing = requestFraming(version, fields);
    if (cut === null) {
      if (fields.hosts === 0 && version === '1.1') faults.push({ kind: 'missing-host', detail: 'RFC 9112 §3.2' });
      if (fields.hosts > 1) faults.push({ kind: 'duplicate-host', detail: `${fields.hosts} Host fields` });
    }
    const message = newRequest(line, start, fields.headers, headLength, cut === null ? framing : NO_FRAMING, this.#extent);
    this.#setMessage(message, framing, fields, cut);
  }

  #buildResponse(headLength: number, line: string, start: StatusLine, fields: HeadFields, cut: Fault | null): void {
    const { version, status, fault } = start;
    if (fault !== null) fields.faults.push({ kind: 'invalid-start-line', detail: `${fault}: ${quote(line)}` });
    const method = this.#listener.methodFor(status);
    this.#isOfUnseen = method === null;
    const framing = responseFraming(version, status, method, fields);
    const message = newResponse(line, start, fields.headers, headLength, cut === null ? framing : NO_FRAMING, this.#extent);
    this.#setMessage(message, framing, fields, cut);
  }

  #setMessage(message: RequestMessage | ResponseMessage, framing: Framing, fields: HeadFields, cut: Fault | null): void {
    const { faults, closes, keepsAlive } = fields;
    this.#remaining = framing.length;
    this.#message = message;
    if (this.#lineEndsBefore > 0) this.#noteLineEnds(message);
    if (cut !== null) faults.push(cut);
    if (faults.length > 0) {
      for (const { kind, detail } of faults) this.#problem(kind, detail, this.#extent.lastFrame);
      // The next message with the same fields has its own.
      faults.length = 0;
    }
    // RFC 9112 §9.3. An interim response says nothing about the connection.
    this.#previousCloses = closes || (this.#role === 'response' && message.version === '1.0' && !keepsAlive);
  }

  // -------------------------------------------------------------------------------------------------------------- end

  #finish(complete: boolean): void {
    const message = this.#message!;
    if (message.framing === 'chunked' && this.#chunked !== null && this.#state === 'chunked') {
      const decoder = this.#chunked;
      message.bodyBytes = decoder.bodyBytes;
      message.trailers = decoder.trailers;
      for (const { kind, detail } of decoder.faults) this.#problem(kind, detail, this.#extent.lastFrame);
    }
    if (!complete) message.complete = false;
    if (this.#content !== null) {
      message.content = this.#content.end();
      this.#content = null;
    }
    this.#extent.close(message);
    this.#previous = message;
    this.#message = null;
    this.#state = 'start';
    this.#listener.end(message);
  }

  #lose(): void {
    this.#state = 'lost';
    this.#lineEndsBefore = 0;
    this.#listener.lost(this.#cut);
  }

  /** A server passes over an empty line before a request (RFC 9112 §2.2); before a status line there is none. */
  #noteLineEnds(message: Message): void {
    if (this.#role === 'response')
      addProblem(
        message,
        'junk-before-start-line',
        `${this.#lineEndsBefore} bytes of line ends before the status line`,
        this.#extent.firstFrame,
      );
    this.#lineEndsBefore = 0;
  }

  #problem(kind: MessageProblemKind, detail: string, frame: number): void {
    addProblem(this.#message!, kind, detail, frame);
  }

  #noteDataAfterClose(count: number, frame: number): void {
    this.#previousCloses = false;
    if (this.#previous !== null)
      addProblem(this.#previous, 'data-after-close', `${count} bytes or more follow on a connection that it closes`, frame);
  }

  /** `afterPrevious`: the bytes are in the segment that ends the previous message. */
  #noteJunk(frame: number, afterPrevious: boolean): void {
    const noted = !afterPrevious && this.#listener.junk(frame);
    if (!noted && this.#previous !== null) addProblem(this.#previous, 'invalid-start-line', 'bytes that begin no message follow it', frame);
    this.#previous = null;
  }
}

/** What stands for the status line that a response of HTTP/0.9 does not have. */
const SIMPLE: StatusLine = { version: '0.9', status: 200, reason: '', fault: null };
const SIMPLE_FRAMING: Framing = { kind: 'close', length: 0 };

/** RFC 9110 §10.1.1. */
const hasExpectation = ({ headers }: Message): boolean =>
  headers.some(([name, value]) => name.toLowerCase() === 'expect' && value.toLowerCase() === '100-continue');

/** How many bytes a body would have that this message says it has and may not have; 0 where it says no such thing. */
function surplusOf(message: Message | null): number {
  if (message?.framing !== 'none') return 0;
  const length = field(message, 'content-length');
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : 0;
}

const NO_FRAMING: Framing = { kind: 'none', length: 0 };
