/** What the reader can choose above the matrix. */
import { view } from './comparison.ts';
import { h, type Option, select } from './dom.ts';
import { t } from './language.ts';
import { groupOf } from './matrix-table.ts';
import { type Cell, cells, clientAt, index, placesOf, scenarioAt, scenarioTitle, serverAt } from './model.ts';

/** The form. @param rows a cell, or none, for each server */
export function matrixControls(rows: readonly (Cell | null)[], redraw: () => void): HTMLElement {
  const change = (what: Partial<typeof view>): void => {
    Object.assign(view, what);
    redraw();
  };
  const filter = h('input', {
    type: 'search',
    id: 'filter',
    placeholder: t('ui.filter-hint'),
    value: view.filter,
    oninput: () => change({ filter: filter.value }),
  });
  const only = h('input', {
    type: 'checkbox',
    id: 'only-different',
    checked: view.onlyDifferent,
    onchange: () => change({ onlyDifferent: only.checked }),
  });
  const baselines = rows.flatMap((cell): Option[] =>
    cell?.state === 'observed' ? [[String(cell.server), serverAt(cell.server).title]] : [],
  );
  const groups = [...new Set(placesOf(index.observations).map(groupOf))];
  return h(
    'form',
    { class: 'controls', onsubmit: (event: Event) => event.preventDefault() },
    clientBox(),
    scenarioBox(),
    select(
      t('ui.baseline'),
      [['-1', t('ui.majority')], ...baselines],
      String(view.baseline),
      (value) => change({ baseline: Number(value) }),
      'baseline',
    ),
    select(
      t('ui.group'),
      [['', t('ui.all')], ...groups.map((group): Option => [group, group])],
      view.group,
      (group) => change({ group }),
      'group',
    ),
    h('label', { class: 'control grow' }, h('span', {}, t('ui.filter')), filter),
    h('label', { class: 'check' }, only, h('span', {}, t('ui.only-different'))),
  );
}

/** The scenarios that a client has cells of. */
const scenariosOf = (client: number): number[] =>
  [...new Set(cells.filter((cell) => cell.client === client).map((cell) => cell.scenario))].sort((a, b) => a - b);

function goTo(client: number, scenario: number): void {
  location.hash = `/matrix/${clientAt(client).id}/${scenarioAt(scenario).id}`;
}

function clientBox(): HTMLElement {
  const clients = placesOf(index.clients)
    .filter((client) => scenariosOf(client).length > 0)
    .map((client): Option => [String(client), `${clientAt(client).title} (${t(`ui.${clientAt(client).provenance}`)})`]);
  const choose = (value: string): void => {
    const client = Number(value);
    const scenarios = scenariosOf(client);
    goTo(client, scenarios.includes(view.scenario) ? view.scenario : (scenarios[0] ?? 0));
  };
  return select(t('ui.client'), clients, String(view.client), choose, 'client');
}

const scenarioBox = (): HTMLElement =>
  select(
    t('ui.scenario'),
    scenariosOf(view.client).map((scenario) => [String(scenario), scenarioTitle(scenario)]),
    String(view.scenario),
    (value) => goTo(view.client, Number(value)),
    'scenario',
  );
