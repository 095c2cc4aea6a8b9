/** What the reader can choose above the matrix. */

import { chooseColumns } from './columns.ts';
import { type Comparison, view } from './comparison.ts';
import { h, type Option, select } from './dom.ts';
import { t } from './language.ts';
import { matrix, parents, scenariosOf } from './matrix-state.ts';
import { groupOf } from './matrix-table.ts';
import { type Cell, clientAt, index, placesOf, scenarioAt, scenarioTitle, serverAt } from './model.ts';
import { groupName, questions } from './questions.ts';

/** The form. @param rows a cell, or none, for each server @param all every observation compared */
export function matrixControls(rows: readonly (Cell | null)[], all: readonly Comparison[], redraw: () => void): HTMLElement {
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
  const baselines = rows.flatMap((cell): Option[] =>
    cell?.state === 'observed' ? [[String(cell.server), serverAt(cell.server).title]] : [],
  );
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
    columnBox(all, redraw),
    h('button', { type: 'button', id: 'choose-columns', onclick: () => chooseColumns(all, redraw) }, t('matrix.choose')),
    h('label', { class: 'control grow' }, h('span', {}, t('ui.filter')), filter),
    unfoldBox(redraw),
  );
}

/** Shows or hides all variants and versions; `null` where the run has none. */
function unfoldBox(redraw: () => void): HTMLElement | null {
  const all = parents();
  if (all.length === 0) return null;
  const box = h('input', {
    type: 'checkbox',
    id: 'unfold',
    checked: matrix.open.size >= all.length,
    onchange: () => {
      matrix.open = new Set(box.checked ? all : []);
      redraw();
    },
  });
  return h('label', { class: 'check' }, box, h('span', {}, t('matrix.unfold')));
}

/** Which columns are shown: those that differ, all, those of a question or of a group, or those that the reader picked. */
function columnBox(all: readonly Comparison[], redraw: () => void): HTMLElement {
  const present = new Set(all.flatMap((one) => (one.present ? [one.observation] : [])));
  const asked = questions().filter(({ observations }) => observations.some((one) => present.has(one)));
  const groups = [...new Set([...present].map(groupOf))];
  const same = (observations: readonly number[]): boolean =>
    matrix.columns !== null && matrix.columns.size === observations.length && observations.every((one) => matrix.columns?.has(one));
  const question = asked.find(({ observations }) => same(observations));
  const current = question
    ? `question ${question.id}`
    : matrix.columns
      ? 'picked'
      : view.group !== ''
        ? `group ${view.group}`
        : view.onlyDifferent
          ? 'differ'
          : 'all';
  const option = (value: string, text: string): HTMLElement => h('option', { value, selected: value === current }, text);
  const box = h(
    'select',
    {
      id: 'columns',
      onchange: () => {
        const [kind, name = ''] = box.value.split(' ');
        const observations = asked.find(({ id }) => id === name)?.observations;
        matrix.columns = kind === 'question' && observations ? new Set(observations) : kind === 'picked' ? matrix.columns : null;
        Object.assign(view, { group: kind === 'group' ? name : '', onlyDifferent: kind === 'differ' });
        redraw();
      },
    },
    option('differ', t('matrix.differing')),
    option('all', t('matrix.all-columns')),
    current === 'picked' ? option('picked', t('matrix.picked', { n: matrix.columns?.size ?? 0 })) : null,
    h(
      'optgroup',
      { label: t('matrix.by-question') },
      asked.map(({ id, text }) => option(`question ${id}`, text)),
    ),
    h(
      'optgroup',
      { label: t('ui.group') },
      groups.map((group) => option(`group ${group}`, groupName(group))),
    ),
  );
  return h('label', { class: 'control' }, h('span', {}, t('matrix.columns')), box);
}

function goTo(client: number, scenario: number): void {
  // What was chosen goes along: the address holds it behind the `?`.
  const [, query] = location.hash.split('?');
  location.hash = `/matrix/${clientAt(client).id}/${scenarioAt(scenario).id}${query ? `?${query}` : ''}`;
}

/** The title of a client with its provenance, where the title doesn't say it. */
function clientName(client: number): string {
  const { title, provenance } = clientAt(client);
  return title.includes('(') ? title : `${title} (${t(`ui.${provenance}`)})`;
}

function clientBox(): HTMLElement {
  const clients = placesOf(index.clients)
    .filter((client) => scenariosOf(client).length > 0)
    .map((client): Option => [String(client), clientName(client)]);
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
