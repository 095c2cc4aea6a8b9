/**
 * The main table: servers as rows, and the most important observations as columns, taken from the cells of one browser and of the probe. This
 * file chooses the texts; the reporters lay them out.
 */
import { isObserved, type Matrix, matrixOf } from '../compare/matrix.ts';
import type { CellResult, ClientRow, RunResult, ServerRow } from '../compare/run-result.ts';
import type { ObservedValue } from '../model.ts';
import { isAtOnce } from '../observe/timers.ts';
import { versionedId } from '../system/versioned-id.ts';
import type { ColumnId, TableWords } from './phrases/tables.ts';
import { framingText, placeOf, valueText } from './value-text.ts';

export type Tone = 'usual' | 'differs' | 'absent' | 'failed';

/** The text of one table cell, and how it is coloured. */
export interface TableText {
  text: string;
  tone: Tone;
}

/** One column of the main table. */
export interface TableColumn {
  id: ColumnId;
  /** Where there is no room, the column with the highest rank is left out first. */
  rank: number;
  /** One for each row that has cells. */
  texts: TableText[];
}

/** The main table for one client: a row for each server, a column for each thing compared. */
export interface MainTable {
  client: ClientRow | null;
  /** Servers with an observed cell, variants after the server that they vary. */
  servers: ServerRow[];
  /** Servers without an observed cell, and why. */
  empty: { server: ServerRow; state: 'skipped' | 'failed' | 'not-applicable'; reason: string }[];
  columns: TableColumn[];
  /** `chromium/first-visit`, …: where the values were taken from. */
  sources: string[];
  /** `chromium/first-visit close.first`, …: the values that the table shows. */
  drawn: ReadonlySet<string>;
  /** Observations of the table in which no value is more frequent than any other. */
  split: string[];
}

interface Part {
  cell: CellResult;
  observation: string;
  value: ObservedValue | null;
  unit: 's' | 'ms' | 'bytes' | 'count' | null;
  differs: boolean;
  /** Whether the rows differ and no value is more frequent than any other. */
  split: boolean;
}

/** Finds the value of an observation of one server in the first of these scenarios that has one. */
type Look = (observation: string, ...places: Place[]) => Part | null;

interface ColumnSpec {
  id: ColumnId;
  rank: number;
  parts(look: Look): (Part | null)[];
  /** Default: the texts of the parts that have a value, with a space between. */
  text?(parts: (Part | null)[], words: TableWords): string;
}

/** Whose cell a value is taken from: the browser that the table is about, or the probe. */
interface Place {
  client: 'browser' | 'probe';
  scenario: string;
}

const browser = (scenario: string): Place => ({ client: 'browser', scenario });
const probe = (scenario: string): Place => ({ client: 'probe', scenario });

/** Visits that fetch the page anew: on a revisit a file that was stored gets 304, which says nothing of ranges. */
const FETCHED = ['first-visit', 'idle', 'hard-reload'].map(browser);
const VISIT = [...['first-visit', 'idle', 'revisit', 'reload', 'hard-reload', 'gallery'].map(browser), probe('idle-used')];

const COLUMNS: readonly ColumnSpec[] = [
  { id: 'http-version', rank: 9, parts: (look) => [look('http.version', ...VISIT)] },
  {
    id: 'connections',
    rank: 7,
    parts: (look) => [look('connections.used', browser('first-visit')), look('connections.opened', browser('first-visit'))],
    text: (parts) => parts.map((part) => part?.value?.value ?? '–').join('/'),
  },
  {
    id: 'closes-first',
    rank: 1,
    parts: (look) => ['close.first', 'close.how', 'close.idle-ms'].map((id) => look(id, browser('first-visit'), browser('idle'))),
    text(parts, words) {
      const [first, how, idle] = parts.map((part) => (part?.value ? valueText(part.value, part.unit, words) : ''));
      if (parts[0]?.value?.value === 'none') return [words.nobody, idle].filter(Boolean).join(words.comma);
      const idleMs = parts[2]?.value?.value;
      const when = typeof idleMs === 'number' && isAtOnce(idleMs) ? words.atOnce : idle;
      return words.closing(first ?? '', how ?? '', when ?? '');
    },
  },
  { id: 'idle-used', rank: 2, parts: (look) => [look('idle.used-s', probe('idle-used'))] },
  { id: 'idle-unused', rank: 8, parts: (look) => [look('idle.unused-s', probe('idle-unused'))] },
  { id: 'advertised', rank: 3, parts: (look) => [look('keepalive.advertised-s', ...VISIT)] },
  { id: 'etag', rank: 4, parts: (look) => [look('cache.etag', ...VISIT)] },
  {
    id: 'revisit',
    rank: 5,
    parts: (look) => [look('revisit.not-modified', browser('revisit')), look('revisit.requests', browser('revisit'))],
    text: (parts) => parts.map((part) => part?.value?.value ?? '–').join('/'),
  },
  {
    id: 'audio',
    rank: 6,
    parts: (look) => [look('load.range-status', ...FETCHED) ?? look('range.from-zero', probe('range'))],
    text: (parts) => String(parts[0]?.value?.value ?? '–').slice(0, 3),
  },
  {
    id: 'body',
    rank: 10,
    parts: (look) => [look('framing.body', ...VISIT)],
    text: (parts) => framingText(String(parts[0]?.value?.value ?? '–')),
  },
  { id: 'head-and-body', rank: 11, parts: (look) => [look('framing.head-and-body', ...VISIT)] },
  { id: 'cache-control', rank: 12, parts: (look) => [look('cache.control', ...VISIT)] },
];

/** One main table for each browser of the run; without a browser, one with the probe's values. */
export function mainTables(run: RunResult, words: TableWords): MainTable[] {
  const browsers = run.clients.filter((client) => client.id !== 'probe' && run.cells.some((cell) => cell.client === client.id));
  return (browsers.length > 0 ? browsers : [null]).map((client) => mainTable(run, client, words));
}

function mainTable(run: RunResult, client: ClientRow | null, words: TableWords): MainTable {
  const cells = run.cells.filter((cell) => cell.client === client?.id || cell.client === 'probe');
  const observed = new Set(cells.filter(isObserved).map((cell) => cell.server));
  const [servers, others] = partition(variantsAfterTheirBase(run.servers), (server) => observed.has(server.id));
  const empty = others.flatMap((server) => {
    const cell = cells.find((one) => one.server === server.id);
    if (server.skipped) return [{ server, state: 'skipped' as const, reason: server.skipped.reason }];
    return cell && !isObserved(cell) ? [{ server, state: cell.state, reason: cell.reason }] : [];
  });
  const known = new Map<string, Matrix>();
  const matrixAt = ({ client: kind, scenario }: Place): Matrix => {
    const id = kind === 'browser' ? (client?.id ?? '') : 'probe';
    const matrix = known.get(`${id}/${scenario}`) ?? matrixOf(run, id, scenario);
    known.set(`${id}/${scenario}`, matrix);
    return matrix;
  };
  const sources = new Set<string>();
  const drawn = new Set<string>();
  const split = new Set<string>();
  const columns = COLUMNS.map((spec): TableColumn => {
    const texts = servers.map((server): TableText => {
      const parts = spec.parts((observation, ...places) => lookUp(run, server.id, observation, places.map(matrixAt)));
      for (const part of parts) {
        if (!part?.value) continue;
        sources.add(placeOf(part.cell));
        drawn.add(`${placeOf(part.cell)} ${part.observation}`);
        if (part.split) split.add(part.observation);
      }
      return textOf(spec, parts, words);
    });
    return { id: spec.id, rank: spec.rank, texts };
  }).filter((column) => column.texts.some((text) => text.tone !== 'absent'));
  return { client, servers, empty, columns, sources: [...sources], drawn, split: [...split] };
}

function textOf(spec: ColumnSpec, parts: (Part | null)[], words: TableWords): TableText {
  const present = parts.filter((part) => part !== null);
  const withValue = present.filter((part) => part.value);
  if (withValue.length === 0) {
    const state = present.find((part) => !isObserved(part.cell))?.cell.state;
    if (state === 'failed') return { text: words.state.failed, tone: 'failed' };
    return { text: '–', tone: 'absent' };
  }
  const text = spec.text ? spec.text(parts, words) : withValue.map((part) => valueText(part.value, part.unit, words)).join(' ');
  return { text, tone: withValue.some((part) => part.differs) ? 'differs' : 'usual' };
}

/** The value from the first place that has it; without one, a cell that was not observed (so that a failure shows) or the first cell. */
function lookUp(run: RunResult, server: string, observation: string, places: Matrix[]): Part | null {
  const unit = run.observations.find((row) => row.id === observation)?.unit ?? null;
  let fallback: Part | null = null;
  for (const matrix of places) {
    const cell = matrix.cells.find((one) => one.server === server);
    if (!cell) continue;
    const column = matrix.columns.find((one) => one.observation.id === observation);
    const entry = column?.entries.find((one) => one.cell.server === server);
    if (entry?.value) {
      const split = column?.majority === null && matrix.cells.filter(isObserved).length > 1;
      return { cell, observation, value: entry.value, unit, differs: entry.kind !== 'equal', split };
    }
    if (!fallback || (isObserved(fallback.cell) && !isObserved(cell)))
      fallback = { cell, observation, value: null, unit, differs: false, split: false };
  }
  return fallback;
}

/** The servers in the order of the run, but each variant directly after the server that it varies. */
export function variantsAfterTheirBase(servers: readonly ServerRow[]): ServerRow[] {
  const ids = new Set(servers.map((server) => server.id));
  return servers
    .filter((server) => server.variantOf === null || !ids.has(server.variantOf))
    .flatMap((server) => [server, ...servers.filter((other) => other.variantOf === server.id)]);
}

/** Whether the row is marked as a variant; a version names itself. */
export const isMarkedVariant = ({ id, variantOf }: ServerRow): boolean => variantOf !== null && versionedId(id) === null;

/** The name of a row; variants and models are marked. */
export function rowName(server: ServerRow, words: TableWords): string {
  const name = isMarkedVariant(server) ? `↳ ${server.id}` : server.id;
  return server.provenance === 'model' ? `${name} [${words.model}]` : name;
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
