import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import path from 'node:path';
import type { ProbeTargets } from '../../clients/client.ts';
import { probe as probeClient } from '../../clients/probe/index.ts';
import type { Scenario } from '../../clients/scenario.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { isObserved } from '../compare/matrix.ts';
import type { ObservedCell, RunResult } from '../compare/run-result.ts';
import type { OwnServer } from '../lab/lane-protocol.ts';
import { firstListening, listens } from '../lab/listening.ts';
import type { Isolation } from '../lab/namespace.ts';
import { ownServer, shellCommand } from '../lab/own-server.ts';
import { planCells } from '../lab/run.ts';
import { pickClients, resolve } from '../lab/selection.ts';
import type { ObservedValue } from '../model.ts';
import { adviceFor } from '../report/advice.ts';
import { escapeTerminal } from '../report/escape.ts';
import { TABLE_WORDS } from '../report/phrases/tables.ts';
import { valueText } from '../report/value-text.ts';
import { runAndAssemble } from './compare.ts';
import { CommandError, EXIT, usageError } from './exit.ts';
import { writeReports } from './reports.ts';

const ID = 'yours';
const LOOPBACK = /^(127\.|::1$)/;
/** Longer values (the statuses of a thousand answers) are cut: table.md has them whole. */
const TEXT_SHOWN = 100;

export interface ProbeOptions {
  command?: string;
  port?: number;
  /** Comma list of clients; default the probe alone. Browsers visit the URL's page. */
  clients?: string;
  /** Target of a larger file to ask parts of; default the URL's own path. */
  large?: string;
  quick?: boolean;
  window?: number;
  out: string;
  capture: string;
  reporter?: string;
}

/**
 * Asks the user's own server every direct question and prints its column of the matrix, with advice. A URL of a server that runs on this
 * machine, or a command that starts one (then in a namespace of its own, and its shutdown is tried too).
 * @throws CommandError (usage) where neither or both are given, or the URL is not of this machine
 */
export async function probe(url: string | undefined, options: ProbeOptions): Promise<void> {
  const { own, isolation } = await whatToProbe(url, options);
  const definition = ownServer(ID, own.server);
  const asked = scenarios.filter((scenario) =>
    scenario.for === 'probe' ? own.server.command || !scenario.steps.some(stopsServer) : fitsAnyPage(scenario),
  );
  const { ready, missing } = await resolve(pickClients(options.clients ?? probeClient.id));
  if (!own.server.command && !(await listens(own.host, own.port)))
    throw new CommandError(
      EXIT.unable,
      `nothing listens on ${own.host}:${own.port}: start the server first, or let probe start it by --command`,
    );
  const servers = [{ definition, version: 'unknown' }];
  const cells = planCells(servers, ready, asked).map((cell) => ({ ...cell, own }));
  const { run, interrupted } = await runAndAssemble(
    { servers, missingServers: [], clients: ready, missingClients: missing, scenarios: asked },
    cells,
    { ...options, ...(isolation ? { isolation } : {}) },
  );
  await writeReports(options.out, run, options.reporter ?? 'markdown,csv');
  process.stdout.write(columnOf(run, options));
  if (run.cells.some(isObserved)) process.stdout.write(`\nThe captures are in ${path.join(options.out, 'captures')}.\n`);
  if (interrupted) process.exitCode = EXIT.interrupted;
  else if (run.cells.some((cell) => cell.state === 'failed')) process.exitCode = EXIT.failed;
}

/** A visit that asks nothing of the page but to be there, over the link as it is. */
const fitsAnyPage = ({ steps, link }: Scenario): boolean =>
  !link &&
  steps.every(({ actions }) =>
    actions.every((action) => ('path' in action ? action.path === '/' : action.do !== 'play' && action.do !== 'seek')),
  );

const stopsServer = (step: { actions: { do: string }[] }): boolean => step.actions.some((action) => action.do === 'stop-server');

async function whatToProbe(url: string | undefined, options: ProbeOptions) {
  const { command, port } = options;
  if ((url === undefined) === (command === undefined))
    throw usageError("probe takes a URL of this machine, or --command 'node server.js' --port 3000 to start the server itself");
  if (command !== undefined) {
    if (port === undefined) throw usageError('--command needs --port: the port that the server listens on');
    const server: OwnServer = { title: command, command: shellCommand(command, process.cwd()) };
    return { own: { server, host: '127.0.0.1', port, targets: targetsFor('/', options.large) }, isolation: null };
  }
  const parsed = parseUrl(url ?? '');
  if (parsed?.protocol !== 'http:')
    throw usageError(`"${url}" is not a URL of the form http://127.0.0.1:3000/ (TLS is not captured content)`);
  const listenPort = Number(parsed.port || 80);
  const addresses = await lookup(parsed.hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  const loopback = addresses.map(({ address }) => address).filter((address) => LOOPBACK.test(address));
  const address = (await firstListening(loopback, listenPort)) ?? loopback[0];
  if (address === undefined)
    throw usageError(
      `${parsed.hostname} is not this machine: probe asks servers on the loopback interface only; run it where the server runs`,
    );
  const isolation: Isolation = {
    kind: 'shared-loopback',
    why: { reason: 'the server runs already', remedy: "start it by --command 'node server.js' --port N" },
  };
  const target = `${parsed.pathname}${parsed.search}`;
  return {
    own: {
      server: { title: parsed.href, hostname: nameOf(parsed), command: null } satisfies OwnServer,
      host: address,
      port: listenPort,
      targets: targetsFor(target, options.large),
    },
    isolation,
  };
}

/** The name in the URL, where it is one that browsers see: `localhost` may mean two addresses, of which one was found. */
function nameOf({ hostname }: URL): string | null {
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 ? null : hostname;
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

const targetsFor = (target: string, large = target): ProbeTargets => ({ page: target, text: target, script: target, image: target, large });

/** Every value of the server with the frames that show it, what deviates from the RFCs, and what to make of it. */
function columnOf(run: RunResult, options: ProbeOptions): string {
  const cells = run.cells.filter(isObserved);
  const browsers = new Set(cells.map(({ client }) => client)).size;
  const shown = run.observations.flatMap(({ id, unit }) => {
    const cell = showing(cells, id);
    const value = cell?.values[id];
    const place = browsers > 1 ? `${cell?.client}/${cell?.scenario}` : cell?.scenario;
    return cell && value ? [{ id, unit, place, value }] : [];
  });
  if (shown.length === 0) return nothingShown(run);
  const lines = shown.map(({ id, unit, place, value: { conformance, frames, note, ...rest } }) => {
    const whole = valueText({ frames, ...rest }, unit, TABLE_WORDS.en);
    const text = whole.length > TEXT_SHOWN ? `${whole.slice(0, TEXT_SHOWN - 1)}…` : whole;
    const remark = note === undefined ? '' : `; ${note}`;
    const proof = frames.length > 0 ? `, frames ${frames.slice(0, 3).join(', ')}` : '';
    const deviates = conformance?.verdict === 'deviates' ? `; deviates from ${conformance.section}: ${conformance.because}` : '';
    return `  ${id.padEnd(30)} ${escapeTerminal(`${text}${remark}`)}  (${place}${proof})${deviates}`;
  });
  const values = Object.fromEntries(shown.map(({ id, value }) => [id, value]));
  const deviations = shown.filter(({ value }) => value.conformance?.verdict === 'deviates').length;
  return [...caveats(cells), ...lines, '', ...conclusion(values, deviations, options), ''].join('\n');
}

/** A family of questions has a scenario of its own (range.suffix: range); other cells show such values only by the way. A trap is shown where it snapped. */
function showing(cells: ObservedCell[], id: string): ObservedCell | undefined {
  const family = id.slice(0, id.indexOf('.'));
  const candidates = cells.filter((cell) => cell.values[id]);
  const snapped = family === 'trap' ? candidates.find((cell) => !['no', 'none'].includes(String(cell.values[id]?.value))) : undefined;
  return snapped ?? candidates.find(({ scenario }) => scenario.startsWith(family)) ?? candidates[0];
}

/** What has to be known before the values are read. */
function caveats(cells: ObservedCell[]): string[] {
  const exchanges = cells.flatMap((cell) => cell.exchanges);
  if (exchanges.every(({ status }) => status === null)) {
    const sent = cells.some(({ connections }) => connections.some(({ payloadBytes }) => payloadBytes.server > 0));
    return [
      `It never answered with HTTP/1.x: ${sent ? 'what it sent is something else' : 'it sent nothing'}. Only what concerns TCP can be told.`,
      '',
    ];
  }
  const plain = exchanges.find(({ method, status }) => method === 'GET' && status !== null);
  if (!plain?.status || plain.status < 300) return [];
  return [`The page answers ${plain.status}: what takes a page that can be had is not judged. Probe a target that answers 200.`, ''];
}

function conclusion(values: Record<string, ObservedValue>, deviations: number, { large }: ProbeOptions): string[] {
  // Whether a page can be asked for in parts matters to nobody: players ask so for media.
  const advice = adviceFor(values).filter(({ observation }) => observation !== 'range.first-ten' || large !== undefined);
  const lines = advice.map(({ text, observation }) => `  - ${text} (${observation})`);
  const count = `${deviations} ${deviations === 1 ? 'value deviates' : 'values deviate'} from the RFCs, each marked above.`;
  return [
    ...(lines.length > 0 ? ['Advice', ...lines] : ['No advice on time-outs, caching or ranges.']),
    ...(deviations > 0 ? [count] : []),
  ];
}

/** Where no cell could be observed: why, each reason once. */
function nothingShown(run: RunResult): string {
  const reasons = new Set(run.cells.flatMap(({ state, reason }) => (state === 'failed' && reason !== null ? [reason] : [])));
  return ['The server showed nothing:', ...[...reasons].map((reason) => `  - ${escapeTerminal(reason)}`), ''].join('\n');
}
