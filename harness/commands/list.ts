import { clients } from '../../clients/index.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { servers } from '../../servers/index.ts';
import { claims, wordsOf } from '../claims/index.ts';
import { CLAIM_WORDS } from '../claims/wording/index.ts';
import { observations } from '../observe/index.ts';
import { reporters } from '../report/index.ts';
import { wrap } from '../report/width.ts';
import { observationRow } from '../results/assemble.ts';
import { usageError } from './exit.ts';
import { terminalOf } from './reports.ts';

export interface ListOptions {
  json?: boolean;
}

interface Entry {
  id: string;
  /** Short words behind the id: provenance, unit. */
  mark: string;
  text: string;
}

interface Kind {
  entries(): Entry[];
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
        cells: claim.cells.map(({ server, client, scenario }) => `${server}/${client}/${scenario}`),
        printed: claim.printed,
      })),
  },
  reporters: {
    entries: () => reporters.map(({ id, describe }) => ({ id, mark: '', text: describe })),
    data: () => reporters.map(({ id, describe }) => ({ id, describe })),
  },
};

/**
 * Prints what there is: everything, or one kind of it.
 * @throws CommandError (usage) for a kind that is not there
 */
export function list(what: string | undefined, { json = false }: ListOptions): void {
  const known = Object.keys(KINDS);
  if (what !== undefined && !known.includes(what))
    throw usageError(`there is nothing called "${what}" to list; there are: ${known.join(', ')}`);
  const chosen = what === undefined ? known : [what];
  if (json) {
    const data = Object.fromEntries(chosen.map((name) => [name, KINDS[name]?.data()]));
    process.stdout.write(`${JSON.stringify(what === undefined ? data : data[what], null, 2)}\n`);
    return;
  }
  const { columns } = terminalOf(process.stdout);
  const sections = chosen.map((name) => listText(name, KINDS[name]?.entries() ?? [], columns));
  process.stdout.write(`${sections.join('\n\n')}\n`);
}

/** A heading, and for each entry its id and what it is, wrapped to `columns`. */
export function listText(heading: string, entries: readonly Entry[], columns: number): string {
  const indent = 6;
  const blocks = entries.map(({ id, mark, text }) => {
    const lines = wrap(text, Math.max(30, columns - indent)).map((line) => ' '.repeat(indent) + line);
    return [`  ${id}${mark === '' ? '' : ` (${mark})`}`, ...lines].join('\n');
  });
  return [`${heading} (${entries.length})`, ...blocks].join('\n');
}
