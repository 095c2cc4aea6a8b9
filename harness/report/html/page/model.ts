/** The run that the page holds, and its rows in words. */
import type { ClientRow, ObservationRow, ScenarioRow, ServerRow } from '../../../compare/run-result.ts';
import type { Conformance, Language, ObservedValue } from '../../../model.ts';
import { definitionIn } from '../../phrases/in-language.ts';
import { grouped } from '../../phrases/phrases.ts';
import { valueWords } from '../../story.ts';
import { type PackedPhrase, unpackPhrase } from '../packed-phrase.ts';
import type { CellDetail, PackedCell, PackedValue, PageIndex, PairDetail } from '../page-format.ts';
import { type Child, h } from './dom.ts';
import { embeddedData, isLive } from './embedded.ts';
import { duration, said, state, t, textOf, title } from './language.ts';
import { explainProvenance } from './provenance.ts';
import { unpackedData, unpackedRecord } from './unpack.ts';

/** A cell; its server, client, scenario and observations are places in the index. */
export interface Cell extends Omit<PackedCell, 'values'> {
  place: number;
  /** By observation. A negative frame stands for that many more. */
  values: ReadonlyMap<number, ObservedValue>;
}

export let index = await unpackedData<PageIndex>('index');

/** Texts that the details of the cells refer to. */
export let strings = await unpackedData<string[]>('strings');

export let cells: readonly Cell[] = cellsOf(index);

/** Takes over the run as it is now: servers, cells and observations keep their places. @throws where whoever serves the page is gone */
export async function readAgain(): Promise<void> {
  index = await unpackedData<PageIndex>('index');
  cells = cellsOf(index);
  byId = new Map(cells.map((cell) => [cellId(cell), cell]));
}

function cellsOf(read: PageIndex): Cell[] {
  return read.cells.map((cell, place) => {
    let values: Cell['values'] | null = null;
    return {
      ...cell,
      place,
      // Unpacked when a view asks for them: the first one needs a few cells of hundreds.
      get values() {
        return (values ??= new Map(cell.values.map((one) => unpackValue(one, read))));
      },
    };
  });
}

/** A value by its observation. @param read the index that it is of */
export function unpackValue(
  [observation, value, frames, windowS, judgement, note]: PackedValue,
  read: PageIndex = index,
): [number, ObservedValue] {
  const unpacked: ObservedValue = { value, frames };
  if (typeof windowS === 'number') unpacked.windowS = windowS;
  if (typeof judgement === 'number') unpacked.conformance = rowAt(read.judgements, judgement);
  if (note !== undefined) unpacked.note = note;
  return [observation, unpacked];
}

function rowAt<Row>(rows: readonly Row[], place: number): Row {
  const row = rows[place];
  if (row === undefined) throw new RangeError(`this page has no row ${place} of ${rows.length}`);
  return row;
}

/** Rows with their titles in the reader's language. */
const named = new WeakMap<object, { language: Language; row: object }>();

function inReadersLanguage<Row extends { id: string; title: string; summary?: string | null }>(kind: 'server' | 'client', row: Row): Row {
  const known = named.get(row);
  if (known?.language === state.language) return known.row as Row;
  const { id, summary } = row;
  const own: Row = { ...row, title: title(`${kind}.${id}`, row.title), ...(summary ? { summary: title(`summary.${id}`, summary) } : {}) };
  named.set(row, { language: state.language, row: own });
  return own;
}

export const serverAt = (server: number): ServerRow => inReadersLanguage('server', rowAt(index.servers, server));
export const clientAt = (client: number): ClientRow => inReadersLanguage('client', rowAt(index.clients, client));
export const scenarioAt = (scenario: number): ScenarioRow => rowAt(index.scenarios, scenario);
export const observationAt = (observation: number): ObservationRow => rowAt(index.observations, observation);

/** Where rows are, in order: the numbers that cells name them by. */
export const placesOf = (rows: readonly unknown[]): number[] => rows.map((_row, place) => place);

/** `server/client/scenario`, as in run.json and in the page's addresses. */
export const cellId = ({ server, client, scenario }: Pick<Cell, 'server' | 'client' | 'scenario'>): string =>
  `${serverAt(server).id}/${clientAt(client).id}/${scenarioAt(scenario).id}`;

let byId = new Map(cells.map((cell) => [cellId(cell), cell]));

/** @param id `server/client/scenario` */
export const cellOfId = (id: string): Cell | null => byId.get(id) ?? null;

/** The cell of these places in the index; `null` where the run has none. */
export const cellAt = (server: number, client: number, scenario: number): Cell | null => cellOfId(cellId({ server, client, scenario }));

const details = new WeakMap<Cell, CellDetail>();

const connectionDetails = new Map<number, CellDetail>();

/** What is shown of a connection of a capture from elsewhere; `null` where the page has no detail of it. */
export function connectionDetail(stream: number): CellDetail | null {
  if (!index.capture?.detailed.includes(stream)) return null;
  const detail = connectionDetails.get(stream) ?? embeddedData<CellDetail>(`connection-${stream}`);
  connectionDetails.set(stream, detail);
  return detail;
}

/** The example of a pair of a race that has a block. @param place in the race's pairs */
export const pairDetail = (place: number): PairDetail => embeddedData<PairDetail>(`pair-${place}`);

/** Unpacks what is shown of observed cells when they are opened: `detailOf` has it from then on, where the browser can unpack it. */
export async function readDetails(wanted: readonly Cell[]): Promise<void> {
  await Promise.all(
    wanted.map(async (cell) => {
      const place = index.details[cell.place] ?? null;
      if (place === null || details.has(cell)) return;
      const json = await unpackedRecord('details', place).catch(() => null);
      if (json !== null) details.set(cell, JSON.parse(new TextDecoder().decode(json)) as CellDetail);
    }),
  );
  // Texts are only added: what was read before still refers to its own.
  if (isLive) strings = await unpackedData<string[]>('strings').catch(() => strings);
}

/** What is shown of an observed cell when it is opened; `null` where `readDetails` has not read it. */
export const detailOf = (cell: Cell): CellDetail | null => details.get(cell) ?? null;

/** A sentence of a cell's detail. */
export const sentenceText = (packed: PackedPhrase): string => textOf(unpackPhrase(packed, strings));

/** A text of a cell's detail; `null` where the message that it belongs to is missing. */
export const textAt = (ref: number | null): string | null => (ref === null ? null : (strings[ref] ?? ''));

/** A client's title with its provenance: an emulated browser and the real one may have the same. */
export const clientName = ({ title, provenance }: ClientRow): string =>
  /[(（]/.test(title) ? title : title + t('ui.aside', { text: t(`ui.${provenance}`) });

export const observationTitle = (observation: number): string => {
  const row = observationAt(observation);
  return title(`observation.${row.id}`, row.title);
};

/** What an observation means, in the reader's language. */
export const definitionOf = (row: ObservationRow): string => definitionIn(state.language, row);

/** The same to be read: its id, the definition with its code, and the section that it follows. */
export const definitionParts = (row: ObservationRow): Child[] => [
  h('code', {}, row.id),
  ' ',
  ...definitionOf(row)
    .split('`')
    .map((part, at): Child => (at % 2 === 1 ? h('code', {}, part) : part)),
  row.spec ? t('ui.aside', { text: row.spec }) : '',
];

export const scenarioTitle = (scenario: number): string => {
  const row = scenarioAt(scenario);
  return title(`scenario.${row.id}`, row.title);
};

/** Seconds that a value was watched for, where it was still open then; else `null`. */
export const openForS = (value: ObservedValue | null | undefined): number | null =>
  value?.value === null ? (value.windowS ?? null) : null;

/** A value in words. @param short for a cell of a table */
export function valueText(value: ObservedValue | null | undefined, unit: ObservationRow['unit'], short = false): string {
  if (short) {
    if (!value) return '–';
    const windowS = openForS(value);
    if (windowS !== null) return `> ${duration((windowS >= 5 ? Math.floor(windowS) : windowS) * 1e6)}`;
  }
  if (typeof value?.value === 'number' && (unit === 'count' || unit === null)) return grouped(value.value);
  return textOf(valueWords(value, unit));
}

/** How a cell that shows nothing ended, and why. */
export const outcomeText = ({ state, reason }: Pick<Cell, 'state' | 'reason'>): string =>
  state === 'observed' ? '' : [t(`ui.${state}`), ...(reason === null ? [] : [said(reason)])].join(t('ui.colon'));

/** What an RFC says of a value, in short. */
export const judgementText = ({ verdict, section }: Conformance): string => t('ui.judgement', { verdict: t(`ui.${verdict}`), section });

/** Whether a hair decides who closes first: in this cell sometimes the server, sometimes the client does, each at once. */
export const isRace = (cell: Cell | null, observation: number): boolean =>
  cell?.race !== undefined && observationAt(observation).id === 'close.first';

/** The race of a cell in words. */
export const raceText = ({ race: [server, client] = [0, 0] }: Cell): string => t('matrix.race', { server, client });

/** Where a server or client comes from, in words and with a form of its own. @param quiet real servers and variants bear no badge */
export function badges(row: ServerRow | ClientRow, { quiet = false } = {}): (HTMLElement | null)[] {
  const variantOf = 'variantOf' in row ? row.variantOf : null;
  const name = t(`ui.${row.provenance}`);
  return [
    row.provenance === 'real'
      ? quiet
        ? null
        : h('span', { class: 'badge real' }, name)
      : h(
          'button',
          { type: 'button', class: `badge ${row.provenance}`, onclick: () => explainProvenance(row, index.about?.[row.id] ?? null) },
          name,
        ),
    variantOf && !quiet ? h('span', { class: 'badge variant', title: t('ui.variant-of', { server: variantOf }) }, t('ui.variant')) : null,
  ];
}
