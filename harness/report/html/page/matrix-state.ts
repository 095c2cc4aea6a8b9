/** What the reader chose to see in the matrix, and the same as choices in the address. */
import { view } from './comparison.ts';
import { cells, index, observationAt, placesOf, serverAt } from './model.ts';

export const matrix = {
  /** Observations that the reader chose; `null`: those that the other controls leave. */
  columns: null as ReadonlySet<number> | null,
  /** Servers whose variants and versions are shown. */
  open: new Set<number>(),
};

const placeOf = (rows: readonly { id: string }[], id: string | null): number => rows.findIndex((row) => row.id === id);
const places = (rows: readonly { id: string }[], list: string | null): number[] =>
  (list ?? '').split(',').flatMap((id) => {
    const place = placeOf(rows, id);
    return place < 0 ? [] : [place];
  });

/** Takes over the choices of an address. What it doesn't name is as at first. */
export function readChoices(query: URLSearchParams): void {
  const sort = query.get('sort') ?? '';
  const down = sort.startsWith('-');
  view.sort = { observation: placeOf(index.observations, down ? sort.slice(1) : sort), down };
  view.filter = query.get('filter') ?? '';
  view.group = query.get('group') ?? '';
  view.baseline = placeOf(index.servers, query.get('baseline'));
  view.onlyDifferent = query.get('columns') !== 'all';
  const chosen = places(index.observations, query.get('columns'));
  matrix.columns = chosen.length > 0 ? new Set(chosen) : null;
  const open = query.get('open');
  matrix.open = new Set(open === 'all' ? parents() : places(index.servers, open));
}

/** The choices as the address names them; what is as at first is left out. */
export function choices(): URLSearchParams {
  const query = new URLSearchParams();
  const { sort, filter, group, baseline, onlyDifferent } = view;
  if (matrix.columns) query.set('columns', [...matrix.columns].map((place) => observationAt(place).id).join(','));
  else if (!onlyDifferent) query.set('columns', 'all');
  if (group !== '') query.set('group', group);
  if (sort.observation >= 0) query.set('sort', `${sort.down ? '-' : ''}${observationAt(sort.observation).id}`);
  if (baseline >= 0) query.set('baseline', serverAt(baseline).id);
  if (filter !== '') query.set('filter', filter);
  if (matrix.open.size > 0) {
    const all = matrix.open.size >= parents().length;
    query.set('open', all ? 'all' : [...matrix.open].map((place) => serverAt(place).id).join(','));
  }
  return query;
}

/** The server under which a variant or version is folded; -1 for a server of its own. */
export const parentOf = (server: number): number => placeOf(index.servers, serverAt(server).variantOf);

/** The servers that have variants or versions. */
export const parents = (): number[] => [...new Set(placesOf(index.servers).map(parentOf))].filter((place) => place >= 0);

/** The scenarios that a client has cells of. */
export const scenariosOf = (client: number): number[] =>
  [...new Set(cells.filter((cell) => cell.client === client).map((cell) => cell.scenario))].sort((a, b) => a - b);
