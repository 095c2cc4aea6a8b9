/** The index of the page: what every view of a run needs. */
import type { ObservedCell, RunResult } from '../../compare/run-result.ts';
import type { Conformance, ObservedValue } from '../../model.ts';
import { printableData } from '../escape.ts';
import { variantsAfterTheirBase } from '../main-table.ts';
import type { ReportInput } from '../reporter.ts';
import type { PackedCell, PackedValue, PageIndex } from './page-format.ts';

/** Frames listed with a value; a negative number after them counts those left out. */
const FRAMES_LISTED = 16;

/** The index of a run, without the strips of segments, which need the captures. */
export function pageIndex(run: RunResult, language: string, linksOf: ReportInput['linksOf']): PageIndex {
  const servers = variantsAfterTheirBase(run.servers);
  const judgements: Conformance[] = [];
  const known = new Map<string, number>();
  const judgementRef = (judgement: Conformance | undefined): number | null => {
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
    if (value.windowS !== undefined || judgement !== null || value.note) packed.push(value.windowS ?? null, judgement);
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
      ...(cell.state === 'observed' ? linksOf(cell) : { capture: cell.capture, har: null }),
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
    language,
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
