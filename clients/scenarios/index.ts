import type { Scenario } from '../scenario.ts';
import { abort } from './abort.ts';
import { bodies } from './bodies.ts';
import { cacheDisabled } from './cache-disabled.ts';
import { close } from './close.ts';
import { closeLate } from './close-late.ts';
import { coding } from './coding.ts';
import { conditional } from './conditional.ts';
import { firstVisit } from './first-visit.ts';
import { gallery } from './gallery.ts';
import { hardReload } from './hard-reload.ts';
import { identify } from './identify.ts';
import { idle } from './idle.ts';
import { idlePartialHead } from './idle-partial-head.ts';
import { idleUnused } from './idle-unused.ts';
import { idleUsed } from './idle-used.ts';
import { limits } from './limits.ts';
import { linkRevisit } from './link-revisit.ts';
import { maxRequests } from './max-requests.ts';
import { mediaPlay } from './media-play.ts';
import { mediaSeek } from './media-seek.ts';
import { methods } from './methods.ts';
import { parsers } from './parsers.ts';
import { pipelining } from './pipelining.ts';
import { range } from './range.ts';
import { reload } from './reload.ts';
import { revisit } from './revisit.ts';
import { shutdownBusy } from './shutdown-busy.ts';
import { shutdownIdle } from './shutdown-idle.ts';
import { slowLink } from './slow-link.ts';
import { starvation } from './starvation.ts';
import { versions } from './versions.ts';

/** Every scenario, in the order of lists and tables: one line each. */
export const scenarios: readonly Scenario[] = [
  firstVisit,
  revisit,
  linkRevisit,
  reload,
  hardReload,
  cacheDisabled,
  gallery,
  mediaPlay,
  mediaSeek,
  abort,
  idle,
  close,
  closeLate,
  slowLink,
  identify,
  idleUsed,
  idleUnused,
  idlePartialHead,
  // They wait, too: what comes after them runs meanwhile.
  shutdownBusy,
  shutdownIdle,
  maxRequests,
  pipelining,
  conditional,
  range,
  methods,
  versions,
  coding,
  bodies,
  parsers,
  limits,
  starvation,
];
