/** Servers × clients for one observation in one scenario. */
import { type Child, framesFilter, framesText, h, type Option, select } from './dom.ts';
import { inspect } from './inspector.ts';
import { t } from './language.ts';
import {
  badges,
  cellAt,
  cellId,
  cells,
  clientAt,
  index,
  observationAt,
  observationTitle,
  placesOf,
  scenarioAt,
  scenarioTitle,
  serverAt,
  valueText,
} from './model.ts';

/** What the reader chose. Scenario -1: the first that has the observation. */
export const chosen = {
  observation: Math.max(
    0,
    index.observations.findIndex((row) => row.id === 'close.first'),
  ),
  scenario: -1,
};

/** Frames listed with a value. */
const FRAMES_SHOWN = 6;

/** The view `#/observation`. */
export function observationView(): HTMLElement[] {
  const having = cells.filter((cell) => cell.values.has(chosen.observation));
  const scenarios = placesOf(index.scenarios).filter((scenario) => having.some((cell) => cell.scenario === scenario));
  const scenario = scenarios.includes(chosen.scenario) ? chosen.scenario : (scenarios[0] ?? 0);
  const clients = placesOf(index.clients).filter((client) => having.some((cell) => cell.client === client && cell.scenario === scenario));
  const seen = new Set(cells.flatMap((cell) => [...cell.values.keys()]));
  const observations = placesOf(index.observations)
    .filter((observation) => seen.has(observation))
    .map((observation): Option => [String(observation), `${observationAt(observation).id}: ${observationTitle(observation)}`]);
  const go = (observation: number, at: number): void => {
    location.hash = `/observation/${observationAt(observation).id}${at < 0 ? '' : `/${scenarioAt(at).id}`}`;
  };
  const row = observationAt(chosen.observation);
  return [
    h('h1', {}, observationTitle(chosen.observation)),
    h(
      'form',
      { class: 'controls', onsubmit: (event: Event) => event.preventDefault() },
      select(t('ui.observation-title'), observations, String(chosen.observation), (value) => go(Number(value), -1), 'observation'),
      select(
        t('ui.scenario'),
        scenarios.map((one) => [String(one), scenarioTitle(one)]),
        String(scenario),
        (value) => go(chosen.observation, Number(value)),
        'scenario',
      ),
    ),
    h('p', { class: 'definition', lang: 'en' }, h('code', {}, row.id), ' ', row.definition, row.spec ? ` (${row.spec})` : ''),
    clients.length === 0 ? h('p', { class: 'empty' }, t('ui.nothing')) : table(clients, scenario),
  ];
}

function table(clients: readonly number[], scenario: number): HTMLElement {
  const shown = placesOf(index.servers).filter((server) => clients.some((client) => cellAt(server, client, scenario)));
  const heads = clients.map((client) => h('th', { scope: 'col' }, clientAt(client).title, ' ', badges(clientAt(client))));
  const body = shown.map((server) => {
    const row = serverAt(server);
    return h(
      'tr',
      {},
      h('th', { scope: 'row', title: row.summary }, row.title, ' ', badges(row), h('span', { class: 'version' }, row.version ?? '')),
      clients.map((client) => valueCell(server, client, scenario)),
    );
  });
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': observationTitle(chosen.observation) },
    h('table', { class: 'plain' }, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('ui.server')), heads)), h('tbody', {}, body)),
  );
}

function valueCell(server: number, client: number, scenario: number): HTMLElement {
  const cell = cellAt(server, client, scenario);
  if (cell === null) return h('td', { class: 'outcome ' }, '–');
  if (cell.state !== 'observed') return h('td', { class: `outcome ${cell.state}` }, `${t(`ui.${cell.state}`)}: ${cell.reason ?? ''}`);
  const value = cell.values.get(chosen.observation);
  const text = valueText(value, observationAt(chosen.observation).unit);
  const verdict = value?.conformance?.verdict;
  const frames: Child =
    value && value.frames.length > 0
      ? h(
          'a',
          { class: 'frames', href: `#${cellId(cell)}`, title: framesFilter(value.frames) },
          framesText(value.frames.slice(0, FRAMES_SHOWN)),
        )
      : null;
  const open = (): void => inspect(cell, chosen.observation, t('ui.value-only', { server: serverAt(server).title, right: text }), false);
  return h(
    'td',
    { class: `wide ${verdict ?? ''}` },
    h('button', { type: 'button', class: 'link', onclick: open }, text),
    verdict === 'deviates' ? h('span', { class: 'rfc' }, ` § ${t('ui.deviates')}`) : null,
    frames,
  );
}
