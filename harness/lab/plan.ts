/** Which cells a run has. */
import type { ClientDefinition, ProbeManner, ProbeTargets } from '../../clients/client.ts';
import type { Question } from '../../clients/probe/question.ts';
import type { ClientProfile } from '../../clients/profile.ts';
import type { Scenario } from '../../clients/scenario.ts';
import type { ServerDefinition } from '../../servers/server.ts';
import { type CellIdentity, cellPath } from '../model.ts';
import { badArgument } from '../system/coded-error.ts';
import type { OwnServer } from './lane-protocol.ts';

/** A server or client that can run here, with its version. */
export interface Ready<T> {
  definition: T;
  version: string;
}

/** One cell to be run: the server, client and scenario, each found to be installed. */
export interface CellPlan {
  server: Ready<ServerDefinition>;
  client: Ready<ClientDefinition>;
  scenario: Scenario;
  /** The user's own server, in place of the registry's, and what the probe asks it for. */
  own?: OwnTarget;
  /** Questions of the user's own, which the scenario may ask. */
  questions?: readonly Question[];
  /** The browser, where it is one of the user's own. */
  profile?: ClientProfile;
}

/** The user's own server, where it listens, and what the probe asks it for. */
export interface OwnTarget {
  server: OwnServer;
  host: string;
  port: number;
  targets: ProbeTargets;
  manner?: ProbeManner;
  /** Values of field lines that the results must not show. */
  secrets?: readonly string[];
  /** Where its packets pass, for a server that runs already. Default: the loopback interface. */
  interface?: string;
}

/** The ids of a planned cell, by which results name it. */
export const identityOf = ({ server, client, scenario }: CellPlan): CellIdentity => ({
  server: server.definition.id,
  client: client.definition.id,
  scenario: scenario.id,
});

/** Where a cell's capture is, relative to the run's folder. */
export const capturePath = (cell: CellIdentity): string => `captures/${cellPath(cell)}.pcapng`;

/** Every server × client × scenario that fits together, longest waits first, so that short cells run meanwhile. */
export function planCells(servers: Ready<ServerDefinition>[], clients: Ready<ClientDefinition>[], scenarios: Scenario[]): CellPlan[] {
  return clients.flatMap((client) =>
    scenarios
      .filter((scenario) => scenario.for === client.definition.kind)
      .flatMap((scenario) => servers.map((server) => ({ server, client, scenario }))),
  );
}

/**
 * One shard of the cells: every n-th from the i-th on, so that slow servers are spread over the shards.
 * @param shard `i/n`; all cells where it is left out
 * @throws CodedError (bad-argument)
 */
export function shardOf(cells: CellPlan[], shard: string | undefined): CellPlan[] {
  if (shard === undefined) return cells;
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(shard)?.map(Number) ?? [];
  if (!index || !count || index > count) throw badArgument(`--shard takes I/N with I from 1 to N, as in 2/4; not "${shard}"`);
  const part = cells.filter((_, position) => position % count === index - 1);
  if (part.length === 0 && cells.length > 0) throw badArgument(`--shard ${shard} has no cells: there are only ${cells.length}`);
  return part;
}
