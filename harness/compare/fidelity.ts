/**
 * How closely an emulated browser follows the real one: its traits in one cell compared with those of several runs of the real browser in the
 * same cell. A value is right when it lies in the range of the real runs.
 */
import { timeTolerance } from '../observe/observation.ts';
import { type CellTraits, type Trait, type TraitItem, traits } from './fidelity-traits.ts';

/** The number of real runs that a comparison needs: fewer show no range. */
export const REAL_RUNS = 3;

/** Something that the emulated browser does as the real one did in none of its runs. */
export interface Miss {
  trait: string;
  key: string;
  /** `null`: the emulated browser has no such thing. */
  emulated: { value: string | number; frames: number[] } | null;
  /** One entry a real run that has it. */
  real: { run: number; value: string | number; frames: number[] }[];
}

/** How many items of a trait the emulated browser got right, of how many. */
export interface TraitScore {
  trait: string;
  right: number;
  total: number;
}

/** The comparison of one emulated cell with its real runs: a score for each trait, and every item that differs. */
export interface CellFidelity {
  scores: TraitScore[];
  misses: Miss[];
}

/** Compares the traits of an emulated cell with those of the real runs. */
export function compareCell(emulated: CellTraits, real: readonly CellTraits[]): CellFidelity {
  const results = traits.map((trait) =>
    compareTrait(
      trait,
      emulated.get(trait.id) ?? [],
      real.map((run) => run.get(trait.id) ?? []),
    ),
  );
  return {
    scores: results.flatMap(({ score }) => (score.total > 0 ? [score] : [])),
    misses: results.flatMap(({ misses }) => misses),
  };
}

/** Compares one trait: every item of the emulated run, and every item that all real runs have. */
export function compareTrait(
  trait: Trait,
  emulated: readonly TraitItem[],
  real: readonly (readonly TraitItem[])[],
): { score: TraitScore; misses: Miss[] } {
  const keys = [...new Set([...emulated, ...real.flat()].map(({ key }) => key))];
  const score: TraitScore = { trait: trait.id, right: 0, total: 0 };
  const misses: Miss[] = [];
  for (const key of keys) {
    const mine = emulated.find((item) => item.key === key) ?? null;
    const theirs = real.flatMap((items, index) => {
      const item = items.find((one) => one.key === key);
      return item ? [{ run: index + 1, value: item.value, frames: item.frames }] : [];
    });
    const right = isRight(trait, mine, theirs, real.length);
    if (right === null) continue;
    score.total += 1;
    if (right) score.right += 1;
    else misses.push({ trait: trait.id, key, emulated: mine && { value: mine.value, frames: mine.frames }, real: theirs });
  }
  return { score, misses };
}

/** `null`: there is nothing to judge. */
function isRight(trait: Trait, mine: TraitItem | null, theirs: readonly { value: string | number }[], runs: number): boolean | null {
  if (mine && theirs.length > 0)
    return inRange(
      trait,
      mine.value,
      theirs.map(({ value }) => value),
    );
  if (trait.unmatched === 'ignore') return null;
  // An item that only some of the real runs have may be missing.
  if (!mine) return theirs.length === runs ? false : null;
  return false;
}

function inRange(trait: Trait, value: string | number, shown: readonly (string | number)[]): boolean {
  const numbers = shown.filter((one) => typeof one === 'number');
  if (typeof value !== 'number' || numbers.length === 0) return shown.includes(value);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const tolerance = trait.unit === 'ms' ? timeTolerance('ms') : null;
  if (tolerance?.kind !== 'relative') return value >= low && value <= high;
  const allowed = (bound: number) => Math.max(tolerance.absolute, tolerance.ratio * Math.abs(bound));
  return value >= low - allowed(low) && value <= high + allowed(high);
}

/** One cell of the result. */
export interface FidelityCell extends CellFidelity {
  server: string;
  emulated: string;
  real: string;
  scenario: string;
  realRuns: number;
}

/** A score, of a browser, a scenario, a trait or all of them. */
export interface Share {
  id: string;
  /** Mean share of right items over the judged traits and cells; 0 to 1. */
  share: number;
  /** Cells × traits that were judged. */
  judged: number;
}

/** The scores of a run: over all cells, and by browser, scenario, server and trait. Each score is a share from 0 to 1. */
export interface FidelitySummary {
  overall: Share;
  browsers: Share[];
  scenarios: Share[];
  servers: Share[];
  traits: Share[];
}

/** The scores by browser, scenario, server and trait. Every trait of every cell has the same weight, so that a page of many requests does not outweigh who closes the connection. */
export function summarise(cells: readonly FidelityCell[]): FidelitySummary {
  const rows = cells.flatMap(({ scores, ...cell }) =>
    scores.map((score) => ({ ...cell, trait: score.trait, share: score.right / score.total })),
  );
  const shareOf = (id: string, some: readonly { share: number }[]): Share => ({
    id,
    share: some.length === 0 ? 0 : some.reduce((sum, { share }) => sum + share, 0) / some.length,
    judged: some.length,
  });
  const by = (of: (row: (typeof rows)[number]) => string): Share[] =>
    [...new Set(rows.map(of))].map((id) =>
      shareOf(
        id,
        rows.filter((row) => of(row) === id),
      ),
    );
  return {
    overall: shareOf('all', rows),
    browsers: by((row) => row.emulated),
    scenarios: by((row) => row.scenario),
    servers: by((row) => row.server),
    traits: traits.flatMap((trait) => by((row) => row.trait).filter(({ id }) => id === trait.id)),
  };
}
