/**
 * A ladder diagram as plain data: what the two ends of one connection sent, in the order of the frames. Repetition is folded:
 * acknowledgements into what they acknowledge, the segments of one message into one arrow, repeated keep-alive probes into one event, and the
 * middle of a long connection. Every arrow keeps its frames. The reporters draw it.
 */
import type { Connection, Endpoint, FrameAnalysis, FrameRecord, Side, StepMark } from '../model.ts';
import { uriHost } from '../wire/endpoint.ts';
import { messagesByFrame, type PlacedMessage } from './ladder-messages.ts';
import { otherSide, type TcpStates, TcpStateTracker } from './tcp-states.ts';

/** The kind of an arrow. Where a frame is of several kinds (data and a FIN), the first of this list counts. */
export type ArrowKind = 'syn' | 'syn-ack' | 'message' | 'data' | 'probe' | 'fin' | 'rst' | 'ack';

/** One frame in a ladder, or several that are drawn as one. Times are in nanoseconds since the capture began, sizes in bytes. */
export interface Arrow {
  kind: ArrowKind;
  from: Side;
  timeNs: number;
  endNs: number;
  /** First and last frame. */
  frames: [number, number];
  /** Frames with payload. */
  segments: number;
  payload: number;
  /** Payload of each segment; at most `SIZES_KEPT`. */
  sizes: number[];
  messages: PlacedMessage[];
  /** Whether its last frame has a FIN. */
  fin: boolean;
  /** The other side's bare ACKs that are folded into it. */
  acks: number;
  /** Wireshark's words for its frames, each once; those that folding expresses left out. */
  analysis: FrameAnalysis[];
  /** The states of both ends after it. */
  states: TcpStates;
}

export type LadderEvent =
  | ({ type: 'arrow' } & Arrow)
  /** Nothing was sent for `lengthNs`. `open`: until the end of the capture. */
  | { type: 'gap'; timeNs: number; lengthNs: number; open: boolean }
  /** Keep-alive probes, each answered or not, with nothing between them. */
  | { type: 'probes'; from: Side; timeNs: number; count: number; answered: number; intervalNs: number; frames: [number, number] }
  /** A step of the scenario begins. */
  | { type: 'step'; timeNs: number; id: string }
  /** Arrows that are left out, for room. */
  | LeftOut;

interface LeftOut {
  type: 'left-out';
  timeNs: number;
  endNs: number;
  /** `null` where not all of the frames were kept. */
  arrows: number | null;
  exchanges: number;
  frames: [number, number];
}

/** One connection as a ladder diagram: the two endpoints, and what passed between them in order. Times are in nanoseconds since the capture began. */
export interface Ladder {
  stream: number;
  client: string;
  server: string;
  startNs: number;
  endNs: number;
  /** The capture begins after the handshake. */
  midStream: boolean;
  /** Before the first frame. */
  states: TcpStates;
  events: LadderEvent[];
}

/** What a ladder shows and leaves out. */
export interface LadderOptions {
  /** A pause that is shown as a gap. Nanoseconds. */
  gapNs?: number;
  /** Arrows shown of one connection; of more the first two thirds and the last third. */
  arrows?: number;
  steps?: readonly StepMark[];
  /** The first frame after a stretch of the connection whose frames were not kept. */
  resumesAt?: number;
  /** When the capture ended: how long a connection that is still open was watched. */
  endNs?: number;
}

export const GAP_NS = 200e6;
export const ARROWS_SHOWN = 60;
const SIZES_KEPT = 12;
/** From this many keep-alive probes on they are one event. */
const PROBES_FOLDED = 3;

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

/** Analysis flags that folding already expresses, or that say nothing about the connection. */
const UNREMARKABLE: ReadonlySet<FrameAnalysis> = new Set([
  'keep_alive',
  'keep_alive_ack',
  'window_update',
  'duplicate_ack',
  'reused_ports',
]);

/** The frames of each connection, so that many ladders of one capture read them once. */
export function framesByStream(frames: readonly FrameRecord[]): Map<number, FrameRecord[]> {
  const streams = new Map<number, FrameRecord[]>();
  for (const frame of frames) {
    const own = streams.get(frame.stream);
    if (own) own.push(frame);
    else streams.set(frame.stream, [frame]);
  }
  return streams;
}

/** Analysis flags that an arrow of several segments shows once. */
const FOLDED: ReadonlySet<FrameAnalysis> = new Set(['window_full', 'out_of_order']);

const endText = ({ address, port }: Endpoint): string => `${uriHost(address)}:${port}`;

/** @param frames of the whole capture or of this connection, in the order of their numbers */
export function ladderOf(connection: Connection, frames: readonly FrameRecord[], options: LadderOptions = {}): Ladder {
  const { gapNs = GAP_NS, arrows: limit = ARROWS_SHOWN, steps = [], resumesAt = 0, endNs = 0 } = options;
  const own = frames.filter((frame) => frame.stream === connection.stream);
  const midStream = connection.midStream;
  const tracker = new TcpStateTracker(midStream);
  const states = tracker.states;
  const arrows = arrowsOf(connection, own, tracker, { gapNs, resumesAt });
  const shown = resumesAt > 0 ? leaveOutMiddle(connection, arrows, limit, resumesAt) : leaveOut(connection, arrows, limit);
  const closed = connection.firstClose !== null;
  return {
    stream: connection.stream,
    client: endText(connection.client),
    server: endText(connection.server),
    startNs: connection.startNs,
    endNs: connection.endNs,
    midStream,
    states,
    events: withPauses(foldProbes(shown), { gapNs, steps, openUntilNs: closed ? null : endNs }),
  };
}

function arrowsOf(
  connection: Connection,
  frames: readonly FrameRecord[],
  tracker: TcpStateTracker,
  { gapNs, resumesAt }: Required<Pick<LadderOptions, 'gapNs' | 'resumesAt'>>,
): Arrow[] {
  const messages = messagesByFrame(connection);
  const arrows: Arrow[] = [];
  /** The last arrow of each side that another segment or ACK may be folded into. */
  const open: Record<Side, Arrow | null> = { client: null, server: null };
  let before = tracker.states;
  for (const record of frames) {
    if (record.frame === resumesAt) Object.assign(open, { client: null, server: null });
    const states = tracker.next(record);
    const changed = states.client !== before.client || states.server !== before.server;
    before = states;
    const carried = messages.get(record.frame)?.filter((message) => message.from === record.from) ?? [];
    const arrow = arrowOf(record, carried, states);
    const acknowledged = open[otherSide(record.from)];
    if (arrow.kind === 'ack' && !changed && arrow.analysis.length === 0 && acknowledged) {
      acknowledged.acks++;
      continue;
    }
    const previous = open[record.from];
    if (previous && !changed && arrow.timeNs - previous.endNs < gapNs && continues(previous, arrow)) {
      join(previous, arrow);
      continue;
    }
    arrows.push(arrow);
    open[record.from] = arrow;
    // What the other side sends from now on comes after this arrow; only its ACKs may still be folded.
    if (arrow.kind !== 'ack') open[otherSide(record.from)] = null;
  }
  return arrows;
}

function arrowOf(record: FrameRecord, messages: PlacedMessage[], states: TcpStates): Arrow {
  const { flags, payload, frame, from, timeNs } = record;
  const probe = record.analysis.includes('keep_alive');
  return {
    kind: kindOf(flags, probe ? 0 : payload, messages.length > 0, probe),
    from,
    timeNs,
    endNs: timeNs,
    frames: [frame, frame],
    segments: payload > 0 && !probe ? 1 : 0,
    payload: probe ? 0 : payload,
    sizes: payload > 0 && !probe ? [payload] : [],
    messages,
    fin: (flags & FIN) > 0,
    acks: 0,
    analysis: record.analysis.filter((name) => !UNREMARKABLE.has(name)),
    states,
  };
}

function kindOf(flags: number, payload: number, inMessage: boolean, probe: boolean): ArrowKind {
  if (flags & RST) return 'rst';
  if (flags & SYN) return flags & ACK ? 'syn-ack' : 'syn';
  if (probe) return 'probe';
  if (payload > 0) return inMessage ? 'message' : 'data';
  return flags & FIN ? 'fin' : 'ack';
}

/** Another segment of the one message (or of data that is no message) that the arrow before carried. */
function continues(previous: Arrow, arrow: Arrow): boolean {
  if (previous.fin || ![...previous.analysis, ...arrow.analysis].every((name) => FOLDED.has(name))) return false;
  // A message lists only its first segments: further data belongs to it while it has not ended.
  if (arrow.kind === 'data') return previous.kind === 'data' || previous.messages.at(-1)?.ends === false;
  if (arrow.kind !== 'message' || previous.kind !== 'message') return false;
  const [last, next] = [previous.messages.at(-1), arrow.messages[0]];
  return arrow.messages.length === 1 && last?.exchange === next?.exchange && last?.kind === next?.kind && last?.ordinal === next?.ordinal;
}

function join(arrow: Arrow, more: Arrow): void {
  arrow.endNs = more.endNs;
  arrow.frames[1] = more.frames[1];
  arrow.segments += more.segments;
  arrow.payload += more.payload;
  arrow.sizes.push(...more.sizes.slice(0, SIZES_KEPT - arrow.sizes.length));
  const last = arrow.messages.at(-1);
  if (last && more.messages[0]?.ends) last.ends = true;
  arrow.analysis.push(...more.analysis.filter((name) => !arrow.analysis.includes(name)));
  arrow.fin ||= more.fin;
  arrow.acks += more.acks;
  arrow.states = more.states;
}

type Item = Exclude<LadderEvent, { type: 'gap' | 'step' }>;

function leaveOut(connection: Connection, arrows: readonly Arrow[], limit: number): Item[] {
  const items = arrows.map((arrow): Item => ({ type: 'arrow', ...arrow }));
  if (arrows.length <= limit) return items;
  const head = Math.ceil((limit * 2) / 3);
  const tail = limit - head;
  const left = arrows.slice(head, arrows.length - tail);
  const [first, last] = [left[0], left.at(-1)] as [Arrow, Arrow];
  const shown = [...items.slice(0, head), ...items.slice(arrows.length - tail)];
  const requests = left.flatMap(({ messages }) => messages.filter(({ kind }) => kind === 'request').map(({ exchange }) => exchange));
  const isPartial = connection.exchanges.length < connection.exchangeCount;
  const gap: Item = {
    type: 'left-out',
    timeNs: first.timeNs,
    endNs: last.endNs,
    arrows: left.length,
    exchanges: isPartial ? exchangesBeside(shown, connection) : new Set(requests).size,
    frames: [first.frames[0], last.frames[1]],
  };
  return [...items.slice(0, head), gap, ...items.slice(arrows.length - tail)];
}

/** The same where the frames of the middle were not kept. */
function leaveOutMiddle(connection: Connection, arrows: readonly Arrow[], limit: number, resumesAt: number): Item[] {
  const items = arrows.map((arrow): Item => ({ type: 'arrow', ...arrow }));
  const seam = arrows.findIndex(({ frames }) => frames[0] >= resumesAt);
  const [before, after] = seam < 0 ? [items, []] : [items.slice(0, seam), items.slice(seam)];
  const head = before.slice(0, Math.ceil((limit * 2) / 3));
  const tail = after.slice(-Math.floor(limit / 3));
  const [last, next] = [head.at(-1), tail[0]];
  if (!last || !next) return [...head, ...tail];
  const gap: Item = {
    type: 'left-out',
    timeNs: endOf(last),
    endNs: next.timeNs,
    arrows: null,
    exchanges: exchangesBeside([...head, ...tail], connection),
    frames: [last.frames[1] + 1, next.frames[0] - 1],
  };
  return [...head, gap, ...tail];
}

/** How many exchanges have no message among the items, where not all of their messages are known. */
function exchangesBeside(items: readonly Item[], { exchangeCount }: Connection): number {
  const drawn = items.flatMap((item) => (item.type === 'arrow' ? item.messages.map(({ exchange }) => exchange) : []));
  return exchangeCount - new Set(drawn).size;
}

/** A probe with its answer, and those that follow it. */
function foldProbes(items: readonly Item[]): Item[] {
  const folded: Item[] = [];
  for (let at = 0; at < items.length; ) {
    const item = items[at] as Item;
    if (item.type !== 'arrow' || item.kind !== 'probe') {
      folded.push(item);
      at++;
      continue;
    }
    const run: Arrow[] = [];
    while (at < items.length) {
      const next = items[at];
      if (next?.type !== 'arrow' || next.kind !== 'probe' || next.from !== item.from) break;
      run.push(next);
      at++;
    }
    if (run.length < PROBES_FOLDED) folded.push(...run.map((arrow): Item => ({ type: 'arrow', ...arrow })));
    else folded.push(probesOf(run));
  }
  return folded;
}

function probesOf(run: readonly Arrow[]): Item {
  const [first, last] = [run[0], run.at(-1)] as [Arrow, Arrow];
  return {
    type: 'probes',
    from: first.from,
    timeNs: first.timeNs,
    count: run.length,
    answered: run.filter((arrow) => arrow.acks > 0).length,
    intervalNs: (last.timeNs - first.timeNs) / (run.length - 1),
    frames: [first.frames[0], last.frames[1]],
  };
}

interface Pauses {
  gapNs: number;
  steps: readonly StepMark[];
  openUntilNs: number | null;
}

function withPauses(items: readonly Item[], { gapNs, steps, openUntilNs }: Pauses): LadderEvent[] {
  const events: LadderEvent[] = [];
  let quietSinceNs: number | null = null;
  let stepAt = 0;
  for (const item of items) {
    const gapped = quietSinceNs !== null && item.timeNs - quietSinceNs >= gapNs;
    if (gapped && quietSinceNs !== null) {
      events.push({ type: 'gap', timeNs: quietSinceNs, lengthNs: item.timeNs - quietSinceNs, open: false });
    }
    for (; stepAt < steps.length && (steps[stepAt] as StepMark).frame <= firstFrameOf(item); stepAt++) {
      // Of several steps without a frame of this connection between them, only the last is shown.
      const next = steps[stepAt + 1];
      if (!next || next.frame > firstFrameOf(item))
        events.push({ type: 'step', timeNs: (steps[stepAt] as StepMark).timeNs, id: (steps[stepAt] as StepMark).id });
    }
    events.push(item);
    quietSinceNs = endOf(item);
  }
  if (openUntilNs !== null && quietSinceNs !== null && openUntilNs > quietSinceNs) {
    events.push({ type: 'gap', timeNs: quietSinceNs, lengthNs: openUntilNs - quietSinceNs, open: true });
  }
  return events;
}

const firstFrameOf = (item: Item): number => item.frames[0];

function endOf(item: Item): number {
  if (item.type !== 'probes') return item.endNs;
  return item.timeNs + item.intervalNs * (item.count - 1);
}
