import type { Conformance } from '../../harness/model.ts';
import { observations } from '../../harness/observe/index.ts';
import { judge } from '../../harness/observe/judge.ts';

/** What the RFCs say of a value of the observation with this id. */
export function judgeById(
  id: string,
  ...rest: Parameters<typeof judge> extends [unknown, ...infer Rest] ? Rest : never
): Conformance | null {
  const observation = observations.find((one) => one.id === id);
  if (!observation) throw new Error(`there is no observation ${id}`);
  return judge(observation, ...rest);
}
