/** One cell, opened: the story, the ladders, the waterfall, the heads, the values. */
import { displayFilter, filterWithCopy, framesText, h, select } from './dom.js';
import { headsSection } from './heads.js';
import { judgementText } from './inspector.js';
import { ladderFigure } from './ladder.js';
import { say, t } from './language.js';
import { comparison, reasonOf, view } from './matrix.js';
import {
  badges,
  cellName,
  cells,
  detailOf,
  index,
  joined,
  judgementOf,
  observationTitle,
  scenarioTitle,
  strings,
  valueText,
} from './model.js';
import { waterfall } from './waterfall.js';

/** @typedef {import('./model.js').Cell} Cell */

/** @param {Cell} cell */
export function cellView(cell) {
  const server = index.servers[cell.server];
  const client = index.clients[cell.client];
  const head = [
    navigation(cell),
    h(
      'h1',
      { id: 'cell-title', tabindex: '-1' },
      server.title,
      h('span', { class: 'dim' }, ' · '),
      client.title,
      h('span', { class: 'dim' }, ' · '),
      scenarioTitle(cell.scenario),
    ),
    h('p', { class: 'provenance' }, badges(server), ' ', server.version ?? '', ' · ', badges(client), ' ', client.version ?? ''),
  ];
  if (cell.state !== 'observed') {
    return [
      ...head,
      h('p', { class: `outcome ${cell.state}` }, `${t(`ui.${cell.state}`)}: ${cell.reason ?? ''}`),
      cell.remedy ? h('p', {}, t('ui.remedy', { command: '' }), h('code', {}, cell.remedy)) : null,
    ];
  }
  const detail = detailOf(cell);
  const drawn = detail.ladders.length;
  return [
    ...head,
    h(
      'p',
      { class: 'files' },
      cell.capture && h('a', { href: cell.capture, download: true }, t('ui.capture')),
      cell.har && h('a', { href: cell.har, download: true }, t('ui.har')),
      h('code', {}, cellName(cell)),
    ),
    section(
      'happened',
      h('ul', { class: 'story' }, detail.story.map(sentence)),
      cell.notes.length > 0
        ? h(
            'ul',
            { class: 'notes', lang: 'en' },
            cell.notes.map((note) => h('li', {}, note)),
          )
        : null,
    ),
    detail.exchanges.length > 0 ? section('waterfall', waterfall(detail), more(detail, cell)) : null,
    section(
      'ladders',
      drawn === 0 ? h('p', { class: 'note' }, t('ui.no-detail')) : detail.ladders.map(ladderFigure),
      drawn > 0 && detail.connections > drawn
        ? h('p', { class: 'note' }, t('ui.more-connections', { n: detail.connections - drawn }))
        : null,
    ),
    detail.exchanges.length > 0 ? section('messages', headsSection(cell, detail), more(detail, cell)) : null,
    section('values', valueTable(cell)),
  ];
}

/** @param {any} detail @param {Cell} cell */
const more = (detail, cell) =>
  cell.exchangeCount > detail.exchanges.length
    ? h('p', { class: 'note' }, t('ui.more-exchanges', { shown: detail.exchanges.length, all: cell.exchangeCount }))
    : null;

/** @param {string} name @param {...any} children */
const section = (name, ...children) =>
  h('section', { class: `part ${name}`, 'aria-labelledby': `part-${name}` }, h('h2', { id: `part-${name}` }, t(`ui.${name}`)), ...children);

/** @param {[0 | 1, any[], number[]]} packed */
function sentence([note, phrases, frames]) {
  const text = joined(phrases.map((phrase) => say(phrase, strings)));
  return h(
    'li',
    { class: note ? 'note' : null },
    note ? h('span', { class: 'mark', 'aria-hidden': 'true' }, '! ') : null,
    text,
    ' ',
    frames.length > 0 ? h('span', { class: 'frames' }, framesText(frames)) : null,
  );
}

/** @param {Cell} cell */
function navigation(cell) {
  const same = cells
    .filter((other) => other.client === cell.client && other.scenario === cell.scenario)
    .sort((a, b) => a.server - b.server);
  const place = same.indexOf(cell);
  const link = (/** @type {Cell | undefined} */ to, /** @type {string} */ text, /** @type {string} */ mark) =>
    to
      ? h(
          'a',
          { href: `#${cellName(to)}`, title: index.servers[to.server].title },
          mark,
          h('span', { class: 'visually-hidden' }, `${text}: ${index.servers[to.server].title}`),
        )
      : null;
  const go = (/** @type {string} */ id) => {
    location.hash = id;
  };
  const options = (/** @type {Cell[]} */ list, /** @type {(cell: Cell) => string} */ text) =>
    list.map((other) => /** @type {[string, string]} */ ([cellName(other), text(other)]));
  const ofServer = cells.filter((other) => other.server === cell.server && other.client === cell.client);
  const ofClient = cells.filter(
    (other) =>
      other.server === cell.server &&
      (other.scenario === cell.scenario ||
        !cells.some((one) => one.server === cell.server && one.client === other.client && one.scenario === cell.scenario)),
  );
  const clients = [...new Map(ofClient.map((other) => [other.client, other])).values()];
  return h(
    'nav',
    { class: 'cell-nav', 'aria-label': t('ui.cells') },
    h('a', { href: `#/matrix/${index.clients[cell.client].id}/${index.scenarios[cell.scenario].id}` }, `← ${t('ui.back')}`),
    h(
      'span',
      { class: 'controls' },
      link(same[place - 1], t('ui.previous'), '‹'),
      select(
        t('ui.server'),
        options(same, (other) => index.servers[other.server].title),
        cellName(cell),
        go,
        'cell-server',
      ),
      link(same[place + 1], t('ui.next'), '›'),
      select(
        t('ui.client'),
        options(clients, (other) => index.clients[other.client].title),
        cellName(clients.find((other) => other.client === cell.client) ?? cell),
        go,
        'cell-client',
      ),
      select(
        t('ui.scenario'),
        options(ofServer, (other) => scenarioTitle(other.scenario)),
        cellName(cell),
        go,
        'cell-scenario',
      ),
    ),
  );
}

/** @param {Cell} cell */
function valueTable(cell) {
  const rows = index.servers.map(
    (/** @type {any} */ _row, /** @type {number} */ server) =>
      cells.find((other) => other.server === server && other.client === cell.client && other.scenario === cell.scenario) ?? null,
  );
  const compared = comparison(rows);
  const lines = [...cell.values]
    .sort((a, b) => a[0] - b[0])
    .map((value) => {
      const row = index.observations[value[0]];
      const one = compared[value[0]];
      const differs = one.kinds[cell.server] !== 'equal';
      const judgement = judgementOf(value);
      return h(
        'tr',
        { class: differs ? 'differs' : null },
        h('th', { scope: 'row', title: row.definition }, observationTitle(value[0]), h('code', {}, row.id)),
        h(
          'td',
          { class: 'shown' },
          differs ? h('span', { class: 'mark', 'aria-hidden': 'true' }, '≠ ') : null,
          valueText(value, row.unit),
          differs ? h('span', { class: 'why' }, reasonOf(one, cell)) : null,
          value[5] ? h('span', { class: 'why', lang: 'en' }, value[5]) : null,
        ),
        h(
          'td',
          {},
          judgement
            ? [
                h('span', { class: `judgement ${judgement.verdict}` }, judgementText(judgement)),
                h('span', { class: 'why', lang: 'en' }, judgement.because),
              ]
            : null,
        ),
        h(
          'td',
          { class: 'frames' },
          value[2].length > 0 ? [framesText(value[2]), filterWithCopy(displayFilter(value[2]))] : t('ui.no-frames'),
        ),
      );
    });
  const heads = [t('ui.observation-title'), t('ui.value'), 'RFC', t('explain.filter')].map((text) => h('th', { scope: 'col' }, text));
  const against = view.baseline < 0 ? t('ui.majority') : index.servers[view.baseline].title;
  return [
    h('p', { class: 'note' }, `${t('ui.baseline')}: ${against}`),
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('ui.values') },
      h('table', { class: 'plain values' }, h('thead', {}, h('tr', {}, heads)), h('tbody', {}, lines)),
    ),
    cell.sha256 ? h('p', { class: 'sha' }, `${t('ui.sha256')}: `, h('code', {}, cell.sha256)) : null,
  ];
}
