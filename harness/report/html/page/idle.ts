/** How long each server keeps an idle connection: what it advertises beside what the packets show. */
import type { ServerRow } from '../../../compare/run-result.ts';
import type { ObservedValue } from '../../../model.ts';
import { h } from './dom.ts';
import { duration, t } from './language.ts';
import { badges, type Cell, cellId, cells, clientAt, index, placesOf, scenarioAt, serverAt, valueText } from './model.ts';

const KINDS = [
  { kind: 'used', observation: 'idle.used-s', label: 'ui.idle-used' },
  { kind: 'unused', observation: 'idle.unused-s', label: 'ui.idle-unused' },
  { kind: 'partial', observation: 'idle.partial-head-s', label: 'ui.idle-partial' },
] as const;

/** Seconds. */
const TICKS = [0.1, 1, 5, 15, 60, 120, 300, 900];
/** Seconds: the left end of the logarithmic scale. A shorter time is said to be "at once". */
const SHORTEST = 0.05;
/** The scale covers at least this many seconds. */
const SCALE_TO = 10;
/** Percent: a bar that ends further right has its text inside. */
const TEXT_INSIDE_FROM = 72;

interface Found {
  cell: Cell;
  value: ObservedValue;
}

type Bar = (typeof KINDS)[number] & { found: Found | null };

interface ChartRow {
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

/** The view `#/idle`. */
export function idleView(): HTMLElement[] {
  const rows = placesOf(index.servers).flatMap((server): ChartRow[] => {
    const bars = KINDS.map((one): Bar => ({ ...one, found: find(server, one.observation) }));
    if (bars.every(({ found }) => found === null)) return [];
    return [{ row: serverAt(server), bars, advertised: numberOr(find(server, 'keepalive.advertised-s')?.value.value, null) }];
  });
  if (rows.length === 0) return [h('h1', {}, t('ui.idle-title')), h('p', { class: 'empty' }, t('ui.idle-none'))];
  const values = rows.flatMap(({ bars }) => bars.flatMap(({ found }) => (found ? [found.value.value, found.value.windowS] : [])));
  const longest = Math.max(SCALE_TO, ...[...values, ...rows.map((one) => one.advertised)].map((value) => numberOr(value, 0))) * 1.25;
  const scale: Scale = (s) => (s <= SHORTEST ? 0 : (Math.log(s / SHORTEST) / Math.log(longest / SHORTEST)) * 100);
  const axis = h(
    'span',
    { class: 'axis' },
    TICKS.filter((tick) => tick <= longest).map((tick) => h('span', { style: { left: `${scale(tick)}%` } }, duration(tick * 1e6))),
  );
  return [
    h('h1', {}, t('ui.idle-title')),
    h('p', { class: 'intro' }, t('ui.idle-intro')),
    h(
      'p',
      { class: 'legend' },
      KINDS.map(({ kind, label }) => h('span', {}, h('span', { class: `bar-key ${kind}` }), ' ', t(label))),
      h('span', {}, h('span', { class: 'said-key' }), ' ', t('ui.advertised')),
    ),
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('ui.idle-title') },
      h(
        'table',
        { class: 'plain idle' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, t('ui.server')),
            h('th', { scope: 'col' }, t('ui.advertised')),
            h('th', { scope: 'col', class: 'bars' }, axis),
          ),
        ),
        h(
          'tbody',
          {},
          rows.map((one) => chartRow(one, scale)),
        ),
      ),
    ),
  ];
}

function chartRow({ row, bars, advertised }: ChartRow, scale: Scale): HTMLElement {
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, row.title, ' ', badges(row)),
    h(
      'td',
      { class: 'number' },
      advertised === null ? h('span', { class: 'dim' }, t('ui.nothing-advertised')) : duration(advertised * 1e6),
    ),
    h(
      'td',
      { class: 'bars' },
      bars.map((bar) => chartBar(bar, advertised, scale)),
    ),
  );
}

function chartBar({ kind, label, found }: Bar, advertised: number | null, scale: Scale): HTMLElement | null {
  if (!found) return null;
  const { value } = found;
  const open = value.value === null;
  const length = numberOr(open ? value.windowS : value.value, 0);
  const text = !open && length <= SHORTEST ? t('ui.at-once') : valueText(value, 's');
  const end = scale(length);
  return h(
    'a',
    { class: `track ${kind}`, href: `#${cellId(found.cell)}` },
    h('span', { class: `bar ${kind}${open ? ' open' : ''}`, style: { left: '0', width: `max(3px, ${end}%)` } }),
    kind === 'used' && advertised !== null
      ? h('span', { class: 'said', style: { left: `${scale(advertised)}%` }, title: `${t('ui.advertised')} ${duration(advertised * 1e6)}` })
      : null,
    h(
      'span',
      {
        class: end > TEXT_INSIDE_FROM ? 'bar-text inside' : 'bar-text',
        style: end > TEXT_INSIDE_FROM ? { right: `${100 - end + 1}%` } : { left: `calc(${end}% + 8px)` },
      },
      h('span', { class: 'visually-hidden' }, `${t(label)}: `),
      text,
      open ? ' →' : '',
    ),
  );
}
