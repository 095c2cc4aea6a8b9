/** Values in the format of files (`run.json`, `analyze --json`), where the field `windowS` is named `window-s`. `run-result.ts` reads it back. */
import type { ObservedValue } from '../model.ts';

export type WrittenValue = Omit<ObservedValue, 'windowS'> & { 'window-s'?: number };

/** One value in the format of files. */
export function writtenValue({ value, frames, windowS, ...rest }: ObservedValue): WrittenValue {
  return windowS === undefined ? { value, frames, ...rest } : { value, frames, 'window-s': windowS, ...rest };
}

/** All values of a cell. */
export const writtenValues = (values: Readonly<Record<string, ObservedValue>>): Record<string, WrittenValue> =>
  Object.fromEntries(Object.entries(values).map(([id, value]) => [id, writtenValue(value)]));
