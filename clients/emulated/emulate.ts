import { lackOf } from '../../harness/system/packages.ts';
import type { ClientDefinition } from '../client.ts';
import type { ClientProfile } from '../profile.ts';

/** About the time between the last response to a real browser and the next action of its driver, so that idle times are comparable. */
const PAUSE_MS = 850;

/** What reads pages and keeps a cache; whoever asks direct questions alone does without. */
const PACKAGES = ['css-tree', 'htmlparser2', 'http-cache-semantics'];

/** Makes a client from a profile. */
export function emulate(profile: ClientProfile): ClientDefinition {
  return {
    id: profile.id,
    title: profile.title,
    provenance: 'emulated',
    kind: 'browser',
    summary: profile.summary,
    differences: profile.differences,
    version: async () => {
      const skipped = lackOf(PACKAGES);
      return skipped ? { skipped } : { version: profile.version };
    },
    open: async (context) => {
      const [{ EmulatedBrowser }, { warmUp }] = await Promise.all([import('./browser.ts'), import('./warm-up.ts')]);
      await warmUp(profile, context);
      return new EmulatedBrowser(profile, context, { pauseMs: PAUSE_MS });
    },
  };
}
