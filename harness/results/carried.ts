/**
 * What the configuration of a run defined, and which is not at hand when the run is made again: it is shown as run.json has it, as long as its
 * captures are the same ones.
 */
import { claims as builtInClaims } from '../claims/index.ts';
import { type CellResult, type ClaimResult, cellId, type FindingRow, type ObservationRow, type RunResult } from '../compare/run-result.ts';
import type { Found } from '../findings/findings-of.ts';
import { RULES } from '../findings/rules/index.ts';
import type { ObservedValue, Tolerance } from '../model.ts';
import { observations } from '../observe/index.ts';
import type { OwnRules } from './own-rules.ts';

/** What a run holds of its configuration's definitions. */
export interface Carried {
  observations: ObservationRow[];
  /** By the id of the cell, then of the observation; of every cell that was observed. */
  values: ReadonlyMap<string, Readonly<Record<string, ObservedValue>>>;
  findings: FindingRow[];
  /** Ids of the findings that were looked for. */
  lookedFor: string[];
  claims: ClaimResult[];
  /** By id of an observation of this project. */
  tolerances: Readonly<Record<string, Tolerance>>;
}

/** What a run.json holds of them; `null` where its run had none. */
export function carriedIn({ run: { own }, observations, cells, findings, claims }: RunResult): Carried | null {
  if (own === undefined) return null;
  const isOwn = (ids: readonly string[] = []) => {
    const all = new Set(ids);
    return ({ id }: { id: string }): boolean => all.has(id);
  };
  const rows = observations.filter(isOwn(own.observations));
  return {
    observations: rows,
    values: new Map(
      cells.flatMap((cell) => {
        if (cell.state !== 'observed') return [];
        const values = rows.flatMap(({ id }) => {
          const value = cell.values[id];
          return value ? [[id, value] as const] : [];
        });
        return [[cellId(cell), Object.fromEntries(values)] as const];
      }),
    ),
    findings: findings.filter(isOwn(own.findings)),
    lookedFor: own.findings ?? [],
    claims: claims.filter(isOwn(own.claims)),
    tolerances: Object.fromEntries(observations.filter(isOwn(own.tolerances)).map(({ id, tolerance }) => [id, tolerance])),
  };
}

/** What several runs hold of them, as one. A claim of more than one run would have to be judged over all their cells. */
export function joinCarried(all: readonly Carried[]): Carried | null {
  if (all.length === 0) return null;
  const claims = new Map<string, ClaimResult>();
  for (const claim of all.flatMap((one) => one.claims))
    claims.set(claim.id, claims.has(claim.id) ? unjudged(claim, 'each run judged it over its own cells alone') : claim);
  return {
    observations: distinct(all.flatMap((one) => one.observations)),
    values: new Map(all.flatMap(({ values }) => [...values])),
    findings: joined(all.flatMap((one) => one.findings)),
    lookedFor: [...new Set(all.flatMap((one) => one.lookedFor))],
    claims: [...claims.values()],
    tolerances: Object.assign({}, ...all.map((one) => one.tolerances)),
  };
}

/** What of it neither this project nor the configuration at hand defines. */
export function notDefined(carried: Carried, own: OwnRules): Carried {
  const lacksIn = (...lists: readonly (readonly { id: string }[])[]) => {
    const known = new Set(lists.flat().map(({ id }) => id));
    return ({ id }: { id: string }): boolean => !known.has(id);
  };
  const lacksRule = lacksIn(RULES, own.findings ?? []);
  return {
    ...carried,
    observations: carried.observations.filter(lacksIn(observations, own.observations ?? [])),
    findings: carried.findings.filter(lacksRule),
    lookedFor: carried.lookedFor.filter((id) => lacksRule({ id })),
    claims: carried.claims.filter(lacksIn(builtInClaims, own.claims ?? [])),
    tolerances: Object.fromEntries(Object.entries(carried.tolerances).filter(([id]) => !Object.hasOwn(own.tolerances ?? {}, id))),
  };
}

/** The ids of it, for a message. */
export const carriedIds = ({ observations, lookedFor, claims }: Carried): string[] => [
  ...[...observations, ...claims].map(({ id }) => id),
  ...lookedFor,
];

/** The cell with the values that are carried over. */
export function withCarried(cell: CellResult, { observations, values }: Carried): CellResult {
  if (cell.state !== 'observed') return cell;
  const earlier = values.get(cellId(cell)) ?? {};
  const more = observations.flatMap(({ id }) => (earlier[id] ? [[id, earlier[id]] as const] : []));
  return more.length === 0 ? cell : { ...cell, values: { ...cell.values, ...Object.fromEntries(more) } };
}

/** The findings of cells that are still observed, as rules that hold there. */
export function carriedFound({ findings }: Carried, cells: readonly CellResult[]): Found[] {
  const observed = observedIn(cells);
  return findings.flatMap(({ id, severity, level, spec, title, seen, consequence, remedy, server, where }): Found[] => {
    const left = where.filter(({ cell }) => cell === null || observed.has(cell));
    if (left.length === 0 && where.length > 0) return [];
    const words = { title, seen: () => seen, consequence, remedy };
    const rule = { id, severity, level, spec, look: () => [], words };
    // How often it holds is a part of what was seen.
    return [{ rule, server, product: null, args: {}, times: 1, connections: 1, where: left }];
  });
}

/** The claims whose evidence is still observed; the others can't be judged any more. */
export function carriedClaims({ claims, values }: Carried, cells: readonly CellResult[]): ClaimResult[] {
  const observed = observedIn(cells);
  const lost = [...values.keys()].filter((id) => !observed.has(id));
  return claims.map((claim) => {
    const needed = claim.evidence.map(({ cell }) => cell);
    const lacking = needed.length === 0 ? lost : needed.filter((cell) => !observed.has(cell));
    return lacking.length === 0 ? claim : unjudged(claim, `what it rests on is no longer shown (${[...new Set(lacking)].join(', ')})`);
  });
}

const unjudged = (claim: ClaimResult, why: string): ClaimResult => ({
  ...claim,
  verdict: 'not-observable',
  because: `The configuration that defines it is not here, and ${why}.`,
  evidence: [],
});

const observedIn = (cells: readonly CellResult[]): ReadonlySet<string> =>
  new Set(cells.filter(({ state }) => state === 'observed').map(cellId));

const distinct = <T extends { id: string }>(rows: readonly T[]): T[] => [...new Map(rows.map((row) => [row.id, row])).values()];

/** One entry a rule and server: what was seen is that of the first. */
function joined(findings: readonly FindingRow[]): FindingRow[] {
  const all = new Map<string, FindingRow>();
  for (const finding of findings) {
    const key = `${finding.id} ${finding.server}`;
    const known = all.get(key);
    all.set(key, known ? { ...known, where: [...known.where, ...finding.where] } : finding);
  }
  return [...all.values()];
}
