/** How long each server keeps an idle connection: what it says beside what the packets show. */
import { h } from './dom.js';
import { duration, t } from './language.js';
import { badges, cellName, cells, index, valueText } from './model.js';

const KINDS = [
  ['used', 'idle.used-s', 'ui.idle-used'],
  ['unused', 'idle.unused-s', 'ui.idle-unused'],
  ['partial', 'idle.partial-head-s', 'ui.idle-partial'],
];
const TICKS = [0.1, 1, 5, 15, 60, 120, 300, 900];
/** Seconds: what is sooner is drawn as at once. */
const SHORTEST = 0.05;

const numberOf = (/** @type {string} */ id) => index.observations.findIndex((/** @type {any} */ row) => row.id === id);

/** The cell of a server that has the value, the probe's own scenario first. @param {number} server @param {string} id */
function find(server, id) {
  const observation = numberOf(id);
  const all = cells.filter((cell) => cell.server === server && cell.byObservation.has(observation));
  const cell =
    all.find((one) => id.startsWith(`${index.scenarios[one.scenario].id.replace('-', '.')}-`)) ??
    all.find((one) => index.clients[one.client].id === 'probe') ??
    all[0];
  return cell ? { cell, value: /** @type {any} */ (cell.byObservation.get(observation)) } : null;
}

export function idleView() {
  const rows = index.servers.flatMap((/** @type {any} */ row, /** @type {number} */ server) => {
    const bars = KINDS.map(([kind, id, label]) => ({ kind, label, found: find(server, /** @type {string} */ (id)) }));
    return bars.some(({ found }) => found) ? [{ row, server, bars, said: find(server, 'keepalive.advertised-s') }] : [];
  });
  if (rows.length === 0) return [h('h1', {}, t('ui.idle-title')), h('p', { class: 'empty' }, t('ui.idle-none'))];
  const numbers = rows
    .flatMap((/** @type {any} */ one) => [one.said?.value[1], ...one.bars.flatMap(({ found }) => [found?.value[1], found?.value[3]])])
    .filter((value) => typeof value === 'number');
  const longest = Math.max(10, ...numbers) * 1.25;
  const place = (/** @type {number} */ s) => (s <= SHORTEST ? 0 : (Math.log(s / SHORTEST) / Math.log(longest / SHORTEST)) * 100);
  const axis = h(
    'span',
    { class: 'axis' },
    TICKS.filter((tick) => tick <= longest).map((tick) => h('span', { style: { left: `${place(tick)}%` } }, duration(tick * 1e6))),
  );
  return [
    h('h1', {}, t('ui.idle-title')),
    h('p', { class: 'intro' }, t('ui.idle-intro')),
    h(
      'p',
      { class: 'legend' },
      KINDS.map(([kind, , label]) => h('span', {}, h('span', { class: `bar-key ${kind}` }), ' ', t(/** @type {string} */ (label)))),
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
          rows.map((/** @type {any} */ one) => chartRow(one, place)),
        ),
      ),
    ),
  ];
}

/** @param {any} one @param {(s: number) => number} place */
function chartRow({ row, bars, said }, place) {
  const advertised = typeof said?.value[1] === 'number' ? said.value[1] : null;
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
      bars.map((/** @type {any} */ bar) => chartBar(bar, advertised, place)),
    ),
  );
}

/** @param {any} bar @param {number | null} advertised @param {(s: number) => number} place */
function chartBar({ kind, label, found }, advertised, place) {
  if (!found) return null;
  const [, value, , windowS] = found.value;
  const open = value === null;
  const length = open ? (windowS ?? 0) : value;
  const text = !open && length <= SHORTEST ? t('ui.at-once') : valueText(found.value, 's');
  const end = place(length);
  return h(
    'a',
    { class: `track ${kind}`, href: `#${cellName(found.cell)}` },
    h('span', { class: `bar ${kind}${open ? ' open' : ''}`, style: { left: '0', width: `max(3px, ${end}%)` } }),
    kind === 'used' && advertised !== null
      ? h('span', { class: 'said', style: { left: `${place(advertised)}%` }, title: `${t('ui.advertised')} ${duration(advertised * 1e6)}` })
      : null,
    h(
      'span',
      {
        class: end > 72 ? 'bar-text inside' : 'bar-text',
        style: end > 72 ? { right: `${100 - end + 1}%` } : { left: `calc(${end}% + 8px)` },
      },
      h('span', { class: 'visually-hidden' }, `${t(label)}: `),
      text,
      open ? ' →' : '',
    ),
  );
}
