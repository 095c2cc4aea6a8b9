/** The ladder diagram of one connection. */
import { framesSpan } from '../../phrases/phrases.ts';
import { ARROW_KINDS, EVENT_TYPES, isArrow, type PackedLadder, type PackedPause } from '../page-format.ts';
import { filterWithCopy, h, svg } from './dom.ts';
import { spanLink } from './frames.ts';
import { labelOf, ladderSteps, openFrame, stateName } from './ladder-steps.ts';
import { duration, t } from './language.ts';
import { sentenceText } from './model.ts';

/** In units of the drawing. */
const WIDTH = 900;
const LEFT = 218;
const RIGHT = 690;
const ROW = 30;
const SLANT = 7;
const TOP = 44;

/** Characters of a label that fit between the lifelines, and in the wider box of a pause. */
const LABEL_ROOM = 66;
const PAUSE_ROOM = 76;

/** The drawing of a connection and the same as a list. */
export function ladderFigure(ladder: PackedLadder): HTMLElement {
  const [stream, client, server, midStream, , , [first, last]] = ladder;
  const title = t('ladder.title', { stream, client, server });
  return h(
    'figure',
    { class: 'ladder', id: `connection-${stream}` },
    h(
      'figcaption',
      {},
      h('h3', {}, title),
      h('span', { class: 'frames' }, spanLink([first, last])),
      filterWithCopy(`tcp.stream eq ${stream}`),
    ),
    midStream ? h('p', { class: 'note' }, t('ladder.mid-stream')) : null,
    h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': `${t('ui.ladders')}: ${title}` }, drawing(ladder, title)),
    ladderSteps(ladder),
  );
}

/** Marks the arrow that carries a frame, in the drawing and in the list: the last one that begins at or before it. @param figure a `ladderFigure` */
export function markFrame(figure: HTMLElement, frame: number): void {
  for (const within of figure.querySelectorAll('svg, ol')) {
    const arrows = [...within.querySelectorAll<SVGElement | HTMLElement>('.arrow')];
    for (const arrow of arrows) arrow.classList.remove('sought');
    const sought = arrows.findLast(({ dataset }) => Number(dataset.first) <= frame) ?? arrows[0];
    sought?.classList.add('sought');
  }
}

/** Scrolls to the arrow that is marked; the focus goes to its drawing, or to its step in the list. @param figure is part of the page */
export function scrollToMark(figure: HTMLElement): void {
  const shown = [...figure.querySelectorAll('.sought')].find((one) => one.getClientRects().length > 0);
  (shown ?? figure).scrollIntoView({ block: 'center', inline: 'nearest' });
  const focused = shown instanceof HTMLElement ? shown.querySelector('a') : figure.querySelector<HTMLElement>('.scroll');
  focused?.focus({ preventScroll: true });
}

function drawing([, , , , client0, server0, , events]: PackedLadder, title: string): SVGElement {
  const parts: SVGElement[] = [];
  /** Where each end changes its state. */
  const states = [{ y: TOP - 14, client: client0, server: server0 }];
  let y = TOP;
  let [client, server] = [client0, server0];
  parts.push(text(LEFT, 18, t('client'), 'end-name middle'), text(RIGHT, 18, t('server'), 'end-name middle'));
  parts.push(text(LEFT - 12, TOP - 10, stateName(client), 'state end'), text(RIGHT + 12, TOP - 10, stateName(server), 'state'));
  for (const event of events) {
    if (!isArrow(event)) {
      const height = pauseHeight(event);
      parts.push(pause(event, y, height));
      y += height;
      continue;
    }
    const [from, at, first, last, nextClient, nextServer, kind, odd, words] = event;
    y += ROW;
    const drawn = arrow(from, y, ARROW_KINDS[kind] ?? 'data', odd, labelOf(words));
    drawn.dataset.first = String(first);
    // By mouse; for keys and screen readers the list under the drawing has links.
    drawn.addEventListener('click', () => openFrame(first));
    parts.push(drawn);
    parts.push(text(70, y - 2, duration(at), 'time end'), text(WIDTH - 8, y - 2, framesSpan([first, last]), 'frame end'));
    if (nextClient !== client) parts.push(text(LEFT - 12, y + (from === 0 ? 0 : SLANT), stateName(nextClient), 'state end'));
    if (nextServer !== server) parts.push(text(RIGHT + 12, y + (from === 1 ? 0 : SLANT), stateName(nextServer), 'state'));
    if (nextClient !== client || nextServer !== server) states.push({ y, client: nextClient, server: nextServer });
    [client, server] = [nextClient, nextServer];
  }
  const height = y + 20;
  const lines = states.flatMap((state, place) => {
    const end = states[place + 1]?.y ?? height;
    return [lifeline(LEFT, state.y, end, state.client), lifeline(RIGHT, state.y, end, state.server)];
  });
  return svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': `${title}. ${t('ui.as-text')}: ↓`, class: 'ladder-drawing' },
    lines,
    parts,
  );
}

const lifeline = (x: number, from: number, to: number, state: number): SVGElement =>
  svg('line', { x1: x, x2: x, y1: from, y2: to, class: `lifeline ${phase(stateName(state))}` });

const phase = (state: string): string => (state === 'ESTABLISHED' ? 'up' : state === 'CLOSED' || state === 'LISTEN' ? 'down' : 'between');

function arrow(from: 0 | 1, y: number, kind: (typeof ARROW_KINDS)[number], odd: 0 | 1, label: string): SVGElement {
  const [start, end, direction] = from === 0 ? [LEFT, RIGHT, 1] : [RIGHT, LEFT, -1];
  const tip = end - 2 * direction;
  const foot = y + SLANT;
  const head =
    kind === 'rst'
      ? svg('path', { d: `M${tip - 5} ${foot - 5}l10 10m0 -10l-10 10`, class: 'cross' })
      : svg('path', { d: `M${tip} ${foot}l${-10 * direction} -5.5l0 9.5z`, class: 'head' });
  const line = svg('line', { x1: start + 2 * direction, y1: y, x2: tip - 6 * direction, y2: foot - 0.4 });
  return svg(
    'g',
    { class: `arrow ${kind}${odd ? ' odd' : ''}` },
    svg('rect', { x: LEFT - 4, y: y - 17, width: RIGHT - LEFT + 8, height: 31, rx: 4, class: 'seek' }),
    line,
    head,
    text((LEFT + RIGHT) / 2, y - 2, shorten(label, LABEL_ROOM), 'label middle'),
  );
}

function pauseHeight([type, , lengthUs]: PackedPause): number {
  const name = EVENT_TYPES[type];
  if (name === 'step' || name === 'probes') return ROW;
  // A longer pause is a wider gap, though not in proportion: seconds and minutes must both fit.
  return name === 'gap' || name === 'open' ? 30 + Math.min(46, Math.max(0, Math.log10(lengthUs / 2e5) * 16)) : 36;
}

function pause([type, at, , first, last, words]: PackedPause, top: number, height: number): SVGElement {
  const name = EVENT_TYPES[type] ?? 'gap';
  const label = sentenceText(words);
  if (name === 'step') {
    return svg(
      'g',
      { class: 'step' },
      svg('line', { x1: 84, x2: WIDTH - 8, y1: top + height - 6, y2: top + height - 6 }),
      text((LEFT + RIGHT) / 2, top + height - 11, label, 'label middle'),
    );
  }
  const y = top + 10;
  const band = height - 4;
  const frames =
    first > 0
      ? [text(WIDTH - 8, y + band / 2 + 4, framesSpan([first, last]), 'frame end'), text(70, y + band / 2 + 4, duration(at), 'time end')]
      : [];
  const zigzag = (x: number): SVGElement =>
    svg('path', { d: `M${x} ${y}l-5 ${band * 0.25}l10 ${band * 0.25}l-10 ${band * 0.25}l5 ${band * 0.25}`, class: 'zigzag' });
  return svg(
    'g',
    { class: `pause ${name}` },
    svg('rect', { x: LEFT - 10, y, width: RIGHT - LEFT + 20, height: band, rx: 3 }),
    name === 'probes'
      ? null
      : [
          svg('line', { x1: LEFT, x2: LEFT, y1: y, y2: y + band, class: 'erase' }),
          svg('line', { x1: RIGHT, x2: RIGHT, y1: y, y2: y + band, class: 'erase' }),
          zigzag(LEFT),
          zigzag(RIGHT),
        ],
    text((LEFT + RIGHT) / 2, y + band / 2 + 4, shorten(label, PAUSE_ROOM), 'label middle'),
    frames,
  );
}

const text = (x: number, y: number, content: string, classes: string): SVGElement => svg('text', { x, y, class: classes }, content);

/**
 * A label cut to so many characters, wide ones counting as two; the list under the drawing has all of it. Not as exact as
 * `textWidth` of the terminal: that needs `Intl.Segmenter`, which Firefox lacks before version 125.
 */
function shorten(label: string, room: number): string {
  let width = 0;
  for (const [place, character] of [...label].entries()) {
    width += (character.codePointAt(0) ?? 0) > 0x2e80 ? 2 : 1;
    if (width > room) return `${[...label].slice(0, place - 1).join('')}…`;
  }
  return label;
}
