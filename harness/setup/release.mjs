/**
 * What a release needs, before it is published. Plain JavaScript without a dependency: the workflow runs it before `npm ci`.
 *
 *     node harness/setup/release.mjs check TAG    fails where the tag, package.json and CHANGELOG.md don't agree
 *     node harness/setup/release.mjs notes TAG    prints what CHANGELOG.md says of this version
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const TAG = /^v(\d+\.\d+\.\d+(?:-[0-9a-z.]+)?)$/;

/** The lines below the heading of a version; `null` where it has none. @param {string} changelog @param {string} version */
export function notesOf(changelog, version) {
  const lines = changelog.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`## [${version}]`));
  if (start < 0) return null;
  const end = lines.findIndex((line, at) => at > start && line.startsWith('## '));
  return lines
    .slice(start + 1, end < 0 ? undefined : end)
    .join('\n')
    .trim();
}

/**
 * What keeps a tag from being released, with the remedy.
 * @param {{ tag: string, versions: Readonly<Record<string, string>>, changelog: string }} release `versions`: by the file that names each
 * @returns {string[]}
 */
export function problemsOf({ tag, versions, changelog }) {
  const [, version] = TAG.exec(tag) ?? [];
  if (version === undefined) return [`"${tag}" is not the tag of a version: write it as v1.2.3`];
  const wrong = Object.entries(versions).filter(([, has]) => has !== version);
  const heading = changelog.split('\n').find((line) => line.startsWith(`## [${version}]`));
  return [
    ...wrong.map(([file, has]) => `${file} has the version ${has}, and the tag is ${tag}: run npm version ${version} --no-git-tag-version`),
    ...(heading === undefined ? [`CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD"`] : []),
    ...(heading !== undefined && !/ - \d{4}-\d\d-\d\d$/.test(heading)
      ? [`the section of ${version} in CHANGELOG.md has no date: ${heading}`]
      : []),
    ...(heading !== undefined && notesOf(changelog, version) === '' ? [`the section of ${version} in CHANGELOG.md is empty`] : []),
  ];
}

/** What the clone says. */
function here() {
  const read = (/** @type {string} */ name) => readFileSync(path.join(ROOT, name), 'utf8');
  const lock = JSON.parse(read('package-lock.json'));
  return {
    versions: { 'package.json': JSON.parse(read('package.json')).version, 'package-lock.json': lock.version },
    changelog: read('CHANGELOG.md'),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [what, tag = ''] = process.argv.slice(2);
  const { versions, changelog } = here();
  const problems = problemsOf({ tag, versions, changelog });
  if (problems.length > 0 || (what !== 'check' && what !== 'notes')) {
    process.stderr.write(
      [...problems, ...(problems.length > 0 ? [] : ['release.mjs takes check TAG or notes TAG'])].join('\n').concat('\n'),
    );
    process.exitCode = 1;
  } else if (what === 'notes') process.stdout.write(`${notesOf(changelog, tag.slice(1))}\n`);
}
