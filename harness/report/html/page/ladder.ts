/** The ladder diagram of one connection. */
import { filterWithCopy, h, span, svg } from './dom.js';
import { duration, say, t } from './language.js';
import { strings } from './model.js';

const STATES = [
  'CLOSED',
  'LISTEN',
  'SYN-SENT',
  'SYN-RECEIVED',
  'ESTABLISHED',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'CLOSE-WAIT',
  'CLOSING',
  'LAST-ACK',
  'TIME-WAIT',
];
const KINDS = ['syn', 'syn-ack', 'ack', 'request', 'response', 'data', 'probe', 'fin', 'rst'];
const [GAP, OPEN, STEP, PROBES] = [2, 3, 4, 5];

/** In units of the drawing. */
const WIDTH = 900;
const LEFT = 218;
const RIGHT = 690;
const ROW = 30;
const SLANT = 7;
const TOP = 44;

/** @param {any[]} ladder as harness/report/html/cell-detail.ts packs it */
export function ladderFigure(ladder) {
  const [stream, client, server, midStream, , , frames, events] = ladder;
  const heading = t('ui.ladders');
  const title = t('ladder.title', { stream, client, server });
  return h(
    'figure',
    { class: 'ladder', id: `connection-${stream}` },
    h(
      'figcaption',
      {},
      h('h3', {}, title),
      h('span', { class: 'frames' }, t('ui.frames', { n: frames[2], list: span(frames[0], frames[1]) })),
      filterWithCopy(`tcp.stream eq ${stream}`),
    ),
    midStream ? h('p', { class: 'note' }, t('ladder.mid-stream')) : null,
    h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': `${heading}: ${title}` }, drawing(ladder, title)),
    h(
      'details',
      { class: 'as-text' },
      h('summary', {}, t('ui.as-text')),
      h(
        'ol',
        {},
        events.map((/** @type {any[]} */ event) => h('li', {}, eventText(event))),
      ),
    ),
  );
}

/** @param {any[]} ladder @param {string} title */
function drawing(ladder, title) {
  const [, , , , client0, server0, , events] = ladder;
  const parts = [];
  /** @type {{ y: number, client: number, server: number }[]} */
  const states = [{ y: TOP - 14, client: client0, server: server0 }];
  let y = TOP;
  let [client, server] = [client0, server0];
  parts.push(text(LEFT, 18, t('client'), 'end-name middle'), text(RIGHT, 18, t('server'), 'end-name middle'));
  parts.push(text(LEFT - 12, TOP - 10, STATES[client], 'state end'), text(RIGHT + 12, TOP - 10, STATES[server], 'state'));
  for (const event of events) {
    if (event[0] > 1) {
      const height = otherHeight(event);
      parts.push(otherEvent(event, y, height));
      y += height;
      continue;
    }
    const [from, at, first, last, nextClient, nextServer, kind, odd, words] = event;
    y += ROW;
    parts.push(arrow(from, y, KINDS[kind] ?? 'data', odd, labelOf(words)));
    parts.push(text(70, y - 2, duration(at), 'time end'), text(WIDTH - 8, y - 2, span(first, last), 'frame end'));
    if (nextClient !== client) parts.push(text(LEFT - 12, y + (from === 0 ? 0 : SLANT), STATES[nextClient], 'state end'));
    if (nextServer !== server) parts.push(text(RIGHT + 12, y + (from === 1 ? 0 : SLANT), STATES[nextServer], 'state'));
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

/** @param {number} x @param {number} from @param {number} to @param {number} state */
const lifeline = (x, from, to, state) => svg('line', { x1: x, x2: x, y1: from, y2: to, class: `lifeline ${phase(STATES[state] ?? '')}` });

/** @param {string} state */
const phase = (state) => (state === 'ESTABLISHED' ? 'up' : state === 'CLOSED' || state === 'LISTEN' ? 'down' : 'between');

/** @param {0 | 1} from @param {number} y @param {string} kind @param {0 | 1} odd @param {string} label */
function arrow(from, y, kind, odd, label) {
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
    line,
    head,
    text((LEFT + RIGHT) / 2, y - 2, shorten(label, 66), 'label middle'),
  );
}

/** @param {any[]} event */
function otherHeight([type, , length]) {
  if (type === STEP || type === PROBES) return ROW;
  // A longer pause is a wider gap, though not in proportion: seconds and minutes must both fit.
  return type === GAP || type === OPEN ? 30 + Math.min(46, Math.max(0, Math.log10(length / 2e5) * 16)) : 36;
}

/** @param {any[]} event @param {number} top @param {number} height */
function otherEvent(event, top, height) {
  const [type, at, , first, last, words] = event;
  const label = say(words, strings);
  if (type === STEP) {
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
      ? [text(WIDTH - 8, y + band / 2 + 4, span(first, last), 'frame end'), text(70, y + band / 2 + 4, duration(at), 'time end')]
      : [];
  const zigzag = (/** @type {number} */ x) =>
    svg('path', { d: `M${x} ${y}l-5 ${band * 0.25}l10 ${band * 0.25}l-10 ${band * 0.25}l5 ${band * 0.25}`, class: 'zigzag' });
  const name = ['gap', 'open', '', 'probes', 'left-out'][type - 2];
  return svg(
    'g',
    { class: `pause ${name}` },
    svg('rect', { x: LEFT - 10, y, width: RIGHT - LEFT + 20, height: band, rx: 3 }),
    type === PROBES
      ? null
      : [
          svg('line', { x1: LEFT, x2: LEFT, y1: y, y2: y + band, class: 'erase' }),
          svg('line', { x1: RIGHT, x2: RIGHT, y1: y, y2: y + band, class: 'erase' }),
          zigzag(LEFT),
          zigzag(RIGHT),
        ],
    text((LEFT + RIGHT) / 2, y + band / 2 + 4, shorten(label, 76), 'label middle'),
    frames,
  );
}

/** @param {number} x @param {number} y @param {string | undefined} content @param {string} classes */
const text = (x, y, content, classes) => svg('text', { x, y, class: classes }, content ?? '');

/** @param {any[]} words */
const labelOf = (words) => words.map((word) => say(word, strings)).join(' · ');

/** @param {string} label @param {number} room in characters; what is cut stands in the text below the drawing */
const shorten = (label, room) => {
  let width = 0;
  for (const [place, character] of [...label].entries()) {
    width += (character.codePointAt(0) ?? 0) > 0x2e80 ? 2 : 1;
    if (width > room) return `${[...label].slice(0, place - 1).join('')}…`;
  }
  return label;
};

/** @param {any[]} event */
function eventText(event) {
  if (event[0] > 1) return say(event[5], strings);
  const [from, at, first, last, client, server, , , words] = event;
  const frames = t('ui.frames', { n: last - first + 1, list: span(first, last) });
  return `${duration(at)}: ${t(from === 0 ? 'client' : 'server')} → ${t(from === 0 ? 'server' : 'client')}: ${labelOf(words)} (${frames}; ${STATES[client]} / ${STATES[server]})`;
}
