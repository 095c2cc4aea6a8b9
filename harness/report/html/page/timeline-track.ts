/** The drawing of one lane, and of the axis above the lanes. */
import { svg } from './dom.ts';
import { closeOf, isBad, type Lane, type LaneBar, type LaneEvent, type LaneMark } from './lanes.ts';
import { duration, t } from './language.ts';

/** What part of the time is shown on how many pixels. */
export interface Scale {
  fromUs: number;
  toUs: number;
  width: number;
}

/** Pixels. */
const HEIGHT = 24;
const MIDDLE = 12;
/** Labels stand above the line. */
const LABEL_Y = 8;
/** A character of the labels, at most. */
const CHARACTER = 7;
const LABEL_GAP = 6;
/** A bar that ends within so much of the one before it is not drawn a second time. */
const SAME_PIXEL = 0.7;
/** Microseconds of silence that a reader should see as such. */
const PAUSE_US = 1e6;

export const xOf = (us: number, { fromUs, toUs, width }: Scale): number => ((us - fromUs) / (toUs - fromUs)) * width;

/** @param captureUs when the capture ended: a connection that is open is drawn until then */
export function laneTrack(lane: Lane, scale: Scale, captureUs: number, chosen: LaneEvent | null): SVGElement {
  const { width } = scale;
  const x = (us: number): number => xOf(us, scale);
  const within = (us: number): number => Math.min(width + 4, Math.max(-4, x(us)));
  const parts: (SVGElement | SVGElement[])[] = [];
  const line = (from: number, to: number, kind: string): void => {
    const [x1, x2] = [within(from), within(to)];
    if (x2 > x1) parts.push(svg('line', { x1, x2, y1: MIDDLE, y2: MIDDLE, class: kind }));
  };
  line(lane.startUs, lane.endUs, 'life');
  if (closeOf(lane) === null) line(lane.endUs, captureUs, 'life still-open');
  if (lane.midStream) parts.push(svg('path', { d: `M${within(lane.startUs)} 6l-5 6l5 6`, class: 'cut' }));
  let drawnTo = Number.NEGATIVE_INFINITY;
  for (const bar of lane.bars) {
    const [start, end] = [x(bar.startUs), x(bar.endUs)];
    if (end < 0 || start > width || (end - drawnTo < SAME_PIXEL && !isBad(bar))) continue;
    drawnTo = end;
    parts.push(barParts(bar, within));
  }
  for (const mark of lane.marks) if (x(mark.atUs) >= -6 && x(mark.atUs) <= width + 6) parts.push(markPart(mark, x(mark.atUs)));
  parts.push(labels(lane, scale, captureUs));
  if (chosen) parts.push(svg('circle', { cx: within(chosen.atUs), cy: MIDDLE, r: 9, class: 'chosen' }));
  return svg('svg', { width, height: HEIGHT, class: 'track-drawing', 'aria-hidden': 'true' }, parts.flat());
}

/** Sending and receiving are thick, waiting is thin. A triangle marks an error; a ring: no response. */
function barParts(bar: LaneBar, x: (us: number) => number): SVGElement[] {
  const rect = (from: number, to: number, height: number, least: number, kind: string): SVGElement =>
    svg('rect', { x: x(from), y: MIDDLE - height / 2, width: Math.max(least, x(to) - x(from)), height, class: kind });
  const { startUs, sentUs, answeredUs, endUs, status } = bar;
  const parts = [rect(startUs, sentUs, 10, 2, 'send')];
  if (status === null && bar.differs) parts.push(differsFrame(x(startUs), x(sentUs) + 10));
  if (status === null) return [...parts, svg('circle', { cx: x(sentUs) + 5, cy: MIDDLE, r: 3.5, class: 'unanswered' })];
  if (answeredUs > sentUs) parts.push(rect(sentUs, answeredUs, 5, 0, 'wait'));
  parts.push(rect(answeredUs, endUs, 12, 2, 'receive'));
  if (bar.differs) parts.push(differsFrame(x(startUs), x(endUs)));
  if (isBad(bar)) parts.push(svg('path', { d: `M${x(answeredUs)} 0l4 6l-8 0z`, class: 'error' }));
  return parts;
}

/** Around an exchange that is unlike the one it is compared with. */
export const differsFrame = (from: number, to: number): SVGElement =>
  svg('rect', { x: from - 2, y: MIDDLE - 9, width: Math.max(2, to - from) + 4, height: 18, rx: 3, class: 'differs' });

/** The shapes of SYN, FIN and RST. The client's point up, the server's down. */
export function markPart({ kind, from }: Pick<LaneMark, 'kind' | 'from'>, x: number): SVGElement {
  const up = from === 'client' ? -1 : 1;
  if (kind === 'syn') return svg('path', { d: `M${x} 4l0 16M${x} 7l7 5l-7 5z`, class: 'mark-syn' });
  if (kind === 'fin') return svg('path', { d: `M${x - 5} ${MIDDLE}l10 0l-5 ${9 * up}z`, class: 'mark-fin' });
  return svg('path', { d: `M${x - 5} 7l10 10m0 -10l-10 10`, class: 'mark-rst' });
}

/** Something on the lane, and what may stand to its right where there is room, the longest first. */
interface Placed {
  startUs: number;
  endUs: number;
  /** Pixels around it. */
  margin: number;
  labels: string[];
  isBad: boolean;
}

function labels(lane: Lane, scale: Scale, captureUs: number): SVGElement[] {
  const placed = [...lane.bars.map(placedBar), ...lane.marks.map(placedMark)].sort((a, b) => a.startUs - b.startUs);
  const drawn: SVGElement[] = [];
  for (const [place, one] of placed.entries()) {
    const next = placed[place + 1];
    const untilUs = next?.startUs ?? (closeOf(lane) === null ? captureUs : one.endUs);
    const start = xOf(one.endUs, scale) + one.margin;
    const end = Math.min(scale.width, xOf(untilUs, scale) - (next?.margin ?? 0));
    let from = Math.max(0, start) + LABEL_GAP;
    if (end - from < 3 * CHARACTER) continue;
    const idleUs = untilUs - one.endUs;
    const idle = t(next ? 'ladder.gap' : 'timeline.open-for', { length: duration(idleUs) });
    // Where there is no room for both, a pause says more than a status that is no error.
    const isPause = idleUs >= PAUSE_US && !one.isBad && fits(idle, end - from);
    const room = isPause ? end - from - widthOf(idle) - 2 * LABEL_GAP : end - from;
    const label = start < -one.margin ? undefined : one.labels.find((text) => fits(text, room));
    if (label !== undefined) {
      drawn.push(svg('text', { x: from, y: LABEL_Y, class: 'bar-label' }, label));
      from += widthOf(label) + 2 * LABEL_GAP;
    }
    if (fits(idle, end - from)) drawn.push(svg('text', { x: (from + end) / 2, y: LABEL_Y, class: 'idle-label' }, idle));
  }
  return drawn;
}

function placedBar(bar: LaneBar): Placed {
  const { name, status, startUs, endUs } = bar;
  const answer = status === null ? t('ui.no-response') : String(status);
  return { startUs, endUs, margin: status === null ? 10 : 3, labels: [`${name} ${answer}`.trim(), answer], isBad: isBad(bar) };
}

const placedMark = ({ kind, atUs }: LaneMark): Placed => ({
  startUs: atUs,
  endUs: atUs,
  margin: 8,
  labels: kind === 'syn' ? [] : [kind.toUpperCase()],
  isBad: kind === 'rst',
});

/** Wide characters count as two. */
const widthOf = (text: string): number =>
  [...text].reduce((sum, character) => sum + ((character.codePointAt(0) ?? 0) > 0x2e80 ? 2 : 1), 0) * CHARACTER;
const fits = (text: string, room: number): boolean => widthOf(text) <= room;

/** Seconds between two ticks, from a minute on; shorter ones are 1, 2 or 5 of a power of ten. */
const LONG_STEPS = [60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 604_800];
/** Pixels between two ticks. */
const TICK_ROOM = 84;

/** The axis. @param left where the lanes begin, in pixels */
export function axisDrawing(scale: Scale, left: number): SVGElement {
  const { fromUs, toUs, width } = scale;
  const stepUs = stepFor(((toUs - fromUs) * TICK_ROOM) / width);
  const parts: SVGElement[] = [];
  for (let us = Math.ceil(fromUs / stepUs) * stepUs; us <= toUs; us += stepUs) {
    const text = tickText(us, stepUs);
    const at = left + xOf(us, scale);
    const half = widthOf(text) / 2;
    const anchor = at - half < 0 ? 'start' : at + half > left + width + 8 ? 'end' : 'middle';
    parts.push(
      svg('line', { x1: at, x2: at, y1: 18, y2: 24 }),
      svg('text', { x: anchor === 'end' ? left + width + 8 : at, y: 13, 'text-anchor': anchor }, text),
    );
  }
  return svg('svg', { width: left + width + 10, height: 24, class: 'axis-drawing', 'aria-hidden': 'true' }, parts);
}

function stepFor(leastUs: number): number {
  const leastS = leastUs / 1e6;
  if (leastS > 20) return (LONG_STEPS.find((step) => step >= leastS) ?? Math.ceil(leastS / 604_800) * 604_800) * 1e6;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, leastUs)));
  return power * ([1, 2, 5].find((factor) => factor * power >= leastUs) ?? 10);
}

function tickText(us: number, stepUs: number): string {
  if (us === 0) return '0';
  if (stepUs >= 60e6) return `${Math.round(us / 60e6)} min`;
  if (stepUs >= 1e6) return `${Math.round(us / 1e6)} s`;
  // As many decimals as tell two ticks apart, in the unit of the axis.
  return stepUs >= 1e3 ? `${Number((us / 1e6).toFixed(3))} s` : `${Number((us / 1e3).toFixed(3))} ms`;
}
