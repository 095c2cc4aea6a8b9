/** Cells that one can be set beside, and the way there. */
import { h } from './dom.ts';
import { t } from './language.ts';
import { type Cell, cellAt, cellId, cells, clientAt, clientName, index, placesOf, scenarioTitle, serverAt } from './model.ts';

/** The address of two cells side by side. @param step the one whose beginning is the origin of the time axis; empty: the first frame */
export const besideAddress = (left: Cell, right: Cell, step = ''): string =>
  `#/beside/${cellId(left)}/${cellId(right)}${step === '' ? '' : `/${step}`}`;

const isObserved = (cell: Cell | null): cell is Cell => cell?.state === 'observed';

/** The observed cells of the same client and scenario, of all other servers. */
export const ofOtherServers = (cell: Cell): Cell[] =>
  placesOf(index.servers)
    .filter((server) => server !== cell.server)
    .map((server) => cellAt(server, cell.client, cell.scenario))
    .filter(isObserved);

/** The cell that this one is set beside at first: that of the server that this one varies. */
export function besideAtFirst(cell: Cell): Cell | null {
  const others = ofOtherServers(cell);
  const { variantOf, modelOf } = serverAt(cell.server);
  return others.find(({ server }) => [variantOf, modelOf].includes(serverAt(server).id)) ?? others[0] ?? null;
}

/** A box to choose a cell to set this one beside. */
export function besideChooser(cell: Cell, id: string): HTMLElement {
  const observed = cells.filter(isObserved);
  const groups: [label: string, others: Cell[], name: (other: Cell) => string][] = [
    [t('ui.server'), ofOtherServers(cell), (other) => serverAt(other.server).title],
    [
      t('ui.client'),
      observed.filter((other) => other.server === cell.server && other.scenario === cell.scenario && other.client !== cell.client),
      (other) => clientName(clientAt(other.client)),
    ],
    [
      t('ui.scenario'),
      observed.filter((other) => other.server === cell.server && other.client === cell.client && other.scenario !== cell.scenario),
      (other) => scenarioTitle(other.scenario),
    ],
  ];
  const box = h(
    'select',
    {
      id,
      onchange: () => {
        location.hash = box.value;
      },
    },
    h('option', { value: '' }, t('beside.choose')),
    groups
      .filter(([, others]) => others.length > 0)
      .map(([label, others, name]) =>
        h(
          'optgroup',
          { label },
          others.map((other) => h('option', { value: besideAddress(cell, other) }, name(other))),
        ),
      ),
  );
  return h('label', { class: 'control' }, h('span', {}, t('beside.set')), box);
}
