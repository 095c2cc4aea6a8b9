import { libraries } from '../../clients/libraries/index.ts';
import { servers } from '../../servers/index.ts';
import { proxies } from '../../servers/proxies/index.ts';
import type { ServerDefinition } from '../../servers/server.ts';
import type { UpstreamSide } from '../../servers/upstream-side.ts';
import { obedient, plantedServers } from './planted.ts';

/** Every upstream side, in the order of the rows. */
export const upstreamSides: readonly UpstreamSide[] = [...proxies, ...libraries];

/** Every server that a race can have: the race's own, then those of the comparison. */
export const raceServers: readonly ServerDefinition[] = [...plantedServers, ...servers];

/** @throws where there is no server of that id */
export function raceServer(id: string): ServerDefinition {
  const found = [obedient, ...raceServers].find((server) => server.id === id);
  if (found === undefined) throw new Error(`there is no server "${id}"`);
  return found;
}

/** @throws where there is no upstream side of that id */
export function upstreamSide(id: string): UpstreamSide {
  const found = upstreamSides.find((side) => side.id === id);
  if (found === undefined) throw new Error(`there is no upstream side "${id}"`);
  return found;
}
