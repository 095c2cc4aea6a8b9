import type { ClientDefinition } from '../../clients/client.ts';
import { clients as allClients } from '../../clients/index.ts';
import type { Scenario } from '../../clients/scenario.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { serverById } from '../../servers/chain.ts';
import { groups as serverGroups } from '../../servers/groups.mjs';
import { servers as allServers } from '../../servers/index.ts';
import { proxies } from '../../servers/proxies/index.ts';
import type { ServerDefinition } from '../../servers/server.ts';
import { type Availability, CHAIN_SIGN, cellId, type Skipped } from '../model.ts';
import { badArgument } from '../system/coded-error.ts';
import { nearName } from '../system/near-name.ts';
import { ownCommand } from '../system/packages.ts';
import { reasonOf } from '../system/reason.ts';
import { versionedId } from '../system/versioned-id.ts';
import { type CellPlan, identityOf, type Ready } from './plan.ts';

/** Those that servers of the registry are tried with. */
const allScenarios = scenarios.filter(({ ownOnly }) => !ownOnly);

/** Clients and browser scenarios of a run that names none; all of the probe's questions are asked. */
const DEFAULT_CLIENTS = ['chromium', 'probe'];
const DEFAULT_BROWSER_SCENARIOS = ['first-visit', 'revisit', 'reload', 'hard-reload', 'gallery', 'close'];

/** The options that choose servers, clients and scenarios: comma lists of ids or groups, as on the command line. */
export interface SelectionOptions {
  servers?: string | undefined;
  clients?: string | undefined;
  scenarios?: string | undefined;
  /** Run the models beside the real servers. */
  models?: boolean | undefined;
  /** Run no server of the registry. */
  noServers?: boolean;
}

/** A server or client that was chosen but is not installed, and what would install it. */
export interface Missing<T> {
  definition: T;
  skipped: Skipped;
}

/** What a run uses, and what it would use if it were installed. */
export interface Selection {
  servers: Ready<ServerDefinition>[];
  missingServers: Missing<ServerDefinition>[];
  clients: Ready<ClientDefinition>[];
  missingClients: Missing<ClientDefinition>[];
  scenarios: Scenario[];
}

/**
 * Finds what the options name, and asks each whether it can run here.
 * @throws CodedError (bad-argument) for an id that is not there, naming the one that was probably meant, or all
 */
export async function select(options: SelectionOptions): Promise<Selection> {
  const wantedClients = pickClients(options.clients ?? DEFAULT_CLIENTS.join(','));
  const scenarios =
    options.scenarios !== undefined
      ? pick(options.scenarios, allScenarios, 'scenario', { all: () => true })
      : allScenarios.filter((scenario) => scenario.for === 'probe' || DEFAULT_BROWSER_SCENARIOS.includes(scenario.id));
  if (!scenarios.some((scenario) => wantedClients.some((client) => client.kind === scenario.for)))
    throw badArgument('none of the clients can act out any of the scenarios: browsers act out visits, the probe asks its own questions');
  const [servers, clients] = await Promise.all([selectServers(options), resolve(wantedClients)]);
  return { servers: servers.ready, missingServers: servers.missing, clients: clients.ready, missingClients: clients.missing, scenarios };
}

/** The clients of a comma list of ids and groups. @throws CodedError (bad-argument) for one that is not there */
export const pickClients = (list: string) =>
  pick(list, allClients, 'client', {
    all: () => true,
    emulated: (client) => client.provenance === 'emulated',
    real: (client) => client.provenance === 'real',
  });

/** The servers of a comma list of ids, groups and ranges of versions. @throws CodedError (bad-argument) for one that is not there */
export const pickServers = (list: string): ServerDefinition[] =>
  pick(
    list
      .split(',')
      .flatMap((name) => versionsBetween(name.trim()))
      .join(','),
    allServers,
    'server',
    {
      all: () => true,
      real: (server) => server.provenance === 'real' && !server.variantOf,
      models: (server) => server.provenance === 'model',
      variants: (server) => server.variantOf !== null,
      ...Object.fromEntries(
        Object.entries(serverGroups).map(([name, { servers }]) => [name, (server: ServerDefinition) => servers.includes(server.id)]),
      ),
    },
  );

/** The ids that `node-http@18..26` stands for; any other name is itself. @throws CodedError (bad-argument) where it stands for none */
function versionsBetween(name: string): string[] {
  const [, first = '', last] = /^(.*)\.\.(\d+)$/.exec(name) ?? [];
  if (last === undefined) return [name];
  const from = versionedId(first);
  const kind = allServers.flatMap(({ id }) => {
    const version = versionedId(id);
    return version && version.family === from?.family ? [{ id, ...version }] : [];
  });
  const between = kind.filter(({ major }) => from !== null && major >= from.major && major <= Number(last));
  if (between.length > 0) return between.map(({ id }) => id);
  const known = (kind.length > 0 ? kind : allServers.filter(({ id }) => versionedId(id))).map(({ id }) => id);
  throw badArgument(`no server has a version in "${name}"; there are: ${known.join(', ')}`);
}

async function selectServers(options: SelectionOptions) {
  if (options.noServers) return { ready: [], missing: [] };
  if (options.servers !== undefined) {
    const { chains, others } = chainsIn(options.servers);
    return resolve([...(others === '' && chains.length > 0 ? [] : pickServers(others)), ...chains]);
  }
  const usual = pickServers('default');
  const real = await resolve(usual);
  const missing = new Set(real.missing.map(({ definition }) => definition.id));
  // A model stands in where its real server is not there; one without a real counterpart always runs.
  const models = allServers.filter(
    (server) =>
      server.provenance === 'model' &&
      server.variantOf === null &&
      !usual.includes(server) &&
      (options.models || !server.modelOf || missing.has(server.modelOf)),
  );
  const resolved = await resolve(models);
  return { ready: [...real.ready, ...resolved.ready], missing: [...real.missing, ...resolved.missing] };
}

/** The chains among the names of a comma list (`nginx-proxy>express`) and of its groups, and the other names. @throws CodedError (bad-argument) */
function chainsIn(list: string): { chains: ServerDefinition[]; others: string } {
  const names = list.split(',').map((name) => name.trim());
  const chains = [...new Set(names.flatMap(chainsOf))].map((name) => {
    const chain = serverById(name);
    if (chain === null)
      throw badArgument(
        `there is no chain "${name}": it takes a proxy and a server, as in nginx-proxy>express; proxies: ${proxies.map(({ id }) => id).join(', ')}`,
      );
    return chain;
  });
  // A list without any name is refused where the others are picked.
  return { chains, others: chains.length === 0 ? list : names.filter((name) => !name.includes(CHAIN_SIGN)).join(',') };
}

/** The chains that a name stands for: itself, or those of a group. `all` has those of every group. */
function chainsOf(name: string): string[] {
  const named = Object.entries(serverGroups).flatMap(([group, { servers }]) => (name === group || name === 'all' ? servers : []));
  return [name, ...named].filter((one) => one.includes(CHAIN_SIGN));
}

/** The entries of a comma list of ids and group names, in the registry's order. */
export function pick<T extends { id: string }>(
  list: string,
  all: readonly T[],
  what: string,
  groups: Record<string, (entry: T) => boolean>,
): T[] {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw badArgument(`--${what}s names no ${what}; there are: ${all.map(({ id }) => id).join(', ')}`);
  for (const name of names) {
    if (!Object.hasOwn(groups, name) && !all.some(({ id }) => id === name)) {
      const ids = all.map(({ id }) => id);
      const meant = nearName(name, [...ids, ...Object.keys(groups)]);
      throw badArgument(
        `there is no ${what} "${name}"; ${
          meant === undefined
            ? `there are: ${ids.join(', ')} (and the group${Object.keys(groups).length > 1 ? 's' : ''} ${Object.keys(groups).join(', ')})`
            : `did you mean ${meant}?`
        }`,
      );
    }
  }
  return all.filter((entry) => names.some((name) => name === entry.id || groups[name]?.(entry)));
}

/** Longest time to ask one for its version: the slowest start two programs, one after the other, on a busy machine. */
const VERSION_TIMEOUT_MS = 60_000;

/** Asks each whether it can run here; all at once, since most start a program to ask it. */
export async function resolve<T extends { id: string; version(): Promise<Availability> }>(
  definitions: readonly T[],
  timeoutMs = VERSION_TIMEOUT_MS,
): Promise<{ ready: Ready<T>[]; missing: Missing<T>[] }> {
  const answers = await Promise.all(
    definitions.map(async (definition) => {
      try {
        return { definition, ...(await inTime(definition, timeoutMs)) };
      } catch (error) {
        const reason = `its version can't be asked: ${reasonOf(error)}`;
        return { definition, skipped: { reason, remedy: ownCommand('doctor') } };
      }
    }),
  );
  return {
    ready: answers.flatMap((answer) => ('version' in answer ? [answer] : [])),
    missing: answers.flatMap((answer) => ('skipped' in answer ? [answer] : [])),
  };
}

/** What it answers, or that it did not within `timeoutMs`. */
async function inTime(definition: { id: string; version(): Promise<Availability> }, timeoutMs: number): Promise<Availability> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Availability>((resolve) => {
    const skipped = {
      reason: `it did not report its version within ${timeoutMs / 1000} s`,
      remedy: `end what slows this machine down and run it again, or mend version() of ${definition.id}`,
    };
    timer = setTimeout(() => resolve({ skipped }), timeoutMs);
  });
  try {
    return await Promise.race([definition.version(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What is to run, and on what. */
export interface SelectedCells {
  selection: Selection;
  cells: CellPlan[];
}

/** Two plans as one: each cell once, those of the first plan first; rows in the order of the registries. */
export function withCells(first: SelectedCells, second: SelectedCells): SelectedCells {
  const cells = new Map([...first.cells, ...second.cells].map((plan) => [cellId(identityOf(plan)), plan]));
  const both = <T extends { id: string }>(all: readonly T[], of: (selection: Selection) => readonly { definition: { id: string } }[]) => {
    const rows = new Map([...of(second.selection), ...of(first.selection)].map((row) => [row.definition.id, row]));
    // Chains are in no registry: they come last, as they do in a selection.
    return [...new Set([...all.map(({ id }) => id), ...rows.keys()])].flatMap((id) => rows.get(id) ?? []);
  };
  const scenarios = new Set([...first.selection.scenarios, ...second.selection.scenarios].map(({ id }) => id));
  return {
    cells: [...cells.values()],
    selection: {
      servers: both(allServers, ({ servers }) => servers) as Selection['servers'],
      missingServers: both(allServers, ({ missingServers }) => missingServers) as Selection['missingServers'],
      clients: both(allClients, ({ clients }) => clients) as Selection['clients'],
      missingClients: both(allClients, ({ missingClients }) => missingClients) as Selection['missingClients'],
      scenarios: allScenarios.filter(({ id }) => scenarios.has(id)),
    },
  };
}
