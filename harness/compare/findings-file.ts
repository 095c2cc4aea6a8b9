/** The shape of `findings.json`. */
import { type RunResult, SCHEMA_VERSION } from './run-result.ts';

/** `target`: what was probed; `null` for a run of several servers. */
export interface FindingsFile {
  schemaVersion: typeof SCHEMA_VERSION;
  target: string | null;
  findings: RunResult['findings'];
}

/** The findings of a run, and whose they are. */
export const findingsFileOf = ({ servers, findings }: Pick<RunResult, 'servers' | 'findings'>): FindingsFile => ({
  schemaVersion: SCHEMA_VERSION,
  target: servers.length === 1 ? (servers[0]?.title ?? null) : null,
  findings,
});
