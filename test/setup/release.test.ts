import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { notesOf, problemsOf } from '../../harness/setup/release.mjs';

const ROOT = path.join(import.meta.dirname, '../..');
const CHANGELOG = '# Changelog\n\n## [1.2.0] - 2026-01-02\n\n### Added\n\n- this\n\n## [1.1.0] - 2025-12-01\n\n- that\n\n## [1.0.0]\n';
const problems = (tag: string, version: string) => problemsOf({ tag, versions: { 'package.json': version }, changelog: CHANGELOG });
const release = (...args: string[]) => spawnSync(process.execPath, ['harness/setup/release.mjs', ...args], { cwd: ROOT, encoding: 'utf8' });

describe('a release', () => {
  it('is right where tag, version and changelog agree', () => {
    expect(problems('v1.2.0', '1.2.0')).toEqual([]);
    expect(notesOf(CHANGELOG, '1.2.0')).toBe('### Added\n\n- this');
    expect(notesOf(CHANGELOG, '1.1.0')).toBe('- that');
  });

  it.each([
    ['v1', '1.2.0', [/is not the tag of a version/]],
    ['1.2.0', '1.2.0', [/write it as v1\.2\.3/]],
    ['v1.2.0', '1.1.0', [/package\.json has the version 1\.1\.0, and the tag is v1\.2\.0: run npm version 1\.2\.0/]],
    ['v1.3.0', '1.3.0', [/CHANGELOG\.md has no section "## \[1\.3\.0\] - YYYY-MM-DD"/]],
    ['v1.0.0', '1.0.0', [/has no date/, /is empty/]],
  ])('%s of %s is refused', (tag, version, expected) =>
    expect(problems(tag, version)).toEqual(expected.map((text) => expect.stringMatching(text))),
  );

  it('agrees in this clone', () => {
    const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    expect(release('check', `v${version}`)).toMatchObject({ status: 0, stderr: '' });
    expect(release('check', 'v999.0.0')).toMatchObject({ status: 1, stderr: expect.stringContaining('package-lock.json has the version') });
    const notes = execFileSync(process.execPath, ['harness/setup/release.mjs', 'notes', `v${version}`], { cwd: ROOT, encoding: 'utf8' });
    expect(notes).toMatch(/^### /);
  });
});
