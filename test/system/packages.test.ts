import { expect, it } from 'vitest';
import { ownCommand } from '../../harness/system/packages.ts';

it.each([
  [['--resume', 'results/latest'], 'npm run compare -- --resume results/latest'],
  [['--resume', 'my results'], "npm run compare -- --resume 'my results'"],
  [['--resume', "it's; $(here)"], "npm run compare -- --resume 'it'\\''s; $(here)'"],
  [[], 'npm run compare'],
])('%j as a shell takes it', (args, line) => expect(ownCommand('compare', ...args)).toBe(line));
