/** Which cells section four needs, given what is installed here. */
import type { ClientDefinition } from '../../clients/client.ts';
import { clients as allClients } from '../../clients/index.ts';
import { scenarios as allScenarios } from '../../clients/scenarios/index.ts';
import { servers as allServers } from '../../servers/index.ts';
import type { ServerDefinition } from '../../servers/server.ts';
import { type CellNeed, standInsOf } from '../claims/claim.ts';
import { claims } from '../claims/index.ts';
import { matrixNeeds } from '../claims/matrix-cells.ts';
import { type CellPlan, identityOf } from '../lab/plan.ts';
import { resolve, type Selection } from '../lab/selection.ts';
import { cellId } from '../model.ts';

/**
 * The cells of all claims and of the matrix, each once: for each server and client the first stand-in that is installed. Real browsers act out what the
 * report's browsers did. The many kinds of repeated visits are left to emulated browsers, which `fidelity` compares with the real ones.
 * @param emulatedOnly leaves real browsers out
 */
export async function sectionFourCells(emulatedOnly: boolean): Promise<{ selection: Selection; cells: CellPlan[] }> {
  const wanted = [...claims.flatMap((claim) => claim.cells), ...matrixNeeds()];
  const serverIds = new Set(wanted.flatMap(({ server }) => standInsOf(server)));
  const clientIds = new Set(wanted.flatMap(({ client }) => standInsOf(client)));
  const servers = await resolve<ServerDefinition>(allServers.filter(({ id }) => serverIds.has(id)));
  const clients = await resolve<ClientDefinition>(
    allClients.filter(({ id, provenance }) => clientIds.has(id) && !(emulatedOnly && provenance === 'real')),
  );
  const cells = new Map<string, CellPlan>();
  for (const need of wanted) {
    const server = standInsOf(need.server).flatMap((id) => servers.ready.find(({ definition }) => definition.id === id) ?? [])[0];
    const client = standInsOf(need.client)
      .flatMap((id) => clients.ready.find(({ definition }) => definition.id === id) ?? [])
      .find(({ definition }) => definition.provenance !== 'real' || actedByReal(need));
    const scenario = allScenarios.find(({ id }) => id === need.scenario);
    if (!server || !client || !scenario) continue;
    const plan = { server, client, scenario };
    cells.set(cellId(identityOf(plan)), plan);
  }
  const list = [...cells.values()].sort((a, b) => rank(a) - rank(b));
  const used = {
    servers: new Set(list.map(({ server }) => server.definition.id)),
    clients: new Set(list.map(({ client }) => client.definition.id)),
    scenarios: new Set(list.map(({ scenario }) => scenario.id)),
  };
  const selection: Selection = {
    servers: servers.ready.filter(({ definition }) => used.servers.has(definition.id)),
    missingServers: servers.missing,
    clients: clients.ready.filter(({ definition }) => used.clients.has(definition.id)),
    missingClients: clients.missing,
    scenarios: allScenarios.filter(({ id }) => used.scenarios.has(id)),
  };
  return { selection, cells: list };
}

const EMULATED_VISITS: ReadonlySet<string> = new Set(['link-revisit', 'reload', 'hard-reload', 'cache-disabled']);
const actedByReal = ({ scenario }: CellNeed): boolean => !EMULATED_VISITS.has(scenario);

/** Cells that wait longest begin first, so that the others run meanwhile. */
const rank = ({ scenario }: CellPlan): number => ['close-late', 'idle', 'close'].indexOf(scenario.id) >>> 0;
