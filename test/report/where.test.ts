import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { whereLines } from '../../harness/report/where.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'where '));
afterAll(() => rm(folder, { recursive: true }));

it('names nothing that is not there', () => expect(whereLines(folder, { by: 'compare' })).toEqual([]));

it('names the report, what lies beside it, and how a later run is compared, in each language', async () => {
  for (const name of ['report.html', 'table.md', 'findings.json', 'run.json']) await writeFile(path.join(folder, name), '');
  expect(whereLines(folder, { by: 'probe', canOpen: true })).toEqual([
    `Report: ${folder}/report.html (--open opens it)`,
    'Beside it: table.md, findings.json',
    `To compare a later run with this one: npm run probe -- --baseline '${folder}/run.json'`,
  ]);
  const [report, beside, ...others] = whereLines(folder, { by: null, language: 'zh' });
  expect(report).toBe(`报告：${folder}/report.html`);
  expect(others).toEqual([]);
  expect(beside).toBe('同一文件夹中还有：table.md、findings.json');
});
