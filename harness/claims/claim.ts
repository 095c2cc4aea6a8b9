/**
 * A claim: what a lab report says, the cells and variants that try it, and a pure predicate over what their packets show.
 * Every sentence stands in `wording/`, once for each language; here are only figures and verdicts.
 */
import type { Evidence, ObservedValue, Provenance } from '../model.ts';
import type { ClaimId, ClaimWords } from './wording/index.ts';

/**
 * `reproduced`: seen again, and the cause that the report gives (where it gives one) stood the test. `reproduced-other-cause`: seen again, but for
 * another reason. `contradicted`: the packets show otherwise. `not-observable`: this run can't tell; what would be needed is said.
 */
export type Verdict = 'reproduced' | 'reproduced-other-cause' | 'contradicted' | 'not-observable';

/** The reports by file name. */
export const REPORTS = {
  R0: '000_a7c51bf45bc18e93',
  R1: '001_0f8cd36df1cb2c09',
  R2: '002_abbfbdc0ced82874',
  R3: '003_8e44766fecca01a5',
  R4: '004_42b2802a22f3f811',
} as const;

/** A cell that a claim needs. `server` and `client` may be stood in for (`STAND_INS`), variants may not. */
export interface CellNeed {
  server: string;
  client: string;
  scenario: string;
}

/** What a predicate may look at of one cell. */
export interface CellFacts {
  /** `server/client/scenario` of the cell that was run: not always that of the need. */
  id: string;
  server: string;
  client: string;
  scenario: string;
  serverProvenance: Provenance;
  clientProvenance: Provenance;
  /** Relative to the run's folder; for printed rows the file that holds them. */
  capture: string;
  /** Longest time that idle connections were watched; `null` where the capture does not say. */
  windowS: number | null;
  values: Readonly<Record<string, ObservedValue>>;
  evidence: Evidence;
}

/** The rows that the reports print, by file name without `.tsv`. */
export const PRINTED = [
  'django-first-html',
  'django-revisit-304',
  'django-tcp-keepalive',
  'flask-edge-capture-1',
  'flask-edge-capture-2',
  'http-server-edge',
] as const;
export type PrintedName = (typeof PRINTED)[number];

export interface Facts {
  /** The observed cell of a need, or of what stands in for it; `null` where there is none. */
  find(need: CellNeed): CellFacts | null;
  /** The packets rebuilt from the rows that a report prints; `null` where the rows are not there. */
  printed(name: PrintedName): CellFacts | null;
}

/** A sentence in whatever language is asked for. */
export type Say = (words: ClaimWords) => string;

/** Frames of one cell that show something; `observation` is the id of one, where it is one that shows it. */
export interface Shown {
  cell: string;
  observation: string;
  frames: number[];
}

export interface Judgement {
  verdict: Verdict;
  /** What was seen, with the measured figures. */
  seen: Say[];
  because: Say;
  /** For `not-observable`: what would have to be there. */
  needed: Say | null;
  evidence: Shown[];
  /** The connection that tells most. */
  ladder: { cell: string; stream: number } | null;
  /** Wireshark display filter that shows it. */
  filter: string | null;
}

export interface Claim {
  id: ClaimId;
  source: (typeof REPORTS)[keyof typeof REPORTS];
  cells: readonly CellNeed[];
  printed: readonly PrintedName[];
  /** Pure: the same facts give the same judgement. */
  judge(facts: Facts): Judgement;
}

/** Checks at load time that a claim names what it is tried on. */
export function defineClaim(claim: Claim): Claim {
  if (claim.cells.length === 0 && claim.printed.length === 0) throw new Error(`claim ${claim.id} names neither cells nor printed rows`);
  return claim;
}

/** Every combination, as needs. */
export const needs = (servers: readonly string[], clients: readonly string[], scenarios: readonly string[]): CellNeed[] =>
  servers.flatMap((server) => clients.flatMap((client) => scenarios.map((scenario) => ({ server, client, scenario }))));

/** What may stand in for a server or client, best first. A variant has no stand-in: another server's would not vary this one. */
export const STAND_INS: Readonly<Record<string, readonly string[]>> = {
  flask: ['flask', 'flask-model'],
  django: ['django', 'django-model'],
  nginx: ['nginx', 'nginx-model'],
  'apache-php': ['apache-php', 'apache-php-model'],
  'python-http': ['python-http', 'python-http-model'],
  chromium: ['real-chromium', 'chromium'],
  firefox: ['real-firefox', 'firefox'],
  'emulated-chromium': ['chromium'],
};

export const standInsOf = (id: string): readonly string[] => STAND_INS[id] ?? [id];
