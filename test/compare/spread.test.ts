import { describe, expect, it } from 'vitest';
import { spreadOver, variedValues } from '../../harness/compare/spread.ts';
import type { ObservedValue } from '../../harness/model.ts';

const EXACT = { id: 'close.first', unit: null, tolerance: { kind: 'exact' } } as const;
const TIME = { id: 'idle.used-s', unit: 's', tolerance: { kind: 'relative', ratio: 0.15, absolute: 0.05 } } as const;
const of = (id: string, ...values: (ObservedValue['value'] | undefined)[]) =>
  values.map((value): Record<string, ObservedValue> => (value === undefined ? {} : { [id]: { value, frames: [1] } }));

describe('the spread of a value', () => {
  it('is only the number of runs where it was the same each time', () => {
    expect(spreadOver(of(EXACT.id, 'server', 'server'), [EXACT]).values[EXACT.id]).toEqual({
      value: 'server',
      frames: [1],
      spread: { runs: 2 },
    });
    expect(spreadOver(of(TIME.id, 6, 6), [TIME]).values[TIME.id]?.spread).toEqual({ runs: 2 });
  });

  it('is the least, the middle and the most of numbers', () => {
    expect(spreadOver(of(TIME.id, 6, 5.8, 6.4), [TIME]).values[TIME.id]?.spread).toEqual({ runs: 3, min: 5.8, median: 6, max: 6.4 });
    expect(spreadOver(of(TIME.id, 6, 5, 7, 9), [TIME]).values[TIME.id]?.spread).toMatchObject({ median: 6.5 });
  });

  it('counts numbers that are no times too', () => {
    const count = { id: 'connections.used', unit: 'count', tolerance: { kind: 'exact' } } as const;
    const { spread } = spreadOver(of(count.id, 3, 2, 3), [count]).values[count.id] as ObservedValue;
    expect(spread).toEqual({
      runs: 3,
      min: 2,
      max: 3,
      values: [
        { value: 3, times: 2 },
        { value: 2, times: 1 },
      ],
    });
  });

  it('counts each of the other values, the most frequent first', () => {
    expect(spreadOver(of(EXACT.id, 'client', 'server', 'server'), [EXACT]).values[EXACT.id]?.spread).toEqual({
      runs: 3,
      values: [
        { value: 'server', times: 2 },
        { value: 'client', times: 1 },
      ],
    });
    // Still open in one of the runs: no number.
    expect(spreadOver(of(TIME.id, 6, null), [TIME]).values[TIME.id]?.spread?.values).toHaveLength(2);
  });

  it('counts runs without the value, and names values that the first run lacks', () => {
    expect(spreadOver(of(EXACT.id, 'server', undefined), [EXACT]).values[EXACT.id]?.spread).toEqual({ runs: 2, absent: 1 });
    const { values, elsewhere } = spreadOver(of(EXACT.id, undefined, 'server', 'server'), [EXACT]);
    expect(values).toEqual({});
    expect(elsewhere).toEqual([{ id: EXACT.id, times: 2 }]);
  });
});

it('lists what varied beyond its tolerance, and nothing else', () => {
  const observations = [EXACT, TIME].map((one) => ({ ...one, title: '', definition: '', spec: null }));
  const cell = (values: Record<string, ObservedValue>) => ({ state: 'observed', values }) as never;
  const steady = spreadOver(of(TIME.id, 6, 6.4), [TIME]).values;
  const varied = spreadOver(of(TIME.id, 6, 8), [TIME]).values;
  const other = spreadOver(of(EXACT.id, 'a', 'b'), [EXACT]).values;
  expect(variedValues({ observations, cells: [cell(steady), cell({})] })).toEqual([]);
  expect(variedValues({ observations, cells: [cell(varied), cell(other)] }).map(({ observation }) => observation.id)).toEqual([
    EXACT.id,
    TIME.id,
  ]);
});
