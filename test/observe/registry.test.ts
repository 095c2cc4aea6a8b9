import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scenarios } from '../../clients/scenarios/index.ts';
import type { Observation } from '../../harness/model.ts';
import { observations } from '../../harness/observe/index.ts';

const FOLDER = new URL('../../harness/observe/', import.meta.url);

const isObservation = (one: unknown): one is Observation => typeof one === 'object' && one !== null && 'observe' in one && 'id' in one;

/** Every exported array of observations of every file. */
async function exportedGroups(): Promise<{ file: string; group: Observation[] }[]> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts') && file !== 'index.ts');
  const groups = await Promise.all(
    files.map(async (file) => {
      const module: Record<string, unknown> = await import(new URL(file, FOLDER).href);
      return Object.values(module).flatMap((value) =>
        Array.isArray(value) && value.length > 0 && value.every(isObservation) ? [{ file, group: value }] : [],
      );
    }),
  );
  return groups.flat();
}

describe('the registry of observations', () => {
  it('has every observation that a file of its folder exports', async () => {
    const groups = await exportedGroups();
    expect(groups.length).toBeGreaterThan(8);
    for (const { file, group } of groups) {
      for (const observation of group) expect(observations, `${observation.id} of ${file} is not in index.ts`).toContain(observation);
    }
  });

  it('has each id once', () => {
    const ids = observations.map((observation) => observation.id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it.each(observations.map((observation) => [observation.id, observation] as const))('%s says what it is', (_id, observation) => {
    expect(observation.id).toMatch(/^[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(observation.title.length).toBeGreaterThan(2);
    expect(observation.definition).toMatch(/^[A-Z`].{20,}\.$/s);
    if (observation.spec !== null) expect(observation.spec.length).toBeGreaterThan(5);
    if (observation.tolerance.kind === 'relative') expect(observation.tolerance.ratio).toBeLessThan(1);
  });

  it('names scenarios that there are', () => {
    const known = scenarios.map(({ id }) => id);
    expect(observations.flatMap(({ scenario }) => scenario ?? []).filter((id) => !known.includes(id))).toEqual([]);
  });

  it('has a plain answer for every condition, range, method and coding', () => {
    const beside = (wanted: Observation['judgedBeside']) =>
      observations.filter(({ judgedBeside }) => judgedBeside === wanted).map(({ id }) => id);
    expect(beside('steady-success')).toEqual([
      ...[
        'if-none-match',
        'weak-compare',
        'list',
        'if-none-match-other',
        'star',
        'precedence',
        'if-modified-since',
        'if-modified-since-later',
        'if-modified-since-earlier',
        'with-no-cache',
      ].map((name) => `conditional.${name}`),
      ...[
        'if-range-stale',
        'if-range-match',
        'if-range-weak',
        'if-range-date',
        'if-range-date-stale',
        'if-range-date-later',
        'if-none-match',
      ].map((name) => `range.${name}`),
      'methods.head-length',
      'coding.etag',
      'coding.revalidates',
    ]);
    expect(beside('success')).toEqual([
      ...[
        'from-zero',
        'first-ten',
        'first-byte',
        'end-beyond',
        'suffix-long',
        'suffix',
        'beyond',
        'multi',
        'malformed',
        'reversed',
        'unknown-unit',
        'head',
      ].map((name) => `range.${name}`),
      ...['head', 'head-body', 'options', 'options-allow', 'options-star', 'post', 'post-allow', 'trace', 'unknown'].map(
        (name) => `methods.${name}`,
      ),
      'versions.absolute-form',
      'coding.gzip',
      'coding.vary',
      'coding.range',
      'coding.gzip-refused',
      'coding.identity-refused',
    ]);
  });

  it('has the ids of the contract', () => {
    const ids = new Set(observations.map((observation) => observation.id));
    const contract = [
      ...['opened', 'used', 'unused', 'max-concurrent', 'reuse'].map((name) => `connections.${name}`),
      ...['first', 'how', 'idle-ms'].map((name) => `close.${name}`),
      ...['keepalive-probes', 'keepalive-interval-s'].map((name) => `tcp.${name}`),
      ...['version', 'connection', 'statuses'].map((name) => `http.${name}`),
      ...['etag', 'last-modified', 'control'].map((name) => `cache.${name}`),
      ...['head-segments', 'head-and-body', 'body', 'largest-segment'].map((name) => `framing.${name}`),
      ...['requests', 'bytes', 'overhead-bytes', 'ms'].map((name) => `load.${name}`),
      ...['requests', 'not-modified', 'bytes-saved'].map((name) => `revisit.${name}`),
      'handshake.ms',
      ...['used-s', 'unused-s', 'partial-head-s'].map((name) => `idle.${name}`),
      ...['advertised-s', 'advertised-max', 'max-requests'].map((name) => `keepalive.${name}`),
      ...[
        'if-none-match',
        'if-modified-since',
        'if-modified-since-later',
        'weak-compare',
        'star',
        'precedence',
        'with-no-cache',
        '304-length',
      ].map((name) => `conditional.${name}`),
      ...['accept-ranges', 'from-zero', 'first-ten', 'suffix', 'beyond', 'multi', 'malformed', 'if-range-stale'].map(
        (name) => `range.${name}`,
      ),
      'pipelining.answered',
    ];
    expect(contract.filter((id) => !ids.has(id))).toEqual([]);
  });
});
