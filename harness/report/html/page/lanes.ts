/** Connections as lanes of the time axis: what happened in each, and when. */
import type { Side } from '../../../model.ts';
import { framesSpan } from '../../phrases/phrases.ts';
import { type CellDetail, MARK_KINDS, type PackedBar, type PackedExchange, type PackedLane, type PackedMark } from '../page-format.ts';
import { duration, joined, t } from './language.ts';
import { textAt } from './model.ts';

/** An exchange; times are microseconds since the capture's first frame. */
export interface LaneBar {
  name: string;
  /** `null` where there is no response. */
  status: number | null;
  startUs: number;
  sentUs: number;
  answeredUs: number;
  endUs: number;
  requestFrame: number;
  responseFrame: number;
  /** Unlike the same exchange of the cell that this one is set beside. */
  differs?: boolean;
}

export interface LaneMark {
  kind: (typeof MARK_KINDS)[number];
  from: Side;
  atUs: number;
  frame: number;
}

/** What the keys step through and a click finds: a mark, a request or a response. */
export interface LaneEvent {
  atUs: number;
  frame: number;
  text(): string;
}

export interface LaneStep {
  id: string;
  atUs: number;
}

export interface Lane {
  stream: number;
  client: string;
  server: string;
  startUs: number;
  endUs: number;
  exchangeCount: number;
  midStream: boolean;
  marks: LaneMark[];
  bars: LaneBar[];
  /** In the order of time. */
  events: LaneEvent[];
  /** Where the steps of its capture begin. */
  steps?: readonly LaneStep[];
  /** How it is unlike the same connection of the cell that this one is set beside, in words. */
  differs?: string;
}

/** The first lanes of a cell, or of one connection of a capture. */
export function lanesOfDetail({ lanes, exchanges, steps }: CellDetail): Lane[] {
  const marks = steps.map(([id, atUs]): LaneStep => ({ id, atUs }));
  return lanesOf(lanes, exchanges).map((lane) => ({ ...lane, steps: marks }));
}

/** @param exchanges those of the same detail, for lanes without bars of their own */
export function lanesOf(packed: readonly PackedLane[], exchanges: readonly PackedExchange[] = []): Lane[] {
  return packed.map(([stream, client, server, startUs, endUs, exchangeCount, midStream, packedMarks, packedBars]) =>
    withEvents({
      stream,
      client: textAt(client) ?? '',
      server: textAt(server) ?? '',
      startUs,
      endUs,
      exchangeCount,
      midStream: midStream === 1,
      marks: packedMarks.map(markOf),
      bars: packedBars?.map(barOf) ?? exchanges.filter((exchange) => exchange.stream === stream).map(barOfExchange),
    }),
  );
}

const withEvents = (lane: Omit<Lane, 'events'>): Lane => ({
  ...lane,
  events: [...lane.marks.map(markEvent), ...lane.bars.flatMap(barEvents)].sort((a, b) => a.atUs - b.atUs || a.frame - b.frame),
});

/** The same lane on a time axis whose origin is `originUs`. */
export const shifted = (lane: Lane, originUs: number): Lane =>
  withEvents({
    ...lane,
    startUs: lane.startUs - originUs,
    endUs: lane.endUs - originUs,
    marks: lane.marks.map((mark) => ({ ...mark, atUs: mark.atUs - originUs })),
    ...(lane.steps ? { steps: lane.steps.map((step) => ({ ...step, atUs: step.atUs - originUs })) } : {}),
    bars: lane.bars.map((bar) => ({
      ...bar,
      ...{ startUs: bar.startUs - originUs, sentUs: bar.sentUs - originUs },
      ...{ answeredUs: bar.answeredUs - originUs, endUs: bar.endUs - originUs },
    })),
  });

const markOf = ([kind, from, atUs, frame]: PackedMark): LaneMark => ({
  kind: MARK_KINDS[kind] ?? 'syn',
  from: from === 0 ? 'client' : 'server',
  atUs,
  frame,
});

function barOf([name, status, startUs, send, wait, receive, requestFrame, responseFrame]: PackedBar): LaneBar {
  const sentUs = startUs + send;
  const answeredUs = sentUs + wait;
  return {
    name: textAt(name) ?? '',
    status: status === 0 ? null : status,
    ...{ startUs, sentUs, answeredUs, endUs: answeredUs + receive },
    ...{ requestFrame, responseFrame },
  };
}

function barOfExchange({ method, target, status, times, frames }: PackedExchange): LaneBar {
  const [startUs, , send, wait, receive] = times;
  const sentUs = startUs + send;
  const answeredUs = sentUs + wait;
  return {
    name: method === null ? '' : `${textAt(method)} ${textAt(target)}`,
    status,
    ...{ startUs, sentUs, answeredUs, endUs: answeredUs + receive },
    ...{ requestFrame: frames[0], responseFrame: frames[2] },
  };
}

/** Whether a reader should not overlook it: an error, or no response at all. */
export const isBad = ({ status }: LaneBar): boolean => status === null || status >= 400;

const frameText = (frame: number): string => t('ui.frames', { n: 1, list: framesSpan([frame, frame]) });

const markEvent = ({ kind, from, atUs, frame }: LaneMark): LaneEvent => ({
  atUs,
  frame,
  text: () => `${duration(atUs)}: ${t('timeline.mark', { mark: kind.toUpperCase(), side: t(from) })} (${frameText(frame)})`,
});

function barEvents(bar: LaneBar): LaneEvent[] {
  const { name, status, startUs, sentUs, answeredUs, endUs, requestFrame, responseFrame } = bar;
  const events: LaneEvent[] = [];
  if (requestFrame > 0) {
    const answer = status === null ? t('ui.no-response') : String(status);
    events.push({
      atUs: startUs,
      frame: requestFrame,
      text: () => `${duration(startUs)}: ${name} → ${answer} (${frameText(requestFrame)})`,
    });
  }
  if (responseFrame > 0) {
    const args = { status: status ?? '', name, waiting: duration(answeredUs - sentUs), receiving: duration(endUs - answeredUs) };
    events.push({
      atUs: answeredUs,
      frame: responseFrame,
      text: () => `${duration(answeredUs)}: ${t('timeline.response', args)} (${frameText(responseFrame)})`,
    });
  }
  return events;
}

/** Who closed the connection first, and how; `null` where nobody did. */
export const closeOf = ({ marks }: Lane): LaneMark | null => marks.find(({ kind }) => kind !== 'syn') ?? null;

/** A connection in a few words. */
export function laneSummary(lane: Lane): string {
  const { exchangeCount, bars, midStream } = lane;
  const close = closeOf(lane);
  const parts = [
    t('timeline.requests', { n: exchangeCount }),
    close === null ? t('timeline.open') : t('timeline.closed', { how: close.kind.toUpperCase(), side: t(close.from) }),
  ];
  if (bars.length < exchangeCount) parts.push(t('timeline.first-drawn', { n: bars.length }));
  if (midStream) parts.push(t('timeline.mid-stream'));
  if (lane.differs) parts.push(`≠ ${lane.differs}`);
  return parts.join(t('ui.comma'));
}

/** The same for screen readers, with both ends. */
export const laneLabel = (lane: Lane): string =>
  joined([`${t('ladder.title', { stream: lane.stream, client: lane.client, server: lane.server })}:`, laneSummary(lane)]);
