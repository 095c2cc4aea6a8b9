/** The user's own server: its name, its address and what the probe asks it for. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { ProbeTargets } from '../../clients/client.ts';
import type { Scenario } from '../../clients/scenario.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { badArgument, unableHere } from '../system/coded-error.ts';
import type { OwnServer } from './lane-protocol.ts';
import { firstListening, listens } from './listening.ts';
import type { Isolation } from './namespace.ts';
import { shellCommand } from './own-server.ts';
import type { OwnTarget } from './plan.ts';

const LOOPBACK = /^(127\.|::1$)/;

/** The options of `probe` that say which server is meant. */
export interface ProbeTargetOptions {
  /** Starts the server. */
  command?: string | undefined;
  port?: number | undefined;
  /** Target of a larger file to ask parts of; default the URL's own path. */
  large?: string | undefined;
}

/** The server to probe, and where it runs: started in a namespace of its own, or already there. */
export interface ToProbe {
  own: OwnTarget;
  /** `null`: the best isolation that works here. */
  isolation: Isolation | null;
}

/**
 * Finds the server to ask: one that runs on this machine, by its URL, or one that a command line starts.
 * @throws CodedError (bad-argument) where neither or both are given, or the URL is not of this machine
 */
export async function whatToProbe(url: string | undefined, options: ProbeTargetOptions): Promise<ToProbe> {
  const { command, port } = options;
  if ((url === undefined) === (command === undefined))
    throw badArgument("probe takes a URL of this machine, or --command 'node server.js' --port 3000 to start the server itself");
  if (command !== undefined) {
    if (port === undefined) throw badArgument('--command needs --port: the port that the server listens on');
    const server: OwnServer = { title: command, command: shellCommand(command, process.cwd()) };
    return { own: { server, host: '127.0.0.1', port, targets: targetsFor('/', options.large) }, isolation: null };
  }
  const parsed = parseUrl(url ?? '');
  if (parsed?.protocol !== 'http:')
    throw badArgument(`"${url}" is not a URL of the form http://127.0.0.1:3000/ (TLS is not captured content)`);
  const listenPort = Number(parsed.port || 80);
  const addresses = await lookup(parsed.hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  const loopback = addresses.map(({ address }) => address).filter((address) => LOOPBACK.test(address));
  const address = (await firstListening(loopback, listenPort)) ?? loopback[0];
  if (address === undefined)
    throw badArgument(
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

/** The host name in the URL, by which browsers visit the server; `null` for an address, and for `localhost`, whose address was chosen here. */
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

/** Where there is a larger file, it stands for the picture: another target shows more. */
const targetsFor = (target: string, large = target): ProbeTargets => ({ page: target, text: target, script: target, image: large, large });

/** The scenarios that make sense for this server: all questions, and visits that work with any page. */
export const scenariosFor = ({ server }: OwnTarget): Scenario[] =>
  scenarios.filter((scenario) => (scenario.for === 'probe' ? server.command || !scenario.steps.some(stopsServer) : fitsAnyPage(scenario)));

/** A visit that needs only the first page, whatever is on it, and no special link. */
const fitsAnyPage = ({ steps, link }: Scenario): boolean =>
  !link &&
  steps.every(({ actions }) =>
    actions.every((action) => ('path' in action ? action.path === '/' : action.do !== 'play' && action.do !== 'seek')),
  );

const stopsServer = (step: { actions: { do: string }[] }): boolean => step.actions.some((action) => action.do === 'stop-server');

/** @throws CodedError (unable-here) where a server that should run already does not listen */
export async function checkListening({ server, host, port }: OwnTarget): Promise<void> {
  if (server.command || (await listens(host, port))) return;
  throw unableHere(`nothing listens on ${host}:${port}: start the server first, or let probe start it by --command`);
}
