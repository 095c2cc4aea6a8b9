/** What is asked of the user's own server, and of those beside it. */
import { probe as probeClient } from '../../clients/probe/index.ts';
import { identify } from '../../clients/scenarios/identify.ts';
import type { Isolation } from './namespace.ts';
import { ownServer } from './own-server.ts';
import { type CellPlan, planCells } from './plan.ts';
import { checkListening, type Families, type ProbeTargetOptions, scenariosFor, whatToProbe } from './probe-target.ts';
import { pickClients, resolve, type SelectedCells, type Selection, select } from './selection.ts';

/** Which server is meant, how it is asked, and by whom. */
export interface ProbePlanOptions extends ProbeTargetOptions, Families {
  /** Comma list of clients; default: the probe. */
  clients?: string | undefined;
  /** Comma list of servers that are asked the same questions. */
  beside?: string | undefined;
}

/** A probe before it runs. */
export interface ProbePlan extends SelectedCells {
  /** The options of the run that the server decides. */
  run: { scout: boolean; isolation?: Isolation };
}

const NONE: Pick<Selection, 'servers' | 'missingServers'> = { servers: [], missingServers: [] };

/**
 * Finds the server and plans the cells; the one that shows what the port speaks comes first.
 * @param id the server's id in the results
 * @throws CodedError (bad-argument) where an option is wrong, (unable-here) where a server that should run already does not listen
 */
export async function planProbe(id: string, url: string | undefined, options: ProbePlanOptions): Promise<ProbePlan> {
  const { own, isolation } = await whatToProbe(url, options);
  const scenarios = scenariosFor(own, options);
  const { ready, missing } = await resolve(pickClients(options.clients ?? probeClient.id));
  const beside = options.beside === undefined ? NONE : await select({ servers: options.beside });
  await checkListening(own);
  const servers = [{ definition: ownServer(id, own.server), version: 'unknown' }];
  const cells = [
    ...scoutFirst(planCells(servers, ready, scenarios).map((cell) => ({ ...cell, own }))),
    ...planCells(
      beside.servers,
      ready,
      scenarios.filter(({ ownOnly }) => !ownOnly),
    ),
  ];
  const selection = {
    servers: [...servers, ...beside.servers],
    missingServers: beside.missingServers,
    clients: ready,
    missingClients: missing,
    scenarios,
  };
  return { selection, cells, run: { scout: cells[0]?.scenario.id === identify.id, ...(isolation ? { isolation } : {}) } };
}

const scoutFirst = (cells: readonly CellPlan[]): CellPlan[] => [
  ...cells.filter(({ scenario }) => scenario.id === identify.id),
  ...cells.filter(({ scenario }) => scenario.id !== identify.id),
];
