/** What the page shows when a cell is opened, packed: the story, the ladders, the exchanges with their heads and times. */
import type { ObservedCell } from '../../compare/run-result.ts';
import type { Connection, Endpoint, Exchange, HeaderField, Message, Side } from '../../model.ts';
import { uriHost } from '../../wire/endpoint.ts';
import { printable } from '../escape.ts';
import { framesByStream, type Ladder, type LadderEvent, ladderOf } from '../ladder.ts';
import { arrowWords, eventWords } from '../ladder-words.ts';
import { phrase, said } from '../phrases/phrases.ts';
import type { CapturedEvidence } from '../reporter.ts';
import { type Sentence, storyOf, type Titles } from '../story.ts';
import { TCP_STATES } from '../tcp-states.ts';
import type { StringRef } from './packed-phrase.ts';
import {
  ARROW_KINDS,
  type CellDetail,
  EVENT_TYPES,
  MARK_KINDS,
  type PackedBar,
  type PackedEvent,
  type PackedExchange,
  type PackedLadder,
  type PackedLane,
  type PackedMark,
  type PackedSentence,
  type SegmentStrip,
} from './page-format.ts';
import type { StringTable } from './strings.ts';

/** Limits of what is drawn of one cell. A gallery has six to ten connections; a probe may have hundreds. */
const CONNECTIONS_DRAWN = 16;
const LANES_DRAWN = 100;
export const ARROWS_OF_A_CONNECTION = 48;
const ARROWS_OF_A_CELL = 360;
export const EXCHANGES_SHOWN = 60;
const SEGMENTS_OF_A_STRIP = 16;
const SENTENCE_FRAMES = 12;

/** The detail of a cell whose capture was read. Texts go into `strings`. */
export function cellDetail(cell: ObservedCell, evidence: CapturedEvidence, titles: Titles, strings: StringTable): CellDetail {
  const streams = new Map(evidence.connections.map((connection) => [connection.stream, connection]));
  return {
    story: storyDetail(cell, titles, strings),
    ladders: laddersOf(evidence).map((ladder) => packLadder(ladder, streams.get(ladder.stream), strings)),
    connections: evidence.connections.length,
    lanes: evidence.connections.slice(0, LANES_DRAWN).map((connection) => packLane(connection, null, strings)),
    captureUs: us(evidence.capture.endNs),
    steps: evidence.steps.map(({ id, timeNs }) => [id, us(timeNs)]),
    exchanges: evidence.exchanges
      .slice(0, EXCHANGES_SHOWN)
      .map((exchange) => packExchange(exchange, streams.get(exchange.stream), strings)),
  };
}

/** The detail of a cell whose capture is missing: the story alone, which needs only its row of the run. */
export const detailWithoutCapture = (cell: ObservedCell, titles: Titles, strings: StringTable): CellDetail => ({
  story: storyDetail(cell, titles, strings),
  ladders: [],
  connections: cell.connections.length,
  lanes: [],
  captureUs: 0,
  steps: [],
  exchanges: [],
});

const storyDetail = (cell: ObservedCell, titles: Titles, strings: StringTable): PackedSentence[] =>
  packStory(storyOf(cell, titles), strings);

/** Sentences, packed. */
export const packStory = (story: readonly Sentence[], strings: StringTable): PackedSentence[] =>
  story.map(({ tone, phrases, frames }) => [
    tone === 'note' ? 1 : 0,
    phrases.map((one) => strings.phrase(one)),
    frames.slice(0, SENTENCE_FRAMES),
  ]);

/** As many connections as there is room for, those that carried requests first; in the order of the capture. */
function laddersOf({ connections, frames = [], steps, capture }: CapturedEvidence): Ladder[] {
  const own = framesByStream(frames);
  const chosen = [...connections].sort((a, b) => Number(b.exchangeCount > 0) - Number(a.exchangeCount > 0)).slice(0, CONNECTIONS_DRAWN);
  const arrows = Math.max(12, Math.min(ARROWS_OF_A_CONNECTION, Math.floor(ARROWS_OF_A_CELL / Math.max(1, chosen.length))));
  return chosen
    .sort((a, b) => a.stream - b.stream)
    .map((connection) => ladderOf(connection, own.get(connection.stream) ?? [], { steps, endNs: capture.endNs, arrows }));
}

const us = (ns: number): number => Math.round(ns / 1e3);

/** A connection on the time axis. @param bars `null` where its exchanges are among those of the same detail */
export function packLane(connection: Connection, bars: PackedBar[] | null, strings: StringTable): PackedLane {
  const { stream, client, server, startNs, endNs, exchangeCount, midStream } = connection;
  const name = ({ address, port }: Endpoint): StringRef => strings.add(`${uriHost(address)}:${port}`);
  return [stream, name(client), name(server), us(startNs), us(endNs), exchangeCount, midStream ? 1 : 0, marksOf(connection), bars];
}

const SYN_SEEN = 1;

function marksOf({ handshake, completeness, startNs, firstFrame, sides }: Connection): PackedMark[] {
  const marks: PackedMark[] = [];
  const mark = (kind: (typeof MARK_KINDS)[number], from: Side, ns: number, frame: number): void => {
    marks.push([MARK_KINDS.indexOf(kind), from === 'client' ? 0 : 1, us(ns), frame]);
  };
  if (handshake) mark('syn', 'client', handshake.synNs, handshake.synFrame);
  else if (completeness & SYN_SEEN) mark('syn', 'client', startNs, firstFrame);
  for (const side of ['client', 'server'] as const) {
    const { finFrame, finNs, rstFrame, rstNs } = sides[side];
    if (finFrame !== null && finNs !== null) mark('fin', side, finNs, finFrame);
    if (rstFrame !== null && rstNs !== null) mark('rst', side, rstNs, rstFrame);
  }
  return marks.sort((a, b) => a[2] - b[2]);
}

/** An exchange on the time axis. */
export function packBar({ request, response }: Exchange, strings: StringTable): PackedBar {
  const [, , sending, waiting, receiving] = timesOf(request, response, null);
  const name = printable(request ? `${request.method} ${request.target}` : '');
  return [
    strings.add(name.length > BAR_NAME ? `${name.slice(0, BAR_NAME - 1)}…` : name),
    response?.status ?? 0,
    us((request ?? response)?.startNs ?? 0),
    sending,
    waiting,
    receiving,
    request?.frames[0] ?? 0,
    response?.frames[0] ?? 0,
  ];
}

/** Characters of a request's name on the time axis. */
const BAR_NAME = 80;

export function packLadder(ladder: Ladder, connection: Connection | undefined, strings: StringTable): PackedLadder {
  const events = ladder.events.map((event) => packEvent(event, ladder, strings));
  const { stream, client, server, midStream, states } = ladder;
  const frames: [number, number, number] = [connection?.firstFrame ?? 0, connection?.lastFrame ?? 0, connection?.frameCount ?? 0];
  return [stream, client, server, midStream ? 1 : 0, stateRef(states.client), stateRef(states.server), frames, events];
}

const stateRef = (state: Ladder['states']['client']): number => TCP_STATES.indexOf(state);

function packEvent(event: LadderEvent, ladder: Ladder, strings: StringTable): PackedEvent {
  const at = us(event.timeNs - ladder.startNs);
  if (event.type === 'arrow') {
    const { from, frames, states, analysis } = event;
    const kind = event.kind === 'message' ? (from === 'client' ? 'request' : 'response') : event.kind;
    return [
      from === 'client' ? 0 : 1,
      at,
      frames[0],
      frames[1],
      stateRef(states.client),
      stateRef(states.server),
      ARROW_KINDS.indexOf(kind),
      analysis.length > 0 ? 1 : 0,
      arrowWords(event).map((one) => strings.phrase(one)),
    ];
  }
  const frames = event.type === 'probes' || event.type === 'left-out' ? event.frames : [0, 0];
  const type = event.type === 'gap' && event.open ? 'open' : event.type;
  const length = event.type === 'gap' ? us(event.lengthNs) : 0;
  return [EVENT_TYPES.indexOf(type), at, length, frames[0] ?? 0, frames[1] ?? 0, strings.phrase(eventWords(event))];
}

/** When an exchange began, and how long each of its parts took. */
function timesOf(request: Message | null, response: Message | null, handshake: Connection['handshake']): PackedExchange['times'] {
  const first = request ?? response;
  const sent = request?.endNs ?? first?.startNs ?? 0;
  return [
    us(first?.startNs ?? 0),
    handshake && request ? us(request.startNs - handshake.synNs) : 0,
    us(sent - (first?.startNs ?? 0)),
    request && response ? us(response.startNs - sent) : 0,
    response ? us(response.endNs - response.startNs) : 0,
    handshake ? us(handshake.ackNs - handshake.synNs) : 0,
  ];
}

export function packExchange(exchange: Exchange, connection: Connection | undefined, strings: StringTable): PackedExchange {
  const { request, response, interim } = exchange;
  const text = (value: string | undefined | null): StringRef | null => (value === undefined || value === null ? null : strings.add(value));
  const headers = (message: Message | null): StringRef[] =>
    (message?.headers ?? []).flatMap(([name, value]: HeaderField) => [strings.add(name), strings.add(value)]);
  const handshake = exchange.index === 0 ? (connection?.handshake ?? null) : null;
  const problems = [request, ...interim, response].flatMap((message) => message?.problems ?? []);
  return {
    stream: exchange.stream,
    step: text(exchange.step),
    method: text(request?.method),
    target: text(request?.target),
    status: response?.status ?? null,
    reason: strings.add(response?.reason ?? ''),
    versions: [strings.add(request?.version ?? ''), strings.add(response?.version ?? '')],
    frames: [request?.frames[0] ?? 0, request?.frames[1] ?? 0, response?.frames[0] ?? 0, response?.frames[1] ?? 0],
    requestHeaders: headers(request),
    responseHeaders: headers(response),
    bodyBytes: response?.bodyBytes ?? 0,
    framing: response?.framing ?? '',
    times: timesOf(request, response, handshake),
    problems: problems
      .slice(0, 8)
      .map(({ kind, detail, frame }) => [strings.phrase(phrase('problem', { kind, detail: said(detail) })), frame]),
  };
}

/** One strip for each target of a cell: its first response to GET that has content. */
export function stripsOf(cell: number, evidence: CapturedEvidence): SegmentStrip[] {
  const seen = new Set<string>();
  return evidence.exchanges.flatMap(({ request, response }): SegmentStrip[] => {
    if (!request || !response || response.bodyBytes === 0 || request.method !== 'GET' || seen.has(request.target)) return [];
    seen.add(request.target);
    const { segmentSizes, headBytes, bodyBytes, frames, status } = response;
    return [
      {
        cell,
        target: printable(request.target),
        status,
        headBytes,
        bodyBytes,
        sizes: segmentSizes.slice(0, SEGMENTS_OF_A_STRIP),
        segments: segmentSizes.length,
        frames: [frames[0], frames[1]],
      },
    ];
  });
}
