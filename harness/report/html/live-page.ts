/** The report of a run that goes on: the same index and records as in `report.html`, but each block is given when the page asks for it. */
import { gzipSync } from 'node:zlib';
import { isObserved } from '../../compare/matrix.ts';
import type { ObservedCell } from '../../compare/run-result.ts';
import { type CellIdentity, cellId } from '../../model.ts';
import { evidenceFor, type PageInput } from '../html.ts';
import { cellDetail, detailWithoutCapture, stripsOf } from './cell-detail.ts';
import { cutCapture } from './cut-capture.ts';
import { dataBlock, documentEnd, documentStart } from './document.ts';
import { pageIndex } from './page-data.ts';
import { LIVE_BLOCK, type PackedCell, type PageIndex, type PlaceInBlocks, type SegmentStrip } from './page-format.ts';
import { StringTable } from './strings.ts';

/** The page without its data. @throws where the page's script was not built */
export const liveDocument = (): string =>
  [documentStart('wirematrix', { served: true }), dataBlock(LIVE_BLOCK, true), documentEnd()].join('');

/** A block of one record: what comes after its beginning is the record. */
const wholeBlock = (block: number): PlaceInBlocks => [block, 0, Number.MAX_SAFE_INTEGER];

interface LiveRecord {
  cell: ObservedCell;
  strips: readonly Omit<SegmentStrip, 'cell'>[];
}

export class LivePage {
  /** All cells of the run, in order: a cell keeps its place from the first to the last. */
  readonly #planned: readonly CellIdentity[];
  readonly #strings = new StringTable();
  /** By number of their block. */
  readonly #records: LiveRecord[] = [];
  /** The numbers of the records that are shown, by capture and hash: a cell that was run again gets a new one. */
  #numbers = new Map<string, number>();
  #input: PageInput | null = null;
  #index: PageIndex | null = null;

  constructor(planned: readonly CellIdentity[]) {
    this.#planned = planned;
  }

  /** Takes over the run as it is now. @throws where a capture can't be read */
  async show(input: PageInput): Promise<void> {
    const index = pageIndex(input);
    const packed = new Map(input.run.cells.map((cell, place) => [cellId(cell), index.cells[place] as PackedCell]));
    const observed = new Map(input.run.cells.filter(isObserved).map((cell) => [cellId(cell), cell]));
    index.cells = this.#planned.map((cell) => packed.get(cellId(cell)) ?? pendingCell(cell, index));
    const numbers = new Map<string, number>();
    for (const [place, planned] of this.#planned.entries()) {
      const cell = observed.get(cellId(planned));
      if (!cell) continue;
      const key = `${cell.capture} ${cell.captureSha256}`;
      const number = this.#numbers.get(key) ?? (await this.#add(cell, input));
      numbers.set(key, number);
      index.details[place] = wholeBlock(number);
      if (input.captureOf) index.packets[place] = wholeBlock(number);
      for (const strip of (this.#records[number] as LiveRecord).strips) index.strips.push({ ...strip, cell: place });
    }
    this.#numbers = numbers;
    this.#input = input;
    this.#index = index;
  }

  async #add(cell: ObservedCell, { evidenceOf }: PageInput): Promise<number> {
    const evidence = cell.scenario === 'first-visit' ? await evidenceFor(cell, evidenceOf) : null;
    return this.#records.push({ cell, strips: evidence ? stripsOf(0, evidence) : [] }) - 1;
  }

  /** A block by its id, packed as it would be in the file; `null` where the page has none of this id. @throws where a capture can't be read */
  async block(id: string): Promise<string | null> {
    if (id === 'index') return this.#index && pack(JSON.stringify(this.#index));
    if (id === 'strings') return pack(JSON.stringify(this.#strings.strings));
    const [, kind, number] = /^(details|packets)-(\d+)$/.exec(id) ?? [];
    const cell = number === undefined ? undefined : this.#shown(Number(number));
    if (!cell || !this.#input) return null;
    const evidence = await evidenceFor(cell, this.#input.evidenceOf);
    if (kind === 'details') {
      const { run } = this.#input;
      const detail = evidence ? cellDetail(cell, evidence, run, this.#strings) : detailWithoutCapture(cell, run, this.#strings);
      return pack(JSON.stringify(detail));
    }
    const cut = evidence && this.#input.captureOf ? cutCapture(await this.#input.captureOf(cell), evidence) : null;
    return cut && pack(cut);
  }

  #shown(number: number): ObservedCell | undefined {
    return [...this.#numbers.values()].includes(number) ? this.#records[number]?.cell : undefined;
  }
}

/** Speed goes before size: it stays on this machine, and the run needs the processor. */
const pack = (bytes: Uint8Array | string): string => JSON.stringify(gzipSync(bytes, { level: 1 }).toString('base64'));

function pendingCell({ server, client, scenario }: CellIdentity, { servers, clients, scenarios }: PageIndex): PackedCell {
  const place = (rows: readonly { id: string }[], id: string): number => rows.findIndex((row) => row.id === id);
  return {
    server: place(servers, server),
    client: place(clients, client),
    scenario: place(scenarios, scenario),
    state: 'pending',
    reason: null,
    remedy: null,
    capture: null,
    har: null,
    sha256: null,
    exchangeCount: 0,
    notes: [],
    values: [],
  };
}
