import { expect, it } from 'vitest';
import { textWidth, truncate } from '../../harness/report/width.ts';

it.each([
  ['plain text', 10],
  ['→ “Größe” – it’s 3 × 2…', 23],
  ['soft\xadhyphen', 11],
  ['e\u0301te\u0301', 3],
  ['漢字', 4],
  ['ok ✅', 5],
  ['→\ufe0f', 2],
])('the width of %j is %i columns', (text, columns) => expect(textWidth(text)).toBe(columns));

it('cuts between graphemes', () => expect(truncate('e\u0301te\u0301 漢字', 6)).toBe('e\u0301te\u0301 …'));
