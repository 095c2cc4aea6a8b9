/** Names of the site's pages and of the places in them. They last: other sites link to them. */
import type { RunResult } from '../../compare/run-result.ts';

/** Names of pages, by id. */
export interface SiteNames {
  server(id: string): string;
  /** Of an observation's page, and of its place in a server's page: `idle-used` of `idle.used-s`. */
  observation(id: string): string;
  claim(id: string): string;
}

/** Names of the pages of a run; two ids never get the same one. */
export function namesOf(run: Pick<RunResult, 'servers' | 'observations' | 'claims'>): SiteNames {
  const plain = new Set(run.observations.map(({ id }) => dashed(id)));
  const short = (id: string): string => {
    const withoutUnit = dashed(id).replace(/-(s|ms)$/, '');
    return withoutUnit !== dashed(id) && plain.has(withoutUnit) ? dashed(id) : withoutUnit;
  };
  const servers = named(
    run.servers.map(({ id }) => id),
    (id) => id.replace('>', '-to-'),
  );
  const observations = named(
    run.observations.map(({ id }) => id),
    short,
  );
  const claims = named(
    run.claims.map(({ id }) => id),
    (id) => dashed(id.toLowerCase()),
  );
  return {
    server: (id) => servers.get(id) ?? safe(id),
    observation: (id) => observations.get(id) ?? safe(short(id)),
    claim: (id) => claims.get(id) ?? safe(dashed(id.toLowerCase())),
  };
}

const dashed = (id: string): string => id.replaceAll('.', '-');
/** What stands in a path and in an address alike. `index` is the folder's own page. */
const safe = (text: string): string => {
  const plain = text.replace(/[^\w.@-]+/g, '-').replace(/^[.-]+/, '') || 'unnamed';
  return plain === 'index' ? 'index-' : plain;
};

function named(ids: readonly string[], nameOf: (id: string) => string): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const id of ids) {
    const wanted = safe(nameOf(id));
    let name = wanted;
    for (let at = 2; taken.has(name.toLowerCase()); at++) name = `${wanted}-${at}`;
    taken.add(name.toLowerCase());
    names.set(id, name);
  }
  return names;
}
