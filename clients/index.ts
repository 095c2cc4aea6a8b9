import type { ClientDefinition } from './client.ts';
import { emulate } from './emulated/emulate.ts';
import { probe } from './probe/index.ts';
import { chromium } from './profiles/chromium.ts';
import { chromiumOneConnection } from './profiles/chromium-one-connection.ts';
import { edge } from './profiles/edge.ts';
import { firefox } from './profiles/firefox.ts';
import { ie11 } from './profiles/ie11.ts';
import { realChromium, realFirefox } from './real/index.ts';

/** Every client, in the order of lists and tables: one line each. */
export const clients: readonly ClientDefinition[] = [
  emulate(chromium),
  emulate(edge),
  emulate(firefox),
  emulate(ie11),
  emulate(chromiumOneConnection),
  realChromium,
  realFirefox,
  probe,
];
