/** What the pages of the site show of a run, put together once. */
import { isObserved } from '../../compare/matrix.ts';
import { cellOfId, type FindingRow, type ObservationRow, type ObservedCell, type RunResult } from '../../compare/run-result.ts';
import type { Language, ObservedValue } from '../../model.ts';
import { TABLE_WORDS } from '../phrases/tables.ts';
import { placeOf, valueText } from '../value-text.ts';

/** A value and where it is seen. */
export interface ValueGroup {
  text: string;
  value: ObservedValue;
  places: { place: string; frames: readonly number[] }[];
}

/** A value that differs from that of most servers. */
export interface Unusual {
  usual: string;
  agreeing: number;
  voting: number;
}

export interface SiteFacts {
  /** Values of a server's observation, the most frequent first. */
  valuesOf(server: string, observation: ObservationRow): ValueGroup[];
  /** How most servers differ from this one; `null` where they don't. */
  unusual(server: string, observation: ObservationRow): Unusual | null;
  /** The client and scenario in which most servers show this observation, and their values by text; `null` where none does. */
  byValue(observation: ObservationRow): { place: string; groups: { text: string; servers: string[] }[] } | null;
  findingsOf(server: string): FindingRow[];
  /** Observations that any server shows. */
  observations: ObservationRow[];
}

export function factsOf(run: RunResult, language: Language): SiteFacts {
  const words = TABLE_WORDS[language];
  const cells = run.cells.filter(isObserved);
  const ofServer = new Map<string, ObservedCell[]>();
  for (const cell of cells) ofServer.set(cell.server, [...(ofServer.get(cell.server) ?? []), cell]);
  const unusual = new Map<string, Unusual>();
  for (const { against, observation, left, right, agreeing, voting } of run.differences) {
    if (against !== 'majority') continue;
    const key = `${cellOfId(right.cell).server} ${observation}`;
    const unit = run.observations.find(({ id }) => id === observation)?.unit ?? null;
    if (!unusual.has(key) && left.value && right.value)
      unusual.set(key, { usual: valueText(left.value, unit, words), agreeing: agreeing ?? 0, voting: voting ?? 0 });
  }
  const shown = new Set(cells.flatMap(({ values }) => Object.keys(values)));
  return {
    observations: run.observations.filter(({ id }) => shown.has(id)),
    findingsOf: (server) => run.findings.filter((finding) => finding.server === server),
    unusual: (server, { id }) => unusual.get(`${server} ${id}`) ?? null,
    valuesOf(server, { id, unit }) {
      const groups = new Map<string, ValueGroup>();
      for (const cell of ofServer.get(server) ?? []) {
        const value = cell.values[id];
        if (!value) continue;
        const text = valueText(value, unit, words);
        const group = groups.get(text) ?? { text, value, places: [] };
        groups.set(text, group);
        group.places.push({ place: placeOf(cell), frames: value.frames });
      }
      return [...groups.values()].sort((one, other) => other.places.length - one.places.length);
    },
    byValue({ id, unit }) {
      const places = new Map<string, ObservedCell[]>();
      for (const cell of cells) if (cell.values[id]) places.set(placeOf(cell), [...(places.get(placeOf(cell)) ?? []), cell]);
      const [fullest] = [...places].sort(([, one], [, other]) => other.length - one.length);
      if (!fullest) return null;
      const groups = new Map<string, string[]>();
      for (const cell of fullest[1]) {
        const text = valueText(cell.values[id], unit, words);
        groups.set(text, [...(groups.get(text) ?? []), cell.server]);
      }
      const sorted = [...groups]
        .map(([text, servers]) => ({ text, servers }))
        .sort((one, other) => other.servers.length - one.servers.length);
      return { place: fullest[0], groups: sorted };
    },
  };
}
