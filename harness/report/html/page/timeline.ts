/**
 * Connections over time, a lane each, grouped by server. Only the lanes in view are in the document, so that a thousand of them cost no more
 * than thirty.
 */
import { announce, h, svg } from './dom.ts';
import { type Lane, type LaneEvent, laneLabel, laneSummary } from './lanes.ts';
import { duration, t } from './language.ts';
import { axisDrawing, differsFrame, laneTrack, markPart, type Scale, xOf } from './timeline-track.ts';

/** Pixels: the label of a lane, which stands beside the lane from a width on and above it on a phone, and the rows. */
interface Sizes {
  label: number;
  lane: number;
  server: number;
}
/** `long`: with IPv6 addresses that need a second line on a phone. */
const BESIDE = { short: { label: 330, lane: 42, server: 34 }, long: { label: 400, lane: 42, server: 34 } } as const;
const ABOVE = { short: { label: 0, lane: 70, server: 34 }, long: { label: 0, lane: 100, server: 74 } } as const;
const BESIDE_FROM_WIDTH = 820;
/** Characters of an address and port. */
const LONG_FROM = 34;
const SIDE = 12;
/** Lanes that are drawn above and below those in view. */
const MORE_LANES = 4;
/** Microseconds that fill the width at the closest. */
const CLOSEST_US = 50;
const ZOOM = 2;
const LANES_OF_A_PAGE = 10;
/** Of its length, on both sides of a connection that fills the width. */
const FIT_MARGIN = 0.05;

type Row = { top: number; height: number } & ({ lane: Lane; place: number } | { server: string; count: number });

/** Where the reader was, by the capture or cell that the timeline is of. */
interface Place {
  fromUs: number;
  toUs: number;
  /** Place of the chosen lane; its chosen event, −1: none. */
  lane: number;
  event: number;
  scrollTop: number;
}
const places = new Map<string, Place>();

/**
 * @param id of the capture or cell: the reader returns to where they were
 * @param show leads to a frame of a lane; 0: to none
 * @param firstUs what is shown at first ends here
 */
export function timeline(
  id: string,
  lanes: readonly Lane[],
  captureUs: number,
  show: (lane: Lane, frame: number) => void,
  firstUs = captureUs,
): HTMLElement {
  const byServer = grouped(lanes);
  const ordered = [...byServer.values()].flat();
  const wholeUs = {
    from: Math.min(0, ...ordered.map(({ startUs }) => startUs)),
    to: Math.max(captureUs, CLOSEST_US, ...ordered.map(({ endUs }) => endUs)),
  };
  const place: Place = places.get(id) ?? { fromUs: wholeUs.from, toUs: Math.max(firstUs, CLOSEST_US), lane: 0, event: -1, scrollTop: 0 };
  places.set(id, place);
  const axis = h('div', { class: 'timeline-axis', onwheel: (event: WheelEvent) => wheel(event, true) });
  const body = h('div', { class: 'timeline-body', role: 'presentation' });
  const said = h('p', { class: 'timeline-said' }, t('timeline.hint'));
  const box = h(
    'div',
    {
      class: 'timeline-lanes',
      role: 'listbox',
      tabindex: '0',
      'aria-label': t('ui.timeline'),
      onscroll: () => {
        place.scrollTop = box.scrollTop;
        renderSoon();
      },
      onwheel: (event: WheelEvent) => wheel(event, false),
      onclick: (event: MouseEvent) => click(event),
      onpointermove: (event: PointerEvent) => hover(event),
      onkeydown: (event: KeyboardEvent) => key(event),
    },
    body,
  );
  const isLong = ordered.some(({ client, server }) => Math.max(client.length, server.length) >= LONG_FROM);
  let rows: Row[] = [];
  let left = 0;
  let isPending = false;
  let isPlaced = false;
  const scale = (): Scale => ({ fromUs: place.fromUs, toUs: place.toUs, width: Math.max(50, box.clientWidth - left - 2 * SIDE) });
  const chosenEvent = (): LaneEvent | null => ordered[place.lane]?.events[place.event] ?? null;

  function render(): void {
    isPending = false;
    if (box.clientWidth === 0) return;
    const sizes: Sizes = (box.clientWidth >= BESIDE_FROM_WIDTH ? BESIDE : ABOVE)[isLong ? 'long' : 'short'];
    left = sizes.label;
    rows = rowsOf(byServer, sizes);
    const last = rows.at(-1);
    body.style.height = `${last ? last.top + last.height : 0}px`;
    if (!isPlaced) {
      isPlaced = true;
      box.scrollTop = place.scrollTop;
    }
    const more = MORE_LANES * sizes.lane;
    const [top, bottom] = [box.scrollTop - more, box.scrollTop + box.clientHeight + more];
    const now = scale();
    body.replaceChildren(
      ...rows
        .filter((row) => row.top + row.height > top && row.top < bottom)
        .map((row) => ('lane' in row ? laneRow(row, now) : serverRow(row))),
    );
    axis.replaceChildren(axisDrawing(now, left + SIDE));
    box.setAttribute('aria-activedescendant', rowId(place.lane));
  }

  function renderSoon(): void {
    if (isPending) return;
    isPending = true;
    requestAnimationFrame(render);
  }

  const rowId = (at: number): string => `lane-${id}-${at}`;

  function laneRow({ lane, place: at, top, height }: Extract<Row, { lane: Lane }>, now: Scale): HTMLElement {
    const isChosen = at === place.lane;
    return h(
      'div',
      {
        class: isChosen ? 'lane chosen-lane' : 'lane',
        id: rowId(at),
        role: 'option',
        'aria-selected': String(isChosen),
        'aria-setsize': ordered.length,
        'aria-posinset': at + 1,
        'data-place': at,
        style: { top: `${top}px`, height: `${height}px` },
      },
      h(
        'div',
        { class: left > 0 ? 'lane-label' : 'lane-label above', style: { width: left > 0 ? `${left}px` : '100%' } },
        h(
          'span',
          { class: 'lane-client' },
          h('b', {}, `#${lane.stream}`),
          ` ${lane.client}`,
          h('span', { class: 'visually-hidden' }, ` → ${lane.server} `),
        ),
        h('span', { class: 'lane-summary' }, laneSummary(lane)),
      ),
      laneTrack(lane, now, wholeUs.to, isChosen ? chosenEvent() : null),
    );
  }

  /** The event of the lane under the pointer that is closest to it. */
  function eventAt(event: MouseEvent): { at: number; found: number } | null {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('.lane') : null;
    if (!row) return null;
    const at = Number(row.dataset.place);
    const now = scale();
    const x = event.clientX - box.getBoundingClientRect().left - left - SIDE;
    const distances = (ordered[at]?.events ?? []).map(({ atUs }) => Math.abs(xOf(atUs, now) - x));
    return { at, found: x < -SIDE ? 0 : distances.indexOf(Math.min(...distances)) };
  }

  function open(at: number, found: number): void {
    const lane = ordered[at];
    if (!lane) return;
    Object.assign(place, { lane: at, event: found });
    show(lane, lane.events[found]?.frame ?? 0);
  }

  function click(event: MouseEvent): void {
    const under = eventAt(event);
    if (under) open(under.at, under.found);
  }

  function hover(event: PointerEvent): void {
    const under = event.pointerType === 'mouse' ? eventAt(event) : null;
    const lane = under && ordered[under.at];
    if (lane) said.textContent = `#${lane.stream} · ${lane.events[under.found]?.text() ?? laneSummary(lane)}`;
  }

  function key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, () => void> = {
      ArrowDown: () => moveLane(1),
      ArrowUp: () => moveLane(-1),
      PageDown: () => moveLane(LANES_OF_A_PAGE),
      PageUp: () => moveLane(-LANES_OF_A_PAGE),
      Home: () => moveLane(Number.NEGATIVE_INFINITY),
      End: () => moveLane(Number.POSITIVE_INFINITY),
      ArrowRight: () => moveEvent(1),
      ArrowLeft: () => moveEvent(-1),
      Enter: () => open(place.lane, Math.max(0, place.event)),
      ' ': () => open(place.lane, Math.max(0, place.event)),
      '+': () => zoom(1 / ZOOM),
      '=': () => zoom(1 / ZOOM),
      '-': () => zoom(ZOOM),
      '0': whole,
      f: fit,
      r: fitRequests,
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  }

  function moveLane(by: number): void {
    place.lane = Math.max(0, Math.min(ordered.length - 1, place.lane + by));
    place.event = -1;
    const row = rows.find((one) => 'lane' in one && one.place === place.lane);
    if (row && row.top < box.scrollTop) box.scrollTop = row.top - row.height;
    if (row && row.top + row.height > box.scrollTop + box.clientHeight) box.scrollTop = row.top + row.height - box.clientHeight;
    const lane = ordered[place.lane];
    if (lane) said.textContent = laneLabel(lane);
    render();
  }

  function moveEvent(by: number): void {
    const lane = ordered[place.lane];
    if (!lane) return;
    place.event = Math.max(0, Math.min(lane.events.length - 1, place.event + by));
    const event = lane.events[place.event];
    if (!event) return;
    if (event.atUs < place.fromUs || event.atUs > place.toUs)
      lookAt(event.atUs - (place.toUs - place.fromUs) / 2, place.toUs - place.fromUs);
    said.textContent = `#${lane.stream} · ${event.text()}`;
    announce(event.text());
    render();
  }

  /** Shows `lengthUs` from `fromUs` on, as far as the capture goes. */
  function lookAt(fromUs: number, lengthUs: number): void {
    const length = Math.min(wholeUs.to - wholeUs.from, Math.max(CLOSEST_US, lengthUs));
    place.fromUs = Math.max(wholeUs.from, Math.min(wholeUs.to - length, fromUs));
    place.toUs = place.fromUs + length;
    renderSoon();
  }

  /** @param aroundUs what stays where it is; without it the chosen event, or the middle */
  function zoom(factor: number, aroundUs = chosenEvent()?.atUs ?? (place.fromUs + place.toUs) / 2): void {
    const around = Math.max(place.fromUs, Math.min(place.toUs, aroundUs));
    lookAt(around - (around - place.fromUs) * factor, (place.toUs - place.fromUs) * factor);
    tellRange();
  }

  const pan = (part: number): void => {
    lookAt(place.fromUs + (place.toUs - place.fromUs) * part, place.toUs - place.fromUs);
    tellRange();
  };
  const whole = (): void => {
    lookAt(wholeUs.from, wholeUs.to - wholeUs.from);
    tellRange();
  };
  const fit = (): void => {
    const lane = ordered[place.lane];
    if (!lane) return;
    const margin = (lane.endUs - lane.startUs) * FIT_MARGIN;
    lookAt(lane.startUs - margin, lane.endUs - lane.startUs + 2 * margin);
    tellRange();
  };
  /** From the first request to the last response, without the idle time before and after. */
  const fitRequests = (): void => {
    const bars = ordered.flatMap((lane) => lane.bars);
    if (bars.length === 0) return;
    const [from, to] = [Math.min(...bars.map(({ startUs }) => startUs)), Math.max(...bars.map(({ endUs }) => endUs))];
    const margin = (to - from) * FIT_MARGIN;
    lookAt(from - margin, to - from + 2 * margin);
    tellRange();
  };
  const tellRange = (): void => {
    range.textContent = t('timeline.range', { from: duration(place.fromUs), to: duration(place.toUs) });
  };

  function wheel(event: WheelEvent, onAxis: boolean): void {
    const across = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
    if (onAxis || event.ctrlKey || event.metaKey) {
      const x = event.clientX - box.getBoundingClientRect().left - left - SIDE;
      zoom(1.0015 ** event.deltaY, place.fromUs + (x / scale().width) * (place.toUs - place.fromUs));
    } else if (event.shiftKey || Math.abs(across) > Math.abs(event.deltaY)) pan(across / scale().width);
    else return;
    event.preventDefault();
  }

  const range = h('span', { class: 'timeline-range' });
  tellRange();
  const button = (text: string, label: string, act: () => void): HTMLElement =>
    h('button', { type: 'button', 'aria-label': label, title: label, onclick: act }, text);
  new ResizeObserver(renderSoon).observe(box);
  return h(
    'div',
    { class: 'timeline' },
    h(
      'div',
      { class: 'timeline-tools', role: 'group', 'aria-label': t('timeline.tools') },
      button('+', t('timeline.closer'), () => zoom(1 / ZOOM)),
      button('−', t('timeline.wider'), () => zoom(ZOOM)),
      button('◀', t('timeline.earlier'), () => pan(-0.5)),
      button('▶', t('timeline.later'), () => pan(0.5)),
      button(t('timeline.whole'), t('timeline.whole'), whole),
      button(t('timeline.fit'), t('timeline.fit'), fit),
      button(t('timeline.fit-requests'), `${t('timeline.fit-requests')} (r)`, fitRequests),
      range,
    ),
    legend(ordered.some(({ bars, differs }) => differs || bars.some((bar) => bar.differs))),
    h('div', { class: 'timeline-frame' }, axis, box),
    said,
  );
}

function grouped(lanes: readonly Lane[]): Map<string, Lane[]> {
  const groups = new Map<string, Lane[]>();
  for (const lane of lanes) {
    const own = groups.get(lane.server);
    if (own) own.push(lane);
    else groups.set(lane.server, [lane]);
  }
  return groups;
}

function rowsOf(groups: ReadonlyMap<string, readonly Lane[]>, { server: serverHeight, lane: height }: Sizes): Row[] {
  const rows: Row[] = [];
  let top = 0;
  let place = 0;
  for (const [server, lanes] of groups) {
    rows.push({ top, height: serverHeight, server, count: lanes.length });
    top += serverHeight;
    for (const lane of lanes) {
      rows.push({ top, height, lane, place: place++ });
      top += height;
    }
  }
  return rows;
}

/** The options name their server themselves. */
const serverRow = ({ server, count, top, height }: Extract<Row, { server: string }>): HTMLElement =>
  h(
    'div',
    { class: 'lane-server', 'aria-hidden': 'true', style: { top: `${top}px`, height: `${height}px` } },
    h('b', {}, server),
    h('span', { class: 'dim' }, ` ${t('timeline.connections', { n: count })}`),
  );

function legend(compares: boolean): HTMLElement {
  const shape = (part: SVGElement): SVGElement =>
    svg('svg', { width: 16, height: 24, class: 'track-drawing', 'aria-hidden': 'true' }, part);
  const bar = (kind: string): HTMLElement => h('span', { class: `bar-key ${kind}` });
  const item = (key: Element, text: string): HTMLElement => h('span', { class: 'key-item' }, key, text);
  return h(
    'p',
    { class: 'legend' },
    item(shape(markPart({ kind: 'syn', from: 'client' }, 4)), t('arrow.syn')),
    item(bar('send'), t('ui.request')),
    item(bar('wait thin'), t('ui.wait')),
    item(bar('receive'), t('ui.response')),
    item(shape(svg('path', { d: 'M8 7l5 9l-10 0z', class: 'error' })), t('timeline.error')),
    item(shape(svg('circle', { cx: 8, cy: 12, r: 3.5, class: 'unanswered' })), t('ui.no-response')),
    item(shape(markPart({ kind: 'fin', from: 'client' }, 8)), t('timeline.fin-of', { side: t('client') })),
    item(shape(markPart({ kind: 'fin', from: 'server' }, 8)), t('timeline.fin-of', { side: t('server') })),
    item(shape(markPart({ kind: 'rst', from: 'server' }, 8)), 'RST'),
    compares ? item(shape(differsFrame(3, 13)), t('beside.differs')) : null,
    item(shape(svg('line', { x1: 0, x2: 16, y1: 12, y2: 12, class: 'life still-open' })), t('timeline.open')),
  );
}
