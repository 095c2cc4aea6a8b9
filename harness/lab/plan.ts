/** Which cells a run has. */
import type { ClientDefinition, ProbeManner, ProbeTargets } from '../../clients/client.ts';
import type { Question } from '../../clients/probe/question.ts';
import type { ClientProfile } from '../../clients/profile.ts';
import type { Scenario } from '../../clients/scenario.ts';
import type { ServerDefinition } from '../../servers/server.ts';
import { type CellIdentity, cellId, cellPath } from '../model.ts';
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
  /** As in `LaneCell`. */
  repeat?: number;
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

/** A cell as lanes and captures name it. */
export interface LaneCell extends CellIdentity {
  /** Which run of the cell it is, from 2 on, where it is run several times. */
  repeat?: number;
}

/** The ids of a planned cell, by which results name it. */
export const identityOf = ({ server, client, scenario, repeat }: CellPlan): LaneCell => ({
  server: server.definition.id,
  client: client.definition.id,
  scenario: scenario.id,
  ...(repeat === undefined ? {} : { repeat }),
});

/** Names one run of a cell in messages and maps. */
export const laneCellId = (cell: LaneCell): string => `${cellId(cell)}${cell.repeat === undefined ? '' : ` (run ${cell.repeat})`}`;

/** Where a cell's capture is, relative to the run's folder. */
export const capturePath = (cell: LaneCell): string =>
  `${cell.repeat === undefined ? '' : `repeats/${cell.repeat}/`}captures/${cellPath(cell)}.pcapng`;

/** Every cell `times` times, in rounds: so the runs of one cell are not made at the same moment. */
export const repeated = (cells: readonly CellPlan[], times: number): CellPlan[] =>
  Array.from({ length: times }, (_, index) => (index === 0 ? cells : cells.map((cell) => ({ ...cell, repeat: index + 1 })))).flat();

/** Every server × client × scenario that fits together, longest waits first, so that short cells run meanwhile. */
export function planCells(servers: Ready<ServerDefinition>[], clients: Ready<ClientDefinition>[], scenarios: Scenario[]): CellPlan[] {
  return clients.flatMap((client) =>
    scenarios
      .filter((scenario) => scenario.for === client.definition.kind)
      .flatMap((scenario) => servers.map((server) => ({ server, client, scenario }))),
  );
}
