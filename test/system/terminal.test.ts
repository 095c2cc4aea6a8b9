import { expect, it } from 'vitest';
import { terminalOf } from '../../harness/system/terminal.ts';

it.each([
  [{ columns: 72 }, { COLUMNS: '40' }, 72],
  // As a terminal has it that was told no size.
  [{ columns: 0 }, {}, 100],
  [{}, { COLUMNS: '40' }, 40],
  [{}, { COLUMNS: 'wide' }, 100],
])('%j with %j has %i columns', (stream, environment, columns) => expect(terminalOf(stream, environment).columns).toBe(columns));
