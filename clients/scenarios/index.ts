import type { Scenario } from '../scenario.ts';
import { idlePartialHead } from './idle-partial-head.ts';
import { idleUnused } from './idle-unused.ts';
import { idleUsed } from './idle-used.ts';

/** Every scenario, in the order of lists and tables: one line each. */
export const scenarios: readonly Scenario[] = [
  idleUsed, //
  idleUnused,
  idlePartialHead,
];
