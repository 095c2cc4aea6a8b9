import type { RunResult } from '../compare/run-result.ts';
import { cellId } from '../compare/run-result.ts';
import type { Connection, Evidence } from '../model.ts';
import type { AnsweredExchange } from '../observe/step.ts';
import { isAnswered, isAsked } from '../observe/step.ts';
import type { CellFacts, CellNeed, Facts, PrintedName } from './claim.ts';
import { standInsOf } from './claim.ts';

/** Scenario of a capture that was not made here; such a capture may be of any visit. */
export const ANY_SCENARIO = 'capture';

/** Looks cells up for claims. A need is met by its own cell, by a stand-in's, or by a capture made elsewhere of the same server and client. */
export function factsOf(cells: readonly CellFacts[], printed: ReadonlyMap<PrintedName, CellFacts>): Facts {
  const byId = new Map(cells.map((cell) => [cell.id, cell]));
  return {
    find(need) {
      for (const scenario of [need.scenario, ANY_SCENARIO])
        for (const id of candidates({ ...need, scenario })) {
          const cell = byId.get(id);
          if (cell) return cell;
        }
      return null;
    },
    printed: (name) => printed.get(name) ?? null,
  };
}

/** Ids of the cells that meet a need, best first: a real server counts for more than a real browser. */
export const candidates = (need: CellNeed): string[] =>
  standInsOf(need.server).flatMap((server) => clientsFor(need).map((client) => cellId({ server, client, scenario: need.scenario })));

/** In captures made elsewhere, Edge also stands in for Chromium, on which it is built. */
const clientsFor = ({ client, scenario }: CellNeed): readonly string[] =>
  scenario === ANY_SCENARIO && client === 'chromium' ? [...standInsOf(client), 'edge'] : standInsOf(client);

/**
 * The observed cells of a run, as claims see them. Cells without evidence are left out.
 * @param evidenceOf the evidence of each cell, by its id
 */
export function cellFacts(run: Pick<RunResult, 'cells' | 'servers' | 'clients'>, evidenceOf: ReadonlyMap<string, Evidence>): CellFacts[] {
  const servers = new Map(run.servers.map((row) => [row.id, row]));
  const clients = new Map(run.clients.map((row) => [row.id, row]));
  return run.cells.flatMap((cell): CellFacts[] => {
    const id = cellId(cell);
    const evidence = evidenceOf.get(id);
    if (cell.state !== 'observed' || !evidence) return [];
    const { server, client, scenario, capture, windowS, values } = cell;
    const serverProvenance = servers.get(server)?.provenance ?? 'real';
    const clientProvenance = clients.get(client)?.provenance ?? 'real';
    return [{ id, server, client, scenario, serverProvenance, clientProvenance, capture, windowS, values, evidence }];
  });
}

/** Connections that carried a request. */
export const usedConnections = ({ evidence }: CellFacts): Connection[] =>
  evidence.connections.filter((connection) => connection.exchanges.some(isAsked));

/** Exchanges with a request and a response whose head is whole. */
export const answered = ({ evidence }: CellFacts): AnsweredExchange[] => evidence.exchanges.filter(isAnswered);

/** The same of one step; in a capture without steps, all of them. */
/** Exchanges with a request and a response whose head is whole. */
export const answeredIn = (cell: CellFacts, step: string): AnsweredExchange[] =>
  answered(cell).filter((exchange) => cell.evidence.steps.length === 0 || exchange.step === step);

/** The connection of a stream. */
export const connectionOf = ({ evidence }: CellFacts, stream: number): Connection | null =>
  evidence.connections.find((connection) => connection.stream === stream) ?? null;

/** The file name in a target, as a report writes it: `logo.png` of `/static/logo.png?v=1`, `/` of `/`. */
export const fileOf = (target: string): string => {
  const path = target.replace(/[?#].*$/, '');
  return path.slice(path.lastIndexOf('/') + 1) || '/';
};

/** Whether a target is that of an HTML page. */
export const isDocument = (target: string): boolean => /(^\/$|\/$|\.html?$)/.test(target.replace(/[?#].*$/, ''));
/** Whether a target is that of an audio file. */
export const isAudio = (target: string): boolean => /\.(wav|mp3|ogg)([?#].*)?$/i.test(target);
/** Whether a target is that of the favicon. */
export const isFavicon = (target: string): boolean => /favicon\.ico$/.test(target);
