/** What a run has beside what this project knows: servers, scenarios, questions and browsers of the user's own. */
import { emulate } from '../../clients/emulated/emulate.ts';
import type { Question } from '../../clients/probe/question.ts';
import type { ClientProfile } from '../../clients/profile.ts';
import type { Scenario } from '../../clients/scenario.ts';
import { ownServer } from './own-server.ts';
import { type CellPlan, planCells } from './plan.ts';
import { scenariosFor, whatToProbe } from './probe-target.ts';
import { resolve, type SelectedCells, type Selection, type SelectionOptions, select } from './selection.ts';

/** A server of the user's own in the matrix: how it is started, and where it then listens. */
export interface OwnServerInput {
  /** Names its row, and the folder of its captures. */
  id: string;
  /** Default: the command. */
  title?: string | undefined;
  /** Starts it in the foreground. */
  command: string;
  port: number;
  /** Target of its page; default `/`. */
  path?: string | undefined;
  /** Target of a larger file. */
  large?: string | undefined;
}

/** All of it. */
export interface Extras {
  servers?: readonly OwnServerInput[] | undefined;
  scenarios?: readonly Scenario[] | undefined;
  questions?: readonly Question[] | undefined;
  profiles?: readonly ClientProfile[] | undefined;
}

/** The selection and its cells, with the extras in them: each scenario is tried by each client of its kind, each browser visits each server. */
export async function withExtras({ selection, cells }: SelectedCells, extras: Extras): Promise<SelectedCells> {
  const { servers = [], scenarios = [], questions = [], profiles = [] } = extras;
  const browsers = await resolve(profiles.map(emulate));
  const clients = [...selection.clients, ...browsers.ready];
  const own = await Promise.all(servers.map(ownTarget));
  const probed = [...new Map(cells.flatMap((cell) => (cell.own ? [[cell.server.definition.id, cell] as const] : []))).values()];
  const added = [
    // The servers of the selection: only what is new is added.
    ...planCells(selection.servers, selection.clients, [...scenarios]),
    ...planCells(selection.servers, browsers.ready, [...selection.scenarios, ...scenarios]),
  ].map((cell): CellPlan => {
    const target = probed.find(({ server }) => server.definition.id === cell.server.definition.id)?.own;
    return target ? { ...cell, own: target } : cell;
  });
  const ownCells = own.flatMap(({ ready, target, fitting }) => {
    const wanted = selection.scenarios.filter(({ id }) => fitting.has(id));
    return planCells([ready], clients, [...wanted, ...scenarios]).map((cell): CellPlan => ({ ...cell, own: target }));
  });
  return {
    selection: {
      ...selection,
      servers: [...selection.servers, ...own.map(({ ready }) => ready)],
      clients,
      missingClients: [...selection.missingClients, ...browsers.missing],
      scenarios: [...selection.scenarios, ...scenarios],
    } satisfies Selection,
    cells: [...cells, ...added, ...ownCells].map((cell) => {
      const profile = profiles.find(({ id }) => id === cell.client.definition.id);
      return { ...cell, questions, ...(profile ? { profile } : {}) };
    }),
  };
}

async function ownTarget({ id, title, command, port, path, large }: OwnServerInput) {
  const { own } = await whatToProbe(undefined, { command, port, path, large });
  const target = { ...own, server: { ...own.server, title: title ?? command } };
  return {
    ready: { definition: ownServer(id, target.server), version: 'unknown' },
    target,
    fitting: new Set(scenariosFor(own).flatMap((scenario) => (scenario.ownOnly ? [] : [scenario.id]))),
  };
}

/** The registry's part of a run: where only servers of the user's own are named, none of its servers. @throws as `select` does */
export const selectWith = (options: SelectionOptions, { servers = [] }: Extras): Promise<Selection> =>
  select(options.servers === undefined && servers.length > 0 ? { ...options, noServers: true } : options);
