/** The last exchange of a connection in the shared memory, as a list shows it. */
import { latin1 } from '../http/bytes.ts';
import type { ExchangeSummary } from '../http/exchange-summary.ts';
import { parseFields } from '../http/head.ts';
import { RecentBytes } from '../http/recent-bytes.ts';
import type { HeaderField } from '../model.ts';
import { DOUBLE_ZERO } from '../wire/double-zero.ts';
import * as at from './layout.ts';
import type { SharedMemory } from './shared-memory.ts';

/** `GET `, before the target. */
const METHOD_BYTES = 4;
const LF = 10;
/** By `FRAMING`. */
const FRAMINGS = ['none', 'content-length', 'chunked'] as const;

const requestFields = new RecentBytes<HeaderField[]>();
const responseFields = new RecentBytes<HeaderField[]>();

/** The last exchange of one connection after another, each of which is whole. Text is not read before it is asked for: most exchanges are counted, and no more. */
export class ExchangeRecord implements ExchangeSummary {
  stream = 0;
  index = 0;
  step: string | null = null;
  readonly method = 'GET';
  readonly requestFrames: [number, number] = [0, 0];
  status = 0;
  readonly isResponseMissing = false;
  readonly version = '1.1';
  framing: (typeof FRAMINGS)[number] = 'none';
  readonly responseFrames: [number, number] = [0, 0];
  bodyBytes = DOUBLE_ZERO;
  readonly interim = [];
  startNs = DOUBLE_ZERO;
  readonly requestNs: [number, number] = [0, 0];
  readonly responseNs: [number, number] = [0, 0];
  readonly isRequestWhole = true;
  readonly isResponseWhole = true;
  durationNs = DOUBLE_ZERO;
  readonly complete = true;
  readonly problems = [];
  readonly #memory: SharedMemory;
  #place = 0;

  constructor(memory: SharedMemory) {
    this.#memory = memory;
  }

  /** Moves to the connection at `place`, whose number is `stream`, and whose last exchange is its exchange number `index`. */
  moveTo(place: number, stream: number, index: number): this {
    const memory = this.#memory;
    const requestFrame = memory.get(place + at.CLIENT + at.HEAD_FRAME);
    this.#place = place;
    this.stream = stream;
    this.index = index;
    this.requestFrames[0] = requestFrame;
    this.requestFrames[1] = requestFrame;
    this.status = memory.get(place + at.STATUS);
    this.framing = FRAMINGS[memory.get(place + at.FRAMING)]!;
    this.responseFrames[0] = memory.get(place + at.SERVER + at.HEAD_FRAME);
    this.responseFrames[1] = memory.get(place + at.RESPONSE_LAST_FRAME);
    this.bodyBytes = memory.getTime(place + at.BODY_BYTES);
    this.startNs = memory.getTime(place + at.CLIENT + at.HEAD_NS);
    this.requestNs[0] = this.startNs;
    this.requestNs[1] = this.startNs;
    this.responseNs[0] = memory.getTime(place + at.SERVER + at.HEAD_NS);
    this.responseNs[1] = memory.getTime(place + at.RESPONSE_END_NS);
    this.durationNs = this.responseNs[1] - this.startNs;
    return this;
  }

  get target(): string {
    const start = this.#place + at.REQUEST_HEAD + METHOD_BYTES;
    return latin1(this.#memory.bytes, start, start + this.#memory.get(this.#place + at.TARGET_BYTES));
  }

  get requestHeaders(): HeaderField[] {
    return this.#headers(requestFields, this.#place + at.REQUEST_HEAD, this.#memory.get(this.#place + at.CLIENT + at.HEAD_BYTES));
  }

  get responseHeaders(): HeaderField[] {
    return this.#headers(responseFields, this.#place + at.RESPONSE_HEAD, this.#memory.get(this.#place + at.SERVER + at.HEAD_BYTES));
  }

  /** The fields of the head that begins at `start`. */
  #headers(recent: RecentBytes<HeaderField[]>, start: number, headBytes: number): HeaderField[] {
    const { bytes } = this.#memory;
    const fields = bytes.indexOf(LF, start) + 1;
    const end = start + headBytes;
    const known = recent.find(bytes, fields, end);
    if (known !== null && known.length === end - fields) return known.value;
    const { headers } = parseFields(latin1(bytes, fields, end), 0, false);
    recent.keep(bytes, fields, end, headers);
    return headers;
  }
}
