import type { ClientDefinition } from '../client.ts';
import type { ClientProfile } from '../profile.ts';
import { EmulatedBrowser } from './browser.ts';
import { warmUp } from './warm-up.ts';

/** About as long as it takes until a real browser is seen to have settled and its driver starts the next action: idle times before it compare then. */
const PAUSE_MS = 850;

/** A profile as a client of the harness. */
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
