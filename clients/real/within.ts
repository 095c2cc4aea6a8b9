import { setTimeout as delay } from 'node:timers/promises';
import type { Action } from '../scenario.ts';

/**
 * Waits for the load, at most as long as a navigation's `until` allows; the load itself goes on. @throws the error of the load, where
 * `until` sets no time
 */
export async function within(load: Promise<void>, until: Extract<Action, { do: 'navigate' }>['until']): Promise<void> {
  if (typeof until !== 'object') return load;
  // The next action may break off the load: no one waits for that error.
  await Promise.race([load.catch(() => {}), delay(until.ms)]);
}
