/** The race matrix that the README shows: made from the reference race, in the file and in the README. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../harness/model.ts';
import type { RaceResult } from '../../harness/race/judge/pair.ts';
import { renderRaceMatrix } from '../../harness/report/race/race-markdown.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const REFERENCE = path.join(ROOT, 'results/reference/race');
/** In a README the matrix stands after this line. */
const MARK = '<!-- results/reference/race/matrix -->\n';

const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');
const result = (): RaceResult => JSON.parse(gunzipSync(readFileSync(path.join(REFERENCE, 'race.json.gz'))).toString('utf8'));

describe.each(LANGUAGES)('the race matrix in %s', (language) => {
  const suffix = language === 'en' ? '' : `.${language}`;
  const matrix = (): string => renderRaceMatrix(result(), language);

  it('is that of the reference race', () => {
    expect(matrix().split('\n').length).toBeGreaterThan(10);
    expect(read(`results/reference/race/matrix${suffix}.md`)).toBe(matrix());
  });

  it('is what the README shows', () => {
    const [, after] = read(`README${suffix}.md`).split(MARK);
    // A README may do without; where it shows one, it is this one.
    if (after !== undefined) expect(after.trimStart().startsWith(matrix())).toBe(true);
  });

  it('names captures that are there', () => {
    for (const { example } of result().pairs)
      if (example) expect(readFileSync(path.join(REFERENCE, example.capture)).length).toBeGreaterThan(100);
  });
});
