import type { ClientDefinition } from './client.ts';
import { probe } from './probe/index.ts';

/** Every client, in the order of lists and tables: one line each. */
export const clients: readonly ClientDefinition[] = [
  probe, //
];
