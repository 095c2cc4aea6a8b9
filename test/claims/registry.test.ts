import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { REPORTS } from '../../harness/claims/claim.ts';
import { claims } from '../../harness/claims/index.ts';

it('every claim has a file of its own, and every such file is indexed', () => {
  const named = readdirSync(new URL('../../harness/claims/', import.meta.url))
    .flatMap((name) => /^([rs])(\d)-(\d)\.ts$/.exec(name) ?? [])
    .filter((part) => part.endsWith('.ts'))
    .map((name) => `${name[0]!.toUpperCase()}${name[1]}.${name[3]}`);
  expect(claims.map(({ id }) => id).sort()).toEqual(named.sort());
});

it('every claim has an id of its own and the report that its id names', () => {
  expect(new Set(claims.map(({ id }) => id)).size).toBe(claims.length);
  for (const { id, source } of claims)
    expect(source).toBe(id.startsWith('S4') ? REPORTS.R3 : REPORTS[id.slice(0, 2) as keyof typeof REPORTS]);
});
