/** The shape of `findings.json`. */
import { OWN_SERVER } from '../model.ts';
import { type RunResult, SCHEMA_VERSION } from './run-result.ts';

/** `target`: what was probed; `null` for a run of several servers. */
export interface FindingsFile {
  schemaVersion: typeof SCHEMA_VERSION;
  target: string | null;
  findings: RunResult['findings'];
}

/** The findings of a run; where it is about one server, or about the user's own, those of this one, and whose they are. */
export function findingsFileOf({ servers, findings }: Pick<RunResult, 'servers' | 'findings'>): FindingsFile {
  const target = servers.length === 1 ? servers[0] : servers.find(({ id }) => id === OWN_SERVER);
  return {
    schemaVersion: SCHEMA_VERSION,
    target: target?.title ?? null,
    findings: target === undefined ? findings : findings.filter(({ server }) => server === target.id),
  };
}
