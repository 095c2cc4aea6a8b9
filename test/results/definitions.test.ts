import { expect, it } from 'vitest';
import type { CellPlan } from '../../harness/lab/plan.ts';
import { definitionsOf } from '../../harness/results/definitions.ts';

const plan = (scenario: string, more: object = {}): CellPlan => ({ scenario: { id: scenario, steps: [] }, ...more }) as unknown as CellPlan;

it('the definitions of a run are the same in any order, and others with another scenario, question or browser', () => {
  const whole = [plan('range'), plan('close'), plan('close')];
  const hash = definitionsOf(whole);
  expect(definitionsOf(whole.toReversed())).toBe(hash);
  const others = [
    [plan('range')],
    [plan('range'), { ...plan('close'), scenario: { ...plan('close').scenario, title: 'changed' } }],
    [...whole, plan('range', { questions: [{ id: 'mine' }] })],
    [...whole, plan('range', { profile: { id: 'mine' } })],
  ];
  expect(new Set([hash, ...others.map(definitionsOf)]).size).toBe(5);
});
