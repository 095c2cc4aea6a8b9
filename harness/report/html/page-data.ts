/** The index of the page: what every view of a run needs. */
import type { ConnectionRow, ObservedCell } from '../../compare/run-result.ts';
import type { Conformance, ObservedValue } from '../../model.ts';
import { printableData } from '../escape.ts';
import { variantsAfterTheirBase } from '../main-table.ts';
import type { ReportInput } from '../reporter.ts';
import { aboutOf } from './page-about.ts';
import { pageClaims } from './page-claims.ts';
import { pageFindings } from './page-findings.ts';
import type { PackedCell, PackedValue, PageIndex } from './page-format.ts';
import { pageFronts } from './page-fronts.ts';

/** Frames listed with a value; a negative number after them counts those left out. */
const FRAMES_LISTED = 16;

/** The index of a run, without the strips of segments, which need the captures. */
export function pageIndex({
  run,
  language,
  linksOf,
  found,
  judged,
}: Pick<ReportInput, 'run' | 'language' | 'linksOf' | 'found' | 'judged'>): PageIndex {
  const servers = variantsAfterTheirBase(run.servers);
  const places = {
    server: indexOf(servers),
    client: indexOf(run.clients),
    scenario: indexOf(run.scenarios),
  };
  const values = new ValuePacker(run.observations);
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
      values: values.pack(cell.values as ObservedCell['values']),
      ...raceOf(cell.connections),
    }),
  );
  // Titles and versions may have come from the wire too.
  return printableData({
    run: run.run,
    capture: null,
    race: null,
    language,
    servers,
    clients: run.clients,
    scenarios: run.scenarios,
    observations: run.observations,
    judgements: values.judgements,
    cells,
    claims: pageClaims(run, judged),
    findings: pageFindings(found),
    baseline: run.baseline ?? null,
    strips: [],
    fronts: pageFronts(run, servers),
    details: [],
    packets: [],
    about: aboutOf(run),
  });
}

/** Both sides close at once where the first FIN or RST comes within this time after the last byte. Milliseconds. */
const AT_ONCE_MS = 50;

/** Where some connections are closed by the server first and others by the client, all of them at once, a hair decides. */
function raceOf(connections: readonly ConnectionRow[]): Pick<PackedCell, 'race'> {
  const closed = connections.flatMap(({ exchanges, firstClose }) => (exchanges > 0 && firstClose ? [firstClose] : []));
  const atOnce = closed.every(({ idleMs }) => idleMs !== null && idleMs <= AT_ONCE_MS);
  const server = closed.filter(({ by }) => by === 'server').length;
  const client = closed.length - server;
  return atOnce && server > 0 && client > 0 ? { race: [server, client] } : {};
}

/** Packs values, and keeps what the RFCs say of them once. */
export class ValuePacker {
  readonly judgements: Conformance[] = [];
  readonly #known = new Map<string, number>();
  readonly #places: ReadonlyMap<string, number>;

  constructor(observations: readonly { id: string }[]) {
    this.#places = indexOf(observations);
  }

  /** The values of observations that the page knows. */
  pack(values: Readonly<Record<string, ObservedValue>>): PackedValue[] {
    return Object.entries(values).flatMap(([id, value]) => {
      const place = this.#places.get(id);
      return place === undefined ? [] : [this.#packOne(place, value)];
    });
  }

  #packOne(place: number, value: ObservedValue): PackedValue {
    const more = value.frames.length - FRAMES_LISTED;
    const frames = more > 0 ? [...value.frames.slice(0, FRAMES_LISTED), -more] : value.frames;
    const packed: PackedValue = [place, value.value, frames];
    const judgement = this.#judgementRef(value.conformance);
    if (value.windowS !== undefined || judgement !== null || value.note) packed.push(value.windowS ?? null, judgement);
    if (value.note) packed.push(value.note);
    return packed;
  }

  #judgementRef(judgement: Conformance | undefined): number | null {
    if (!judgement) return null;
    const key = JSON.stringify(judgement);
    const ref = this.#known.get(key) ?? this.judgements.push(judgement) - 1;
    this.#known.set(key, ref);
    return ref;
  }
}

const indexOf = (rows: readonly { id: string }[]): Map<string, number> => new Map(rows.map((row, index) => [row.id, index]));
