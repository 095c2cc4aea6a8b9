/**
 * A claim: what a lab report says, the cells and variants that test it, and a pure predicate over what their packets show.
 * Sentences are in `wording/`, once for each language; claims produce only figures and verdicts.
 */
import type { Evidence, ObservedValue, Provenance } from '../model.ts';
import type { ClaimId, ClaimWords } from './wording/index.ts';

/**
 * `reproduced`: seen again, and the cause that the report gives (where it gives one) was confirmed. `reproduced-other-cause`: seen again, but for
 * another reason. `contradicted`: the packets contradict it. `not-observable`: this run can't decide it; `needed` says what would.
 */
export const VERDICTS = ['reproduced', 'reproduced-other-cause', 'contradicted', 'not-observable'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The reports by file name. */
export const REPORTS = {
  R0: '000_a7c51bf45bc18e93',
  R1: '001_0f8cd36df1cb2c09',
  R2: '002_abbfbdc0ced82874',
  R3: '003_8e44766fecca01a5',
  R4: '004_42b2802a22f3f811',
} as const;

/** A cell that a claim needs. Another server or client may stand in for the one named (`STAND_INS`), except for variants. */
export interface CellNeed {
  server: string;
  client: string;
  scenario: string;
}

/** One cell as a predicate sees it. */
export interface CellFacts {
  /** `server/client/scenario` of the cell that was run, which may stand in for the one needed. */
  id: string;
  server: string;
  client: string;
  scenario: string;
  serverProvenance: Provenance;
  clientProvenance: Provenance;
  /** Relative to the run's folder; for printed rows the file that holds them. */
  capture: string;
  /** Longest time that idle connections were watched, in seconds; `null` where the capture does not say. */
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
  /** The packets rebuilt from the rows that a report prints; `null` in facts that were made without them. */
  printed(name: PrintedName): CellFacts | null;
}

/** A sentence, in the language of the words that it is given. */
export type Say = (words: ClaimWords) => string;

/** Frames of one cell that show something, and the id of the observation they belong to. */
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
  /** For `not-observable`: the cells that the run lacks. Absent where it lacks none, and the packets don't decide. */
  missing?: readonly string[];
  evidence: Shown[];
  /** The connection that shows it best. */
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

/** @throws Error for a claim that names neither cells nor printed rows to test it on */
export function defineClaim(claim: Claim): Claim {
  if (claim.cells.length === 0 && claim.printed.length === 0) throw new Error(`claim ${claim.id} names neither cells nor printed rows`);
  return claim;
}

/** The cells of every combination. */
export const needs = (servers: readonly string[], clients: readonly string[], scenarios: readonly string[]): CellNeed[] =>
  servers.flatMap((server) => clients.flatMap((client) => scenarios.map((scenario) => ({ server, client, scenario }))));

/** What may stand in for a server or client, best first. A variant has no stand-in, because it must differ from its base in one setting alone. */
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

/** Ids that may stand in for a server or client, itself included, best first. */
export const standInsOf = (id: string): readonly string[] => STAND_INS[id] ?? [id];
