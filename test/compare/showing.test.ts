import { expect, it } from 'vitest';
import { cellShowing } from '../../harness/compare/showing.ts';
import { cell } from '../report/sample-run.ts';

const cells = (id: string, values: Record<string, string | undefined>) =>
  Object.entries(values).map(([scenario, value]) => cell(`express/probe/${scenario}`, value === undefined ? {} : { [id]: value }));

it.each([
  ['the cell of the scenario that asks for the value', 'range', undefined, { methods: 'a', range: 'b' }, 'range'],
  [
    'the first that has the value, where no scenario asks for it',
    null,
    undefined,
    { idle: undefined, methods: 'a', range: 'b' },
    'methods',
  ],
  ['the first that has it, where that scenario has none', 'range', undefined, { methods: 'a', range: undefined }, 'methods'],
  ['the cell in which a trap was found', null, 'no', { methods: 'no', range: 'yes' }, 'range'],
  ['the first cell, where it was found in none', null, 'no', { methods: 'no', range: 'no' }, 'methods'],
  ['none, where no cell has the value', 'range', undefined, { range: undefined }, undefined],
])('shows %s', (_what, scenario, notFound, values, expected) => {
  const observation = { id: 'some.value', scenario, notFound };
  expect(cellShowing(cells('some.value', values), observation)?.scenario).toBe(expected);
});
