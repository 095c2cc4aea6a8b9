/** Search over everything that the page holds: servers, values, header fields, claims, findings. `/` opens it from anywhere. */
import { view } from './comparison.ts';
import { openDialog } from './dialog.ts';
import { h } from './dom.ts';
import { state, t } from './language.ts';
import {
  type Cell,
  cellId,
  cells,
  clientAt,
  definitionOf,
  detailOf,
  index,
  observationAt,
  observationTitle,
  placesOf,
  readDetails,
  scenarioAt,
  scenarioTitle,
  serverAt,
  textAt,
  valueText,
} from './model.ts';
import { questions } from './questions.ts';
import { choose, type Hit, type HitKind } from './search-list.ts';

/** Hits listed of each kind. */
const LISTED = 8;
/** Characters of a header field that are shown. */
const FIELD_SHOWN = 90;

const KINDS: readonly HitKind[] = ['server', 'question', 'observation', 'value', 'claim', 'finding', 'header'];

/** Opens the search. @param open called with what the reader chose */
export function openSearch(open: (hit: Hit) => void): void {
  const list = h('div', { id: 'search-hits', role: 'listbox', 'aria-label': t('search.hits') });
  const count = h('p', { class: 'note', role: 'status' }, t('search.hint'));
  const input = h('input', {
    // Not of the type "search": there Escape empties the box before it closes.
    type: 'text',
    enterkeyhint: 'search',
    id: 'search',
    role: 'combobox',
    'aria-expanded': 'true',
    'aria-controls': 'search-hits',
    'aria-autocomplete': 'list',
    'aria-label': t('search.title'),
    placeholder: t('search.placeholder'),
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const box = openDialog('search-box', t('search.title'), [input, count, list], { quiet: true });
  const take = (hit: Hit): void => {
    box.close();
    open(hit);
  };
  const show = choose(input, list, take);
  const seek = (): void => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = words.length === 0 ? [] : find(words);
    show(
      KINDS.flatMap((kind) => {
        const own = found.filter((hit) => hit.kind === kind);
        return own.length > 0 ? [{ kind, hits: own.slice(0, LISTED), more: own.length - LISTED }] : [];
      }),
    );
    count.textContent = words.length === 0 ? t('search.hint') : t('search.found', { n: found.length });
  };
  input.addEventListener('input', seek);
  input.focus();
  if (fieldIndex === null) void indexFields().then(() => input.isConnected && input.value !== '' && seek());
}

/** Everything that has all of these words. */
function find(words: readonly string[]): Hit[] {
  const has = (text: string): boolean => words.every((word) => text.includes(word));
  return [...named(has), ...values(words), ...claimsAndFindings(has), ...fields(has)];
}

type Has = (text: string) => boolean;

function named(has: Has): Hit[] {
  const servers = placesOf(index.servers).flatMap((server): Hit[] => {
    const row = serverAt(server);
    const own = cells.filter((cell) => cell.server === server && cell.state === 'observed');
    const first = own.find(({ client, scenario }) => client === view.client && scenario === view.scenario) ?? own[0];
    if (!first || !has(`${row.id} ${row.title} ${row.version ?? ''}`.toLowerCase())) return [];
    return [{ kind: 'server', text: row.title, place: row.summary ?? '', address: cellId(first) }];
  });
  const seen = new Set(cells.flatMap((cell) => [...cell.values.keys()]));
  const observations = [...seen].flatMap((observation): Hit[] => {
    const row = observationAt(observation);
    const { id } = row;
    const title = observationTitle(observation);
    return has(`${id} ${title}`.toLowerCase())
      ? [{ kind: 'observation', text: title, place: definitionOf(row), address: `/observation/${id}` }]
      : [];
  });
  const asked = questions().flatMap(({ text, observations: those }): Hit[] => {
    const place = has(text.toLowerCase()) ? placeOf(those) : null;
    if (!place) return [];
    const columns = those.map((one) => observationAt(one).id).join(',');
    const address = `/matrix/${clientAt(place.client).id}/${scenarioAt(place.scenario).id}?columns=${columns}`;
    return [{ kind: 'question', text, place: t('ui.matrix'), address }];
  });
  return [...servers, ...asked, ...observations];
}

/** The client and scenario of the cell that answers most of a question. */
function placeOf(observations: readonly number[]): Cell | null {
  const answered = (cell: Cell): number => observations.filter((one) => cell.values.has(one)).length;
  return cells.reduce<Cell | null>((best, cell) => {
    const n = answered(cell);
    return n > 0 && (best === null || n > answered(best)) ? cell : best;
  }, null);
}

interface Indexed {
  text: string;
  cell: Cell;
  observation: number;
  shown: string;
}
let indexed: { of: typeof index; language: string; values: Indexed[] } | null = null;

/** Each value with the names of its server and observation, made when something is first sought. */
function valueIndex(): readonly Indexed[] {
  if (indexed?.of === index && indexed.language === state.language) return indexed.values;
  const titles = placesOf(index.observations).map((one) => `${observationAt(one).id} ${observationTitle(one)}`);
  const made = cells.flatMap((cell) => {
    const { id, title } = serverAt(cell.server);
    const where = `${id} ${title} ${clientAt(cell.client).title} ${scenarioAt(cell.scenario).id}`;
    return [...cell.values].map(([observation, value]): Indexed => {
      const shown = valueText(value, observationAt(observation).unit);
      return { cell, observation, shown, text: `${where} ${titles[observation]} ${shown}`.toLowerCase() };
    });
  });
  indexed = { of: index, language: state.language, values: made };
  return made;
}

/** Values of which a server, an observation and the value together have all words. Those of the client and scenario in the matrix come first. */
function values(words: readonly string[]): Hit[] {
  // One word alone would find the values of a server a hundred times over.
  const wanted = (one: Indexed): boolean =>
    words.every((word) => one.text.includes(word)) && (words.length > 1 || one.shown.toLowerCase().includes(words[0] ?? ''));
  // First what the words name exactly: the server itself, not its variants; a group of observations; then what the matrix shows.
  const rank = ({ cell, observation }: Indexed): number => {
    const server = words.includes(serverAt(cell.server).id) ? 0 : 4;
    const group = words.some((word) => observationAt(observation).id.startsWith(word)) ? 0 : 2;
    return server + group + (cell.client === view.client && cell.scenario === view.scenario ? 0 : 1);
  };
  return valueIndex()
    .filter(wanted)
    .map((one) => ({ one, at: rank(one) }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)
    .map(({ cell, observation, shown }) => ({
      kind: 'value',
      text: `${serverAt(cell.server).title}${t('ui.comma')}${observationTitle(observation)}${t('ui.colon')}${shown}`,
      place: `${clientAt(cell.client).title} · ${scenarioTitle(cell.scenario)}`,
      address: cellId(cell),
      value: { cell, observation },
    }));
}

function claimsAndFindings(has: Has): Hit[] {
  const claims = index.claims.flatMap((claim): Hit[] => {
    const { title, statement } = claim.words?.[state.language] ?? { title: '', statement: claim.statement };
    return has(`${claim.id} ${title} ${statement}`.toLowerCase())
      ? [{ kind: 'claim', text: `${claim.id} ${title}`, place: statement, address: `/claims/${claim.id}` }]
      : [];
  });
  const findings = index.findings.flatMap(({ id, server, words }): Hit[] => {
    const { title, seen, consequence } = words[state.language];
    return has(`${id} ${server} ${title} ${seen} ${consequence}`.toLowerCase())
      ? [{ kind: 'finding', text: title, place: [server, seen].filter(Boolean).join(t('ui.colon')), address: `/findings/${server}` }]
      : [];
  });
  return [...claims, ...findings];
}

let fieldIndex: { line: string; text: string; cell: Cell; count: number }[] | null = null;

/** Notes every line of the heads once, with a cell that has it and the number of cells, from the details of all cells. */
async function indexFields(): Promise<void> {
  const observed = cells.filter(({ state }) => state === 'observed');
  await readDetails(observed);
  const lines = new Map<string, { cell: Cell; count: number; last: Cell }>();
  for (const cell of observed) {
    for (const { requestHeaders, responseHeaders } of detailOf(cell)?.exchanges ?? []) {
      for (const fields of [requestHeaders, responseHeaders]) {
        for (let place = 0; place + 1 < fields.length; place += 2) {
          const line = `${textAt(fields[place] ?? null)}: ${textAt(fields[place + 1] ?? null)}`;
          const known = lines.get(line);
          if (!known) lines.set(line, { cell, count: 1, last: cell });
          else if (known.last !== cell) Object.assign(known, { count: known.count + 1, last: cell });
        }
      }
    }
  }
  fieldIndex = [...lines].map(([line, { cell, count }]) => ({ line, cell, count, text: line.toLowerCase() }));
}

const fields = (has: Has): Hit[] =>
  (fieldIndex ?? [])
    .filter(({ text }) => has(text))
    .sort((a, b) => b.count - a.count)
    .map(({ line, cell, count }) => ({
      kind: 'header',
      text: line.length > FIELD_SHOWN ? `${line.slice(0, FIELD_SHOWN)}…` : line,
      place: `${cellId(cell)} ${count > 1 ? t('search.more-cells', { n: count - 1 }) : ''}`,
      address: cellId(cell),
    }));
