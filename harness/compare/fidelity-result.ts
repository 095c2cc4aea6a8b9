import type { FidelityCell, FidelitySummary, Share } from './fidelity.ts';
import type { ModelCell } from './model-fidelity.ts';

/** `fidelity.json`: emulated browsers against real ones. */
export interface FidelityResult {
  schemaVersion: 1;
  kind: 'browsers';
  startedAt: string;
  /** Longest time that idle connections were watched. */
  windowS: number;
  realRuns: number;
  /** Id and version of each client and server. */
  versions: { clients: Record<string, string>; servers: Record<string, string> };
  /** By emulated browser: where it is known not to be as the real one. */
  declared: Record<string, readonly { what: string; because: string }[]>;
  summary: FidelitySummary;
  cells: FidelityCell[];
}

/** `models.json`: models against the servers that they imitate. */
export interface ModelFidelityResult {
  schemaVersion: 1;
  kind: 'models';
  startedAt: string;
  windowS: number;
  versions: { clients: Record<string, string>; servers: Record<string, string> };
  models: Share[];
  cells: ModelCell[];
}
