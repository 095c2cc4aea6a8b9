/** How long each server keeps an idle connection: what it advertises beside what the packets show. */
import type { ServerRow } from '../../../compare/run-result.ts';
import type { ObservedValue } from '../../../model.ts';
import type { PageFront } from '../page-format.ts';
import { h, type Option, select } from './dom.ts';
import { cellFrameAddress } from './frames.ts';
import { duration, joined, said, t } from './language.ts';
import { badges, type Cell, cellId, cells, clientAt, index, placesOf, scenarioAt, serverAt, valueText } from './model.ts';

const KINDS = [
  { kind: 'used', observation: 'idle.used-s', label: 'ui.idle-used' },
  { kind: 'unused', observation: 'idle.unused-s', label: 'ui.idle-unused' },
  { kind: 'partial', observation: 'idle.partial-head-s', label: 'ui.idle-partial' },
] as const;

/** Seconds: as many as stand beside each other on a phone. */
const TICKS = [0.1, 1, 10, 60, 600, 3_600];
/** Seconds: the left end of the logarithmic scale. A shorter time is said to be "at once". */
const SHORTEST = 0.05;
/** The scale covers at least this many seconds. */
const SCALE_TO = 10;

interface Found {
  cell: Cell;
  value: ObservedValue;
}

type Bar = (typeof KINDS)[number] & { found: Found | null };

interface ChartRow {
  /** Its place in the index. */
  server: number;
  row: ServerRow;
  bars: Bar[];
  /** Seconds of the `Keep-Alive` header, where there is one. */
  advertised: number | null;
}

/** From seconds to percent of the scale. */
type Scale = (s: number) => number;

/** The value of an observation of a server: the one of its own scenario first, then the probe's. */
function find(server: number, id: string): Found | null {
  const observation = index.observations.findIndex((row) => row.id === id);
  const all = cells.filter((cell) => cell.server === server && cell.values.has(observation));
  const cell =
    all.find((one) => id.startsWith(`${scenarioAt(one.scenario).id.replace('-', '.')}-`)) ??
    all.find((one) => clientAt(one.client).id === 'probe') ??
    all[0];
  const value = cell?.values.get(observation);
  return cell && value ? { cell, value } : null;
}

const numberOr = <Else>(value: unknown, otherwise: Else): number | Else => (typeof value === 'number' ? value : otherwise);

/** The view `#/idle`, and `#/idle/aws-alb` behind a load balancer or proxy. */
export function idleView([id = '']: readonly string[] = []): HTMLElement[] {
  const rows = placesOf(index.servers).flatMap((server): ChartRow[] => {
    const bars = KINDS.map((one): Bar => ({ ...one, found: find(server, one.observation) }));
    if (bars.every(({ found }) => found === null)) return [];
    const advertised = numberOr(find(server, 'keepalive.advertised-s')?.value.value, null);
    return [{ server, row: serverAt(server), bars, advertised }];
  });
  if (rows.length === 0) return [h('h1', {}, t('ui.idle-title')), h('p', { class: 'empty' }, t('ui.idle-none'))];
  const front = index.fronts.find((one) => one.id === id) ?? null;
  const values = rows.flatMap(({ bars, advertised }) => [
    advertised,
    ...bars.flatMap(({ found }) => [found?.value.value, found?.value.windowS]),
  ]);
  const times = [...values, ...index.fronts.map(({ idleS }) => idleS)];
  const longest = Math.max(SCALE_TO, ...times.map((value) => numberOr(value, 0))) * 1.25;
  const scale: Scale = (s) => (s <= SHORTEST ? 0 : (Math.log(s / SHORTEST) / Math.log(longest / SHORTEST)) * 100);
  const ticks = TICKS.filter((tick) => tick <= longest);
  const chart: Chart = { scale, ticks, front };
  const heads = (['ui.server', 'ui.value'] as const).map((key) => h('th', { scope: 'col' }, t(key)));
  const axis = h(
    'span',
    { class: 'idle-track axis' },
    ticks.map((tick) => h('span', { class: 'tick', style: { left: `${scale(tick)}%` } }, tickText(tick))),
  );
  return [
    h('h1', {}, t('ui.idle-title')),
    h('p', { class: 'intro' }, joined([t('ui.idle-intro'), t('idle.scale')])),
    ...frontChooser(front),
    h(
      'p',
      { class: 'legend' },
      KINDS.map(({ kind, label }) => h('span', {}, h('span', { class: `bar-key ${kind}` }), ' ', t(label))),
      h('span', {}, h('span', { class: 'said-key' }), ' ', t('ui.advertised')),
      index.fronts.length > 0 ? h('span', {}, h('span', { class: 'front-key' }), ' ', t('idle.front-lines')) : null,
    ),
    h(
      'table',
      { class: 'plain idle' },
      h('caption', { class: 'visually-hidden' }, t('ui.idle-title')),
      h('thead', {}, h('tr', {}, heads, h('th', { scope: 'col' }, h('span', { class: 'visually-hidden' }, t('idle.chart')), axis))),
      rows.map((one) => serverRows(one, chart)),
    ),
    ...documents(),
  ];
}

/** What all bars are drawn with. */
interface Chart {
  scale: Scale;
  ticks: readonly number[];
  /** The one that the reader chose. */
  front: PageFront | null;
}

const tickText = (s: number): string => {
  if (s >= 3_600 && s % 3_600 === 0) return `${s / 3_600} h`;
  return s >= 60 && s % 60 === 0 ? `${s / 60} min` : `${s} s`;
};

const frontTime = ({ idleS }: PageFront): string => (idleS === null ? t('idle.no-limit') : tickText(idleS));

/** The box that puts a load balancer or proxy in front of all servers, and what that means. */
function frontChooser(front: PageFront | null): HTMLElement[] {
  if (index.fronts.length === 0) return [];
  const options = index.fronts.map((one): Option => [one.id, `${one.title} (${frontTime(one)})`]);
  const choose = (id: string): void => {
    location.hash = id === '' ? '/idle' : `/idle/${id}`;
  };
  const counts = (['races', 'safe', 'unknown'] as const).map((predicted) => {
    const n = front?.predictions.filter((one) => one?.[0] === predicted).length ?? 0;
    return `${t(`idle.${predicted}`)}${t('ui.colon')}${n}`;
  });
  return [
    h('div', { class: 'controls' }, select(t('idle.behind'), [['', t('idle.nothing')], ...options], front?.id ?? '', choose, 'front')),
    front === null
      ? h('p', { class: 'note' }, t('idle.choose'))
      : h(
          'p',
          { class: 'front-said', role: 'status' },
          t('idle.rule', { front: front.title, time: frontTime(front) }),
          ' ',
          counts.join(' · '),
        ),
  ];
}

/** A row for the server, then one for each of its times. */
function serverRows({ server, row, bars, advertised }: ChartRow, chart: Chart): HTMLElement {
  const prediction = chart.front?.predictions[server] ?? null;
  return h(
    'tbody',
    {},
    h(
      'tr',
      { class: 'idle-server' },
      h('th', { scope: 'rowgroup', colspan: 2 }, row.title, ' ', badges(row)),
      h(
        'td',
        {},
        h(
          'span',
          { class: 'dim' },
          advertised === null ? t('ui.nothing-advertised') : `${t('ui.advertised')} ${duration(advertised * 1e6)}`,
        ),
        prediction ? h('span', { class: `prediction ${prediction[0]}` }, predictionText(prediction)) : null,
      ),
    ),
    bars.map((bar) => barRow(bar, advertised, chart)),
  );
}

function predictionText([predicted, because, marginS]: NonNullable<PageFront['predictions'][number]>): string {
  const said = t(`idle.${predicted}`);
  const why =
    because === 'timers' && marginS !== null
      ? t(marginS < 0 ? 'idle.server-first' : 'idle.proxy-first', { time: duration(Math.abs(marginS) * 1e6) })
      : t(`idle.because-${because}`);
  return `${said}${t('ui.colon')}${why}`;
}

function barRow({ kind, label, found }: Bar, advertised: number | null, { scale, ticks, front }: Chart): HTMLElement | null {
  if (!found) return null;
  const { value, cell } = found;
  const open = value.value === null;
  const length = numberOr(open ? value.windowS : value.value, 0);
  const text = !open && length <= SHORTEST ? t('ui.at-once') : valueText(value, 's', true);
  const last = value.frames.findLast((frame) => frame > 0);
  const line = (s: number, name: string, what: string): HTMLElement =>
    h('span', { class: name, title: what, style: { left: `${scale(s)}%` } });
  const times = new Set(index.fronts.flatMap(({ idleS }) => (idleS === null || idleS === 0 ? [] : [idleS])));
  return h(
    'tr',
    { class: 'idle-bar' },
    h('th', { scope: 'row' }, t(label)),
    h(
      'td',
      { class: 'number' },
      h('a', { href: last === undefined ? `#${cellId(cell)}` : cellFrameAddress(cellId(cell), last) }, text, open ? ' →' : ''),
    ),
    h(
      'td',
      {},
      h(
        'span',
        { class: 'idle-track', 'aria-hidden': 'true' },
        ticks.map((tick) => line(tick, 'tick', '')),
        [...times].map((s) => line(s, front?.idleS === s ? 'front chosen' : 'front', namesAt(s))),
        h('span', { class: `bar ${kind}${open ? ' open' : ''}`, style: { width: `max(3px, ${scale(length)}%)` } }),
        kind === 'used' && advertised !== null ? line(advertised, 'said', `${t('ui.advertised')} ${duration(advertised * 1e6)}`) : null,
      ),
    ),
  );
}

/** The load balancers and proxies with that time. */
const namesAt = (s: number): string =>
  `${tickText(s)}: ${index.fronts
    .filter(({ idleS }) => idleS === s)
    .map(({ title }) => title)
    .join(t('ui.list'))}`;

/** Where the time-outs of load balancers and proxies are documented. */
function documents(): HTMLElement[] {
  if (index.fronts.length === 0) return [];
  const sorted = [...index.fronts].sort((a, b) => (a.idleS ?? Number.POSITIVE_INFINITY) - (b.idleS ?? Number.POSITIVE_INFINITY));
  const rows = sorted.map((front) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, h('a', { href: `#/idle/${front.id}` }, front.title)),
      h('td', { class: 'number' }, frontTime(front)),
      h(
        'td',
        {},
        front.url === null ? null : h('a', { href: front.url, rel: 'noreferrer noopener' }, new URL(front.url).host),
        ` ${t('idle.read', { date: front.read })}`,
        front.note === null ? null : h('span', { class: 'why' }, said(front.note)),
      ),
    ),
  );
  const heads = [t('idle.front'), t('idle.keeps'), t('idle.source')].map((text) => h('th', { scope: 'col' }, text));
  return [
    h('h2', {}, t('idle.documents')),
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('idle.documents') },
      h('table', { class: 'plain' }, h('thead', {}, h('tr', {}, heads)), h('tbody', {}, rows)),
    ),
  ];
}
