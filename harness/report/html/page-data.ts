/** What the page of a run holds, packed: the index that every view needs, and for each cell what is shown when it is opened. */
import type { CellResult, ClaimResult, ClientRow, ObservationRow, ObservedCell, RunResult, ServerRow } from '../../compare/run-result.ts';
import type { Judgement, ObservedValue, ValueJson } from '../../model.ts';
import { printableData } from '../escape.ts';
import { harPath } from '../har.ts';
import { variantsBehindTheirBase } from '../telling.ts';

/** Frames listed with a value; the number of those that are left out follows as a negative number. */
const FRAMES_LISTED = 16;

export type PackedValue = [
  observation: number,
  value: ValueJson,
  frames: number[],
  windowS?: number | null,
  judgement?: number | null,
  note?: string,
];

export interface PackedCell {
  server: number;
  client: number;
  scenario: number;
  state: CellResult['state'];
  reason: string | null;
  remedy: string | null;
  capture: string | null;
  har: string | null;
  sha256: string | null;
  exchangeCount: number;
  notes: string[];
  values: PackedValue[];
}

export interface PageIndex {
  run: RunResult['run'];
  servers: ServerRow[];
  clients: ClientRow[];
  scenarios: RunResult['scenarios'];
  observations: ObservationRow[];
  judgements: Judgement[];
  cells: PackedCell[];
  claims: ClaimResult[];
  baseline: RunResult['baseline'] | null;
  strips: SegmentStrip[];
}

/** How a response was written: its segments, and how many of their bytes are the head. */
export interface SegmentStrip {
  cell: number;
  target: string;
  status: number;
  headBytes: number;
  bodyBytes: number;
  sizes: number[];
  segments: number;
  frames: [number, number];
}

/** @param withHar whether the run has HAR files to link to */
export function pageIndex(run: RunResult, withHar: boolean): PageIndex {
  const servers = variantsBehindTheirBase(run.servers);
  const judgements: Judgement[] = [];
  const known = new Map<string, number>();
  const judgementRef = (judgement: Judgement | undefined): number | null => {
    if (!judgement) return null;
    const key = JSON.stringify(judgement);
    const ref = known.get(key) ?? judgements.push(judgement) - 1;
    known.set(key, ref);
    return ref;
  };
  const places = {
    server: indexOf(servers),
    client: indexOf(run.clients),
    scenario: indexOf(run.scenarios),
    observation: indexOf(run.observations),
  };
  const packValue = (id: string, value: ObservedValue): PackedValue => {
    const more = value.frames.length - FRAMES_LISTED;
    const frames = more > 0 ? [...value.frames.slice(0, FRAMES_LISTED), -more] : value.frames;
    const packed: PackedValue = [places.observation.get(id) ?? 0, value.value, frames];
    const judgement = judgementRef(value.conformance);
    if (value['window-s'] !== undefined || judgement !== null || value.note) packed.push(value['window-s'] ?? null, judgement);
    if (value.note) packed.push(value.note);
    return packed;
  };
  const cells = run.cells.map(
    (cell): PackedCell => ({
      server: places.server.get(cell.server) ?? 0,
      client: places.client.get(cell.client) ?? 0,
      scenario: places.scenario.get(cell.scenario) ?? 0,
      state: cell.state,
      reason: cell.reason,
      remedy: cell.state === 'skipped' ? cell.remedy : null,
      capture: cell.capture,
      har: cell.state === 'observed' && withHar ? harPath(cell) : null,
      sha256: cell.captureSha256,
      exchangeCount: cell.state === 'observed' ? cell.exchangeCount : 0,
      notes: cell.notes,
      values: Object.entries(cell.values as ObservedCell['values'])
        .filter(([id]) => places.observation.has(id))
        .map(([id, value]) => packValue(id, value)),
    }),
  );
  // Titles and versions may have come from the wire too.
  return printableData({
    run: run.run,
    servers,
    clients: run.clients,
    scenarios: run.scenarios,
    observations: run.observations,
    judgements,
    cells,
    claims: run.claims,
    baseline: run.baseline ?? null,
    strips: [],
  });
}

const indexOf = (rows: readonly { id: string }[]): Map<string, number> => new Map(rows.map((row, index) => [row.id, index]));
