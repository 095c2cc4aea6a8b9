/** The last exchange of a connection in the shared memory, as a list shows it. */
import { latin1 } from '../http/bytes.ts';
import type { ExchangeSummary } from '../http/exchange-summary.ts';
import { parseFields } from '../http/head.ts';
import { RecentBytes } from '../http/recent-bytes.ts';
import type { HeaderField } from '../model.ts';
import * as at from './layout.ts';
import type { SharedMemory } from './shared-memory.ts';

/** `GET `, before the target. */
const METHOD_BYTES = 4;
const LF = 10;
/** By `FRAMING`. */
const FRAMINGS = ['none', 'content-length', 'chunked'] as const;

const requestFields = new RecentBytes<HeaderField[]>();
const responseFields = new RecentBytes<HeaderField[]>();

/** The last exchange of one connection after another, each of which is whole. Nothing is read before it is asked for. */
export class ExchangeRecord implements ExchangeSummary {
  stream = 0;
  index = 0;
  step: string | null = null;
  readonly method = 'GET';
  readonly version = '1.1';
  readonly complete = true;
  readonly interimStatuses = [];
  readonly problems = [];
  readonly #memory: SharedMemory;
  #place = 0;

  constructor(memory: SharedMemory) {
    this.#memory = memory;
  }

  /** Moves to the connection at `place`, whose number is `stream`, and whose last exchange is its exchange number `index`. */
  moveTo(place: number, stream: number, index: number): this {
    this.#place = place;
    this.stream = stream;
    this.index = index;
    return this;
  }

  get target(): string {
    const start = this.#place + at.REQUEST_HEAD + METHOD_BYTES;
    return latin1(this.#memory.bytes, start, start + this.#memory.get(this.#place + at.TARGET_BYTES));
  }

  get requestFrames(): readonly [number, number] {
    const frame = this.#memory.get(this.#place + at.CLIENT + at.HEAD_FRAME);
    return [frame, frame];
  }

  get requestHeaders(): HeaderField[] {
    return this.#headers(requestFields, this.#place + at.REQUEST_HEAD, this.#memory.get(this.#place + at.CLIENT + at.HEAD_BYTES));
  }

  get status(): number {
    return this.#memory.get(this.#place + at.STATUS);
  }

  get framing(): (typeof FRAMINGS)[number] {
    return FRAMINGS[this.#memory.get(this.#place + at.FRAMING)]!;
  }

  get responseFrames(): readonly [number, number] {
    const first = this.#memory.get(this.#place + at.SERVER + at.HEAD_FRAME);
    return [first, this.#memory.get(this.#place + at.RESPONSE_LAST_FRAME)];
  }

  get responseHeaders(): HeaderField[] {
    return this.#headers(responseFields, this.#place + at.RESPONSE_HEAD, this.#memory.get(this.#place + at.SERVER + at.HEAD_BYTES));
  }

  get bodyBytes(): number {
    return this.#memory.getTime(this.#place + at.BODY_BYTES);
  }

  get startNs(): number {
    return this.#memory.getTime(this.#place + at.CLIENT + at.HEAD_NS);
  }

  get durationNs(): number {
    return this.#memory.getTime(this.#place + at.RESPONSE_END_NS) - this.startNs;
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
