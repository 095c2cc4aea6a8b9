/** Servers × clients for one observation in one scenario. */
import { diffKind } from '../../../compare/diff.ts';
import type { ObservedValue } from '../../../model.ts';
import { type Child, framesFilter, framesText, h, type Option, select } from './dom.ts';
import { cellFrameAddress, frameLinks } from './frames.ts';
import { inspect } from './inspector.ts';
import { t } from './language.ts';
import {
  badges,
  type Cell,
  cellAt,
  cellId,
  cells,
  clientAt,
  definitionParts,
  index,
  observationAt,
  observationTitle,
  outcomeText,
  placesOf,
  scenarioAt,
  scenarioTitle,
  serverAt,
  valueText,
} from './model.ts';
import { compareKeys } from './order.ts';

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
    h('p', { class: 'definition' }, definitionParts(row)),
    ...(clients.length === 0
      ? [h('p', { class: 'empty' }, t('ui.nothing'))]
      : [
          h(
            'div',
            { class: 'by-value' },
            clients.map((client) => groupedByValue(client, scenario)),
          ),
          h('h2', {}, t('observation.each')),
          table(clients, scenario),
        ]),
  ];
}

/** The servers that share a value, the most common value first; numbers in their order. */
function groupedByValue(client: number, scenario: number): HTMLElement {
  const { unit } = observationAt(chosen.observation);
  const shown = cells.filter(
    (cell) => cell.client === client && cell.scenario === scenario && cell.state === 'observed' && cell.values.has(chosen.observation),
  );
  const groups: ValueGroup[] = [];
  for (const cell of [...shown].sort(byValue)) {
    const value = cell.values.get(chosen.observation) ?? null;
    const last = groups.find((group) => isAlike(group.first, value));
    if (last) {
      last.cells.push(cell);
      last.last = value;
    } else groups.push({ first: value, last: value, cells: [cell] });
  }
  if (!groups.some(({ first }) => typeof first?.value === 'number')) groups.sort((a, b) => b.cells.length - a.cells.length);
  const { title: name } = clientAt(client);
  return h(
    'section',
    {},
    h('h2', {}, name, ' ', badges(clientAt(client), { quiet: true })),
    h(
      'dl',
      { class: 'value-groups' },
      groups.map(({ first, last, cells: own }) => {
        const [from, to] = [valueText(first, unit), valueText(last, unit)];
        return h(
          'div',
          {},
          h(
            'dt',
            {},
            h('span', { class: 'group-value' }, from === to ? from : `${from} – ${to}`),
            h('span', { class: 'group-count' }, own.length),
          ),
          h(
            'dd',
            {},
            own.flatMap((cell, place) => [place > 0 ? t('ui.comma') : null, serverLink(cell)]),
          ),
        );
      }),
    ),
  );
}

interface ValueGroup {
  first: ObservedValue | null;
  last: ObservedValue | null;
  cells: Cell[];
}

const byValue = (a: Cell, b: Cell): number =>
  compareKeys(a.values.get(chosen.observation)?.value, b.values.get(chosen.observation)?.value) || a.server - b.server;

/** Whether two values are the same within the tolerance of the observation. */
const isAlike = (a: ObservedValue | null, b: ObservedValue | null): boolean =>
  diffKind(a, b, observationAt(chosen.observation)) === 'equal';

function serverLink(cell: Cell): HTMLElement {
  const row = serverAt(cell.server);
  const frames = cell.values.get(chosen.observation)?.frames ?? [];
  const model = row.provenance === 'model' && !/[(（]/.test(row.title) ? ` (${t('ui.model')})` : '';
  return h(
    'a',
    {
      href: `#${cellId(cell)}`,
      class: row.variantOf ? 'dim' : null,
      title: frames.length > 0 ? framesText(frames.slice(0, FRAMES_SHOWN)) : null,
    },
    row.title,
    model,
  );
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
  if (cell.state !== 'observed') return h('td', { class: `outcome ${cell.state}` }, outcomeText(cell));
  const value = cell.values.get(chosen.observation);
  const text = valueText(value, observationAt(chosen.observation).unit);
  const verdict = value?.conformance?.verdict;
  const frames: Child =
    value && value.frames.length > 0
      ? h(
          'span',
          { class: 'frames', title: framesFilter(value.frames) },
          frameLinks(value.frames.slice(0, FRAMES_SHOWN), (frame) => cellFrameAddress(cellId(cell), frame)),
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
