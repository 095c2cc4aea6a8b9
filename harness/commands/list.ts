import { clients } from '../../clients/index.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { groups } from '../../servers/groups.mjs';
import { servers } from '../../servers/index.ts';
import { claims, wordsOf } from '../claims/index.ts';
import { CLAIM_WORDS } from '../claims/wording/index.ts';
import { cellId } from '../model.ts';
import { observations } from '../observe/index.ts';
import { upstreamSides } from '../race/definitions.ts';
import { reporters } from '../report/index.ts';
import { type ListEntry, listText } from '../report/listing.ts';
import { observationRow } from '../results/assemble.ts';
import { badArgument } from '../system/coded-error.ts';
import { namesThere } from '../system/near-name.ts';
import { print, terminalOf } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';

interface Kind {
  entries(): ListEntry[];
  /** The same as data. */
  data(): object[];
}

const KINDS: Record<string, Kind> = {
  servers: {
    entries: () =>
      servers.map(({ id, title, provenance, variantOf, summary }) => ({
        id,
        mark: variantOf === null ? provenance : `${provenance}, variant of ${variantOf}`,
        text: `${title}: ${summary}`,
      })),
    data: () =>
      servers.map(({ id, title, provenance, variantOf, modelOf, summary }) => ({
        id,
        title,
        provenance,
        variantOf,
        modelOf: modelOf ?? null,
        summary,
      })),
  },
  groups: {
    entries: () => Object.entries(groups).map(([id, group]) => ({ id, mark: '', text: `${group.for}: ${group.servers.join(', ')}` })),
    data: () => Object.entries(groups).map(([id, group]) => ({ id, for: group.for, servers: group.servers })),
  },
  upstreams: {
    entries: () => upstreamSides.map(({ id, title, kind, summary }) => ({ id, mark: kind, text: `${title}: ${summary}` })),
    data: () => upstreamSides.map(({ id, title, kind, variantOf, summary }) => ({ id, title, kind, variantOf, summary })),
  },
  clients: {
    entries: () => clients.map(({ id, title, provenance, summary }) => ({ id, mark: provenance, text: `${title}: ${summary}` })),
    data: () => clients.map(({ id, title, provenance, kind, summary }) => ({ id, title, provenance, kind, summary })),
  },
  scenarios: {
    entries: () => scenarios.map(({ id, title, for: kind }) => ({ id, mark: kind, text: title })),
    data: () => scenarios.map(({ id, title, for: kind, steps }) => ({ id, title, for: kind, steps: steps.map((step) => step.id) })),
  },
  observations: {
    entries: () =>
      observations.map(({ id, title, unit, definition, spec }) => ({
        id,
        mark: unit ?? '',
        text: `${title}. ${definition}${spec === null ? '' : ` [${spec}]`}`,
      })),
    data: () => observations.map(observationRow),
  },
  claims: {
    entries: () => claims.map((claim) => ({ id: claim.id, mark: claim.source, text: wordsOf(claim, CLAIM_WORDS.en).statement })),
    data: () =>
      claims.map((claim) => ({
        id: claim.id,
        source: claim.source,
        ...wordsOf(claim, CLAIM_WORDS.en),
        cells: claim.cells.map(cellId),
        printed: claim.printed,
      })),
  },
  reporters: {
    entries: () => reporters.map(({ id, describe }) => ({ id, mark: '', text: describe })),
    data: () => reporters.map(({ id, describe }) => ({ id, describe })),
  },
};

/** Prints what there is: everything, or one kind of it. */
export const addList: AddCommand = (program) => {
  program
    .command('list')
    .description('list servers, groups of servers, upstream sides, clients, scenarios, observations, claims and reporters')
    .argument('[what]', 'servers, groups, upstreams, clients, scenarios, observations, claims or reporters')
    .option('--json', 'as JSON')
    .action(async (what, { json = false }) => {
      const known = Object.keys(KINDS);
      if (what !== undefined && !known.includes(what))
        throw badArgument(`there is nothing called "${what}" to list; ${namesThere(what, known)}`);
      const chosen = what === undefined ? known : [what];
      await print(json ? jsonOf(chosen, what) : textOf(chosen));
    });
};

function jsonOf(chosen: readonly string[], what: string | undefined): string {
  const data = Object.fromEntries(chosen.map((name) => [name, KINDS[name]?.data()]));
  return `${JSON.stringify(what === undefined ? data : data[what], null, 2)}\n`;
}

function textOf(chosen: readonly string[]): string {
  const { columns } = terminalOf(process.stdout);
  return `${chosen.map((name) => listText(name, KINDS[name]?.entries() ?? [], columns)).join('\n\n')}\n`;
}
