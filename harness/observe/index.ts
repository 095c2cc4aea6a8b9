/** Every observation, one line for each group, in the order of every list and table. */
import type { Observation } from '../model.ts';
import { bodies } from './bodies.ts';
import { cache } from './cache.ts';
import { close } from './close.ts';
import { closeCause } from './close-cause.ts';
import { coding } from './coding.ts';
import { conditional } from './conditional.ts';
import { connections } from './connections.ts';
import { framing } from './framing.ts';
import { handshake } from './handshake.ts';
import { http } from './http.ts';
import { idle } from './idle.ts';
import { keepalive } from './keepalive.ts';
import { limits } from './limits.ts';
import { load } from './load.ts';
import { methods } from './methods.ts';
import { parsers } from './parsers.ts';
import { pipelining } from './pipelining.ts';
import { proxy } from './proxy.ts';
import { range } from './range.ts';
import { revisit } from './revisit.ts';
import { shutdown } from './shutdown.ts';
import { starvation } from './starvation.ts';
import { tcpKeepalive } from './tcp-keepalive.ts';
import { traps } from './traps.ts';
import { versions } from './versions.ts';

export const observations: readonly Observation[] = [
  ...connections,
  ...close,
  ...closeCause,
  ...tcpKeepalive,
  ...http,
  ...cache,
  ...framing,
  ...load,
  ...revisit,
  ...handshake,
  ...keepalive,
  ...idle,
  ...pipelining,
  ...conditional,
  ...range,
  ...methods,
  ...versions,
  ...coding,
  ...bodies,
  ...parsers,
  ...limits,
  ...starvation,
  ...shutdown,
  ...traps,
  ...proxy,
];
