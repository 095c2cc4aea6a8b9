/** The few differences of a run that its reader should see first. */
import { cellOfId, type Difference, type RunResult } from '../compare/run-result.ts';
import { versionedId } from '../system/versioned-id.ts';
import { labelOf } from './findings.ts';
import type { TableWords } from './phrases/tables.ts';
import { valueText } from './value-text.ts';

/** Most differences that are shown, values of each, and servers named with a value. */
const SHOWN = 30;
const VALUES = 4;
const SERVERS = 6;

/**
 * Groups of observations by what they do to whoever runs a server, proxy or client: first what ends connections and loses requests, then what makes
 * caches and ranges wrong, then how a request is read. Groups that are not here depend on timing, or on other values.
 */
const ORDER = [
  'idle',
  'keepalive',
  'close',
  'shutdown',
  'starvation',
  'conditional',
  'range',
  'cache',
  'coding',
  'bodies',
  'parsers',
  'versions',
  'methods',
  'limits',
  'pipelining',
  'http',
  'framing',
];

const groupOf = (observation: string): string => observation.slice(0, observation.indexOf('.'));

/** Depend on the load and on the timing of one run, or restate another value. */
const LEFT_OUT = new Set(['close.idle-ms', 'framing.head-segments', 'framing.largest-segment', 'framing.head-and-body']);

/** A value other than the usual one, and the servers that have it. */
export interface OtherValue {
  text: string;
  /** It deviates from what an RFC demands. */
  deviates: boolean;
  servers: string[];
  /** How many more servers have it. */
  others: number;
  first: Difference['right'];
}

/** One observation in which servers differ. */
export interface MatteringDifference {
  observation: string;
  title: string;
  usual: string;
  agreeing: number;
  voting: number;
  values: OtherValue[];
  /** How many more values there are. */
  more: number;
}

/**
 * At most thirty observations in which real servers differ from the majority, those that end connections first. Variants are left out where
 * their base is there, and versions where there are several: these are compared with each other. Of the cells of an observation, those that the most servers take part in count.
 */
export function differencesThatMatter(run: RunResult, words: TableWords): MatteringDifference[] {
  const ids = new Set(run.servers.map(({ id }) => id));
  const families = run.servers.flatMap(({ id }) => versionedId(id)?.family ?? []);
  const isOneOfSeveral = (id: string): boolean => families.filter((family) => family === versionedId(id)?.family).length > 1;
  const counted = new Set(
    run.servers
      .filter(({ provenance, variantOf }) => provenance === 'real' && (variantOf === null || !ids.has(variantOf)))
      .map(({ id }) => id)
      .filter((id) => !isOneOfSeveral(id)),
  );
  const byObservation = new Map<string, Difference[]>();
  for (const difference of run.differences) {
    const { against, observation, right } = difference;
    if (against !== 'majority' || !ORDER.includes(groupOf(observation)) || LEFT_OUT.has(observation)) continue;
    if (counted.has(cellOfId(right.cell).server)) byObservation.set(observation, [...(byObservation.get(observation) ?? []), difference]);
  }
  const rank = ({ id }: { id: string }): number => ORDER.indexOf(groupOf(id));
  return run.observations
    .filter(({ id }) => byObservation.has(id))
    .sort((a, b) => rank(a) - rank(b))
    .map(({ id, title, unit }) => {
      const all = byObservation.get(id) ?? [];
      const place = placeWithMost(all);
      const own = all.filter(({ right }) => placeOfCell(right.cell) === place);
      const text = (side: Difference['left']): string => (side.value ? valueText(side.value, unit, words) : words.lacks);
      const [{ left, agreeing = 0, voting = 0 }] = own as [Difference];
      const values = valuesOf(run, own, text, words);
      return {
        observation: id,
        title,
        usual: text(left),
        agreeing,
        voting,
        values: values.slice(0, VALUES),
        more: Math.max(0, values.length - VALUES),
      };
    })
    .slice(0, SHOWN);
}

const placeOfCell = (cell: string): string => {
  const { client, scenario } = cellOfId(cell);
  return `${client}/${scenario}`;
};

/** Client and scenario in which the most servers voted; of several, those in which the most differ, and the first of these. */
function placeWithMost(differences: readonly Difference[]): string {
  const places = new Map<string, { voting: number; count: number }>();
  for (const { right, voting = 0 } of differences) {
    const place = placeOfCell(right.cell);
    places.set(place, { voting, count: (places.get(place)?.count ?? 0) + 1 });
  }
  const [most] = [...places].sort(([, a], [, b]) => b.voting - a.voting || b.count - a.count);
  return most?.[0] ?? '';
}

/** The values other than the usual one, those that deviate from an RFC first, then those of the most servers. */
function valuesOf(
  run: RunResult,
  differences: readonly Difference[],
  text: (side: Difference['right']) => string,
  words: TableWords,
): OtherValue[] {
  const found = new Map<string, OtherValue>();
  for (const { right } of differences) {
    const shown = text(right);
    const deviates = right.value?.conformance?.verdict === 'deviates';
    const value = found.get(shown) ?? { text: shown, deviates, servers: [], others: 0, first: right };
    found.set(shown, value);
    if (value.servers.length < SERVERS) value.servers.push(labelOf(run, cellOfId(right.cell).server, words));
    else value.others++;
  }
  const size = ({ servers, others }: OtherValue): number => servers.length + others;
  return [...found.values()].sort((a, b) => Number(b.deviates) - Number(a.deviates) || size(b) - size(a));
}
