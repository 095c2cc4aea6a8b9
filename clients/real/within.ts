import { setTimeout as delay } from 'node:timers/promises';
import type { Action } from '../scenario.ts';

/** Waits for the load, but no longer than a navigation's `until` allows: what is still on its way then goes on. */
export async function within(load: Promise<void>, until: Extract<Action, { do: 'navigate' }>['until']): Promise<void> {
  if (typeof until !== 'object') return load;
  // A load that the next action breaks off has no one to tell.
  await Promise.race([load.catch(() => {}), delay(until.ms)]);
}
