import type { ClientDefinition } from '../client.ts';
import type { ClientProfile } from '../profile.ts';
import { EmulatedBrowser } from './browser.ts';
import { warmUp } from './warm-up.ts';

/** About the time between the last response to a real browser and the next action of its driver, so that idle times are comparable. */
const PAUSE_MS = 850;

/** Makes a client from a profile. */
export function emulate(profile: ClientProfile): ClientDefinition {
  return {
    id: profile.id,
    title: profile.title,
    provenance: 'emulated',
    kind: 'browser',
    summary: profile.summary,
    differences: profile.differences,
    version: async () => ({ version: profile.version }),
    open: async (context) => {
      await warmUp(profile, context);
      return new EmulatedBrowser(profile, context, { pauseMs: PAUSE_MS });
    },
  };
}
