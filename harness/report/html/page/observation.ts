/** Servers × clients for one observation in one scenario. */
import { displayFilter, framesText, h, select } from './dom.js';
import { inspect } from './inspector.js';
import { t } from './language.js';
import { badges, cellAt, cellName, cells, index, judgementOf, observationTitle, scenarioTitle, valueText } from './model.js';

export const chosen = {
  observation: Math.max(
    0,
    index.observations.findIndex((/** @type {any} */ row) => row.id === 'close.first'),
  ),
  scenario: -1,
};

export function observationView() {
  const has = (/** @type {number} */ scenario) =>
    cells.some((cell) => cell.scenario === scenario && cell.byObservation.has(chosen.observation));
  const scenarios = index.scenarios.flatMap((/** @type {any} */ _row, /** @type {number} */ scenario) => (has(scenario) ? [scenario] : []));
  const scenario = scenarios.includes(chosen.scenario) ? chosen.scenario : (scenarios[0] ?? 0);
  const row = index.observations[chosen.observation];
  const clients = index.clients.flatMap((/** @type {any} */ _row, /** @type {number} */ client) =>
    cells.some((cell) => cell.client === client && cell.scenario === scenario && cell.byObservation.has(chosen.observation))
      ? [client]
      : [],
  );
  const seen = new Set(cells.flatMap((cell) => cell.values.map((value) => value[0])));
  const observations = index.observations.flatMap((/** @type {any} */ one, /** @type {number} */ place) =>
    seen.has(place) ? [[String(place), `${one.id}: ${observationTitle(place)}`]] : [],
  );
  const go = (/** @type {number} */ observation, /** @type {number} */ at) => {
    location.hash = `/observation/${index.observations[observation].id}${at < 0 ? '' : `/${index.scenarios[at].id}`}`;
  };
  return [
    h('h1', {}, observationTitle(chosen.observation)),
    h(
      'form',
      { class: 'controls', onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
      select(t('ui.observation-title'), observations, String(chosen.observation), (value) => go(Number(value), -1), 'observation'),
      select(
        t('ui.scenario'),
        scenarios.map((/** @type {number} */ one) => [String(one), scenarioTitle(one)]),
        String(scenario),
        (value) => go(chosen.observation, Number(value)),
        'scenario',
      ),
    ),
    h('p', { class: 'definition', lang: 'en' }, h('code', {}, row.id), ' ', row.definition, row.spec ? ` (${row.spec})` : ''),
    clients.length === 0 ? h('p', { class: 'empty' }, t('ui.nothing')) : table(clients, scenario),
  ];
}

/** @param {number[]} clients @param {number} scenario */
function table(clients, scenario) {
  const row = index.observations[chosen.observation];
  const shown = index.servers.flatMap((/** @type {any} */ _row, /** @type {number} */ server) =>
    clients.some((client) => cellAt(server, client, scenario)) ? [server] : [],
  );
  const heads = clients.map((client) => h('th', { scope: 'col' }, index.clients[client].title, ' ', badges(index.clients[client])));
  const body = shown.map((/** @type {number} */ server) => {
    const columns = clients.map((client) => {
      const cell = cellAt(server, client, scenario);
      const value = cell?.byObservation.get(chosen.observation);
      if (cell?.state !== 'observed')
        return h('td', { class: `outcome ${cell?.state ?? ''}` }, cell ? `${t(`ui.${cell.state}`)}: ${cell.reason ?? ''}` : '–');
      const text = valueText(value, row.unit);
      const judgement = judgementOf(value);
      const open = () => inspect(cell, chosen.observation, t('ui.value-only', { server: index.servers[server].title, right: text }), false);
      return h(
        'td',
        { class: `wide ${judgement?.verdict ?? ''}` },
        h('button', { type: 'button', class: 'link', onclick: open }, text),
        judgement?.verdict === 'deviates' ? h('span', { class: 'rfc' }, ` § ${t('ui.deviates')}`) : null,
        value && value[2].length > 0
          ? h('a', { class: 'frames', href: `#${cellName(cell)}`, title: displayFilter(value[2]) }, framesText(value[2].slice(0, 6)))
          : null,
      );
    });
    const { title, summary, version } = index.servers[server];
    return h(
      'tr',
      {},
      h('th', { scope: 'row', title: summary }, title, ' ', badges(index.servers[server]), h('span', { class: 'version' }, version ?? '')),
      columns,
    );
  });
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': observationTitle(chosen.observation) },
    h('table', { class: 'plain' }, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('ui.server')), heads)), h('tbody', {}, body)),
  );
}
