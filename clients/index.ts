import { emulate } from './browser.ts';
import type { ClientDefinition } from './client.ts';
import { probe } from './probe/index.ts';
import { chromium } from './profiles/chromium.ts';
import { realChromium, realFirefox } from './real/index.ts';

/** Every client, in the order of lists and tables: one line each. */
export const clients: readonly ClientDefinition[] = [
  emulate(chromium), //
  realChromium,
  realFirefox,
  probe,
];
