/** The ordered registry of observations: one line a group. Their order is that of every list and table. */
import type { Observation } from '../model.ts';
import { cache } from './cache.ts';
import { close } from './close.ts';
import { connections } from './connections.ts';
import { framing } from './framing.ts';
import { handshake } from './handshake.ts';
import { http } from './http.ts';
import { load } from './load.ts';
import { revisit } from './revisit.ts';
import { tcpKeepalive } from './tcp-keepalive.ts';

export const observations: readonly Observation[] = [
  ...connections,
  ...close,
  ...tcpKeepalive,
  ...http,
  ...cache,
  ...framing,
  ...load,
  ...revisit,
  ...handshake,
];
