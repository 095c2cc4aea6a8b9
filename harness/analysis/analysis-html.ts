/** The page of `analyze --html`: what it keeps of a capture while that is read, within bounds that the page names. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { connectionRow } from '../compare/cell-result.ts';
import type { CaptureInfo, Connection, Exchange, FrameRecord, StepMark } from '../model.ts';
import type { CloseContext } from '../observe/close-cause.ts';
import { CAPTURE_PAGE_MARK, type PageConnection, renderCapturePage } from '../report/html/capture-page.ts';
import { ARROWS_OF_A_CONNECTION, EXCHANGES_SHOWN, packBar } from '../report/html/cell-detail.ts';
import type { PackedBar, PageFinding } from '../report/html/page-format.ts';
import { StringTable } from '../report/html/strings.ts';
import { type Ladder, ladderOf } from '../report/ladder.ts';
import { grouped } from '../report/phrases/phrases.ts';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { writeAtomically } from '../system/files.ts';
import type { PageSink, ServerValues } from './analysis-writer.ts';
import { packetsOf, type WantedPackets, wantedPackets } from './page-packets.ts';

/** Connections on the time axis: the first ones of the capture. */
export const LANES = 1_000;
/** Exchanges on the time axis, of all connections together and of one. */
const BARS = 10_000;
const BARS_OF_A_CONNECTION = 500;
/** Frames of one connection that its ladder is made of: the first and the last ones. */
const FIRST_FRAMES = 4_000;
const LAST_FRAMES = 400;
/** Frames and exchanges of connections that have not ended, all together. */
const FRAMES_HELD = 200_000;
const EXCHANGES_HELD = 10_000;
/** Exchanges whose heads are kept, all together. */
const EXCHANGES_KEPT = 5_000;
/** Exchanges at the end of a connection whose messages the end of its ladder names. */
const LAST_EXCHANGES = ARROWS_OF_A_CONNECTION / 2;

/** A connection that has not ended. */
interface Held {
  first: FrameRecord[];
  /** A ring: the oldest is at `framesSeen` modulo its length. */
  last: FrameRecord[];
  framesSeen: number;
  /** Frames or exchanges were not kept, because those of all connections were too many: no ladder can be drawn. */
  hasLost: boolean;
  bars: PackedBar[];
  firstExchanges: Exchange[];
  lastExchanges: Exchange[];
}

const newHeld = (): Held => ({ first: [], last: [], framesSeen: 0, hasLost: false, bars: [], firstExchanges: [], lastExchanges: [] });

/**
 * A page that will be written to `out`.
 * @param capture the capture's path; `-` for standard input
 * @throws CodedError (bad-argument) where a file is in the way that is no such page
 */
export function openPage(out: string, capture: string): CapturePageFile {
  refuseToReplace(out);
  return new CapturePageFile(out, capture);
}

export class CapturePageFile implements PageSink {
  /** Says where the page is, once it is written. */
  written = '';
  readonly #out: string;
  /** Path of the capture; `-` for standard input. */
  readonly #source: string;
  readonly #strings = new StringTable();
  readonly #held = new Map<number, Held>();
  readonly #shown = new Map<number, PageConnection>();
  /** By stream: which packets the page may hold. */
  readonly #packets = new Map<number, WantedPackets>();
  #lastShown = -1;
  #framesHeld = 0;
  #exchangesHeld = 0;
  #exchangesKept = 0;
  #bars = 0;
  #connections = 0;
  #exchanges = 0;

  constructor(out: string, source: string) {
    this.#out = out;
    this.#source = source;
  }

  frame(record: FrameRecord): void {
    if (this.#isBeyond(record.stream)) return;
    const held = this.#heldOf(record.stream);
    if (held.hasLost) return;
    if (held.first.length < FIRST_FRAMES || held.last.length < LAST_FRAMES) {
      if (this.#framesHeld === FRAMES_HELD) {
        this.#dropFrames(held);
        return;
      }
      this.#framesHeld++;
    }
    if (held.first.length < FIRST_FRAMES) held.first.push(record);
    else held.last[(held.framesSeen - FIRST_FRAMES) % LAST_FRAMES] = record;
    held.framesSeen++;
  }

  exchange(exchange: Exchange): void {
    this.#exchanges++;
    if (this.#isBeyond(exchange.stream)) return;
    const held = this.#heldOf(exchange.stream);
    if (this.#bars < BARS && held.bars.length < BARS_OF_A_CONNECTION) {
      held.bars.push(packBar(exchange, this.#strings));
      this.#bars++;
    }
    const { firstExchanges, lastExchanges } = held;
    if (lastExchanges.length === LAST_EXCHANGES) lastExchanges.shift();
    else if (this.#exchangesHeld === EXCHANGES_HELD) {
      this.#dropFrames(held);
      return;
    } else this.#exchangesHeld++;
    if (exchange.index === firstExchanges.length && exchange.index < EXCHANGES_SHOWN) firstExchanges.push(exchange);
    else lastExchanges.push(exchange);
  }

  connection(connection: Connection, context: CloseContext | null): void {
    if (context !== null) this.#connections++;
    const { stream } = connection;
    const held = this.#held.get(stream) ?? newHeld();
    this.#held.delete(stream);
    this.#framesHeld -= held.first.length + held.last.length;
    this.#exchangesHeld -= held.firstExchanges.length + held.lastExchanges.length;
    if (context === null || this.#isBeyond(stream)) {
      this.#bars -= held.bars.length;
      return;
    }
    const exchanges = held.firstExchanges.slice(0, Math.max(0, EXCHANGES_KEPT - this.#exchangesKept));
    this.#exchangesKept += exchanges.length;
    this.#shown.set(stream, {
      connection: { ...connection, exchanges: [] },
      row: connectionRow(connection, context),
      bars: held.bars,
      exchanges,
      ladder: ladderFrom(connection, held, context.steps),
    });
    this.#packets.set(stream, wantedOf(held, connection.exchanges));
    if (this.#shown.size > LANES) this.#leaveOutLast();
    this.#lastShown = Math.max(this.#lastShown, stream);
  }

  /** Writes the page. @throws CodedError (unable-here) where it can't be written */
  async end(capture: CaptureInfo, servers: readonly ServerValues[], findings: readonly PageFinding[]): Promise<void> {
    const shown = [...this.#shown.values()].sort((a, b) => a.connection.stream - b.connection.stream);
    const page = await renderCapturePage(
      {
        file: this.#source === '-' ? '' : path.basename(this.#source),
        capture,
        connections: this.#connections,
        exchanges: this.#exchanges,
        shown,
        servers,
        findings,
        packetsOf: (streams) => packetsOf(this.#source, streams, this.#packets),
      },
      this.#strings,
    );
    refuseToReplace(this.#out);
    try {
      await writeAtomically(this.#out, page);
    } catch (error) {
      const { cause } = error as Error;
      throw unableHere(`can't write ${this.#out} (${(cause as Error).message}): name another place with --html`);
    }
    const left = this.#connections - shown.length;
    const beyond = left > 0 ? `; it shows the first ${grouped(shown.length)} of ${grouped(this.#connections)} connections` : '';
    this.written = `the page is in ${this.#out}${beyond}`;
  }

  #dropFrames(held: Held): void {
    this.#framesHeld -= held.first.length + held.last.length;
    Object.assign(held, { first: [], last: [], hasLost: true });
  }

  /** Whether the page has enough connections that began before this one. */
  #isBeyond(stream: number): boolean {
    return this.#shown.size >= LANES && stream > this.#lastShown;
  }

  #heldOf(stream: number): Held {
    let held = this.#held.get(stream);
    if (!held) {
      held = newHeld();
      this.#held.set(stream, held);
    }
    return held;
  }

  /** An earlier connection ended: it takes the place of the last one. */
  #leaveOutLast(): void {
    const last = Math.max(...this.#shown.keys());
    const { bars, exchanges } = this.#shown.get(last)!;
    this.#bars -= bars.length;
    this.#exchangesKept -= exchanges.length;
    this.#shown.delete(last);
    this.#packets.delete(last);
    this.#lastShown = Math.max(...this.#shown.keys());
  }
}

/** `null` where frames are missing that the ladder needs. */
function ladderFrom(connection: Connection, held: Held, steps: readonly StepMark[]): Ladder | null {
  if (held.hasLost || held.first.length === 0) return null;
  const oldest = held.last.length < LAST_FRAMES ? 0 : (held.framesSeen - FIRST_FRAMES) % LAST_FRAMES;
  const last = [...held.last.slice(oldest), ...held.last.slice(0, oldest)];
  const isCut = held.framesSeen > FIRST_FRAMES + LAST_FRAMES;
  const known = new Map([...held.firstExchanges, ...held.lastExchanges, ...connection.exchanges].map((one) => [one.index, one]));
  return ladderOf({ ...connection, exchanges: [...known.values()] }, [...held.first, ...last], {
    steps,
    arrows: ARROWS_OF_A_CONNECTION,
    ...(isCut ? { resumesAt: last[0]!.frame } : {}),
  });
}

/** The frames that its ladder is made of. */
const wantedOf = ({ first, last, firstExchanges, lastExchanges }: Held, exchanges: readonly Exchange[]): WantedPackets =>
  wantedPackets([...first, ...last], [...firstExchanges, ...lastExchanges, ...exchanges]);

/** @throws CodedError (bad-argument) where something is in the way that is no page of a capture */
function refuseToReplace(out: string): void {
  if (out === '-' || out === '') throw badArgument('--html needs the name of a file: the text goes to standard output');
  const found = statSync(out, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isDirectory()) throw badArgument(`${out} is a folder: name a file in it, --html ${path.join(out, 'capture.html')}`);
  if (found.isFile() && beginsAsPage(out)) return;
  throw badArgument(`${out} exists and is not a page of analyze: remove it, or name another file with --html`);
}

function beginsAsPage(file: string): boolean {
  const start = Buffer.alloc(CAPTURE_PAGE_MARK.length);
  const descriptor = openSync(file, 'r');
  try {
    return readSync(descriptor, start) === start.length && start.toString('latin1') === CAPTURE_PAGE_MARK;
  } finally {
    closeSync(descriptor);
  }
}
