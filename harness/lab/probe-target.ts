/** The user's own server: its name, its address and what the probe asks it for. */

import { lookup } from 'node:dns/promises';
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import type { ProbeManner, ProbeTargets } from '../../clients/client.ts';
import type { Scenario } from '../../clients/scenario.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { namesThere } from '../system/near-name.ts';
import type { OwnServer } from './lane-protocol.ts';
import { firstListening, listens } from './listening.ts';
import type { Isolation } from './namespace.ts';
import { interfaceTo } from './own-address.ts';
import { shellCommand } from './own-server.ts';
import type { OwnTarget } from './plan.ts';
import { acceptsOn } from './socket-relay.ts';

/** The options of `probe` that say which server is meant, and how it is asked. */
export interface ProbeTargetOptions {
  /** Starts the server. */
  command?: string | undefined;
  port?: number | undefined;
  /** The unix socket on which it listens in the place of a port. */
  socket?: string | undefined;
  /** Target of the page; default the URL's own path, or `/`. */
  path?: string | undefined;
  /** Target of a larger file to ask parts of; default that of the page. */
  large?: string | undefined;
  /** Target that POST requests may be sent to; default that of the page. */
  methodOk?: string | undefined;
  /** Field lines of every request. */
  header?: readonly string[] | undefined;
  /** The values of `header` are written over in the results. */
  redact?: boolean | undefined;
  /** Seconds until the started server must listen, and until an answer must come. */
  readyTimeout?: number | undefined;
  answerTimeout?: number | undefined;
  /** How many times each timer is measured. */
  samples?: number | undefined;
}

/** The server to probe, and where it runs: started in a namespace of its own, or already there. */
export interface ToProbe {
  own: OwnTarget;
  /** `null`: the best isolation that works here. */
  isolation: Isolation | null;
}

const HOST = '127.0.0.1';
/** Where the relay of a unix socket listens, in the namespace of the cell. */
const RELAY_PORT = 8080;

/**
 * Finds the server to ask: one that runs on this machine, by its URL or its unix socket, or one that a command line starts.
 * @throws CodedError (bad-argument) where neither or both are given, or a value is not what its option takes
 */
export async function whatToProbe(url: string | undefined, options: ProbeTargetOptions): Promise<ToProbe> {
  const { command, port, socket } = options;
  checkTargets(options);
  const asked = { manner: mannerOf(options), secrets: options.redact ? (options.header ?? []).map(secretIn) : [] };
  if (url !== undefined && (command !== undefined || socket !== undefined)) throw whichServer();
  if (command !== undefined) {
    if (port === undefined && socket === undefined)
      throw badArgument('--command needs --port: the port that the server listens on (or --socket)');
    const ready = options.readyTimeout === undefined ? {} : { readyTimeoutMs: options.readyTimeout * 1000 };
    const server: OwnServer = { title: command, command: shellCommand(command, process.cwd()), ...ready, ...socketOf(socket) };
    return { own: { server, host: HOST, port: port ?? RELAY_PORT, targets: targetsFor('/', options), ...asked }, isolation: null };
  }
  if (socket !== undefined) {
    const server: OwnServer = { title: `unix:${socket}`, command: null, ...socketOf(socket) };
    return { own: { server, host: HOST, port: RELAY_PORT, targets: targetsFor('/', options), ...asked }, isolation: null };
  }
  if (url === undefined) throw whichServer();
  const { parsed, address, listenPort, via } = await placeOf(url);
  return {
    own: {
      server: { title: parsed.href, hostname: nameOf(parsed), command: null } satisfies OwnServer,
      host: address,
      port: listenPort,
      targets: targetsFor(`${parsed.pathname}${parsed.search}`, options),
      ...asked,
      ...(via === null ? {} : { interface: via }),
    },
    isolation: {
      kind: 'shared-loopback',
      why: { reason: 'the server runs already', remedy: "start it by --command 'node server.js' --port N" },
    },
  };
}

const whichServer = () =>
  badArgument("probe takes a URL of this machine, or --command 'node server.js' --port 3000 to start the server itself, or --socket PATH");

const socketOf = (socket: string | undefined): Pick<OwnServer, 'socket'> => (socket === undefined ? {} : { socket: path.resolve(socket) });

interface PlaceOfServer {
  parsed: URL;
  address: string;
  listenPort: number;
  /** The interface where its packets pass; `null`: the loopback interface. */
  via: string | null;
}

async function placeOf(url: string): Promise<PlaceOfServer> {
  const parsed = parseUrl(url);
  if (parsed?.protocol === 'https:')
    throw badArgument(
      `"${url}" is TLS, whose content can't be read from packets: probe the plain port that the server has for its proxy, or start it with TLS off by --command; docs/https.md says how in common frameworks`,
    );
  if (parsed?.protocol !== 'http:') throw badArgument(`"${url}" is not a URL of the form http://127.0.0.1:3000/`);
  const listenPort = Number(parsed.port || 80);
  const found = await lookup(parsed.hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  const here = found.flatMap(({ address }) => {
    const via = interfaceTo(address);
    return via === undefined ? [] : [{ address, via }];
  });
  const listening = await firstListening(
    here.filter(({ via }) => via === null).map(({ address }) => address),
    listenPort,
  );
  const place = here.find(({ address }) => address === listening) ?? here[0];
  if (place === undefined)
    throw badArgument(
      `${parsed.hostname} is not this machine: probe asks servers on this machine and its own bridges only; run it where the server runs`,
    );
  return { parsed, listenPort, ...place };
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

const TARGET = /^\/[\x21-\x7e]*$/;
const FIELD_LINE = /^[\w!#$%&'*+.^`|~-]+:[ \t]*[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*)$/;

/** @throws CodedError (bad-argument) */
function checkTargets({ path: page, large, methodOk, header = [] }: ProbeTargetOptions): void {
  for (const [option, target] of [
    ['--path', page],
    ['--large', large],
    ['--method-ok', methodOk],
  ] as const) {
    if (target !== undefined && !TARGET.test(target))
      throw badArgument(`${option} takes a target that begins with a slash, as in ${option} /index.html; not "${target}"`);
  }
  for (const line of header)
    if (!FIELD_LINE.test(line)) throw badArgument(`--header takes a field line, as in --header 'Authorization: Bearer x'; not "${line}"`);
}

const secretIn = (line: string): string => line.slice(line.indexOf(':') + 1).trim();

const mannerOf = ({ header = [], answerTimeout, samples }: ProbeTargetOptions): ProbeManner => ({
  headers: header,
  ...(answerTimeout === undefined ? {} : { answerTimeoutMs: answerTimeout * 1000 }),
  ...(samples === undefined ? {} : { samples }),
});

/** Where there is a larger file, it stands for the picture: another target shows more. */
function targetsFor(target: string, { path: page = target, large = page, methodOk = page }: ProbeTargetOptions): ProbeTargets {
  return { page, text: page, script: page, image: large, large, post: methodOk };
}

/** The families of questions that are wanted. */
export interface Families {
  /** Comma lists of scenarios, or of what several of their ids begin with (`idle`, `shutdown`). */
  only?: string | undefined;
  skip?: string | undefined;
}

/**
 * The scenarios that make sense for this server: all questions, and visits that work with any page.
 * @throws CodedError (bad-argument) for a family that is not there
 */
export function scenariosFor({ server }: OwnTarget, { only, skip }: Families = {}): Scenario[] {
  const fitting = scenarios.filter((scenario) =>
    scenario.for === 'probe' ? server.command || !scenario.steps.some(stopsServer) : fitsAnyPage(scenario),
  );
  const wanted = only === undefined ? null : familiesOf(only, '--only');
  const unwanted = skip === undefined ? null : familiesOf(skip, '--skip');
  return fitting.filter(({ id, ownOnly }) => ownOnly || ((wanted?.(id) ?? true) && !unwanted?.(id)));
}

/** The probe's own questions first. */
const familyIds = (): string[] => {
  const all = scenarios.filter(({ ownOnly }) => !ownOnly);
  return [...all.filter((one) => one.for === 'probe'), ...all.filter((one) => one.for !== 'probe')].map(({ id }) => id);
};
const isIn = (name: string, id: string): boolean => id === name || id.startsWith(`${name}-`);

/** Whether a name stands for a scenario, or for those whose ids begin with it. */
export const isFamily = (name: string): boolean => familyIds().some((id) => isIn(name, id));

function familiesOf(list: string, option: string): (id: string) => boolean {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.find((name) => !isFamily(name));
  if (unknown !== undefined || names.length === 0)
    throw badArgument(`${option}: there is no family "${unknown ?? list}"; ${namesThere(unknown ?? list, familyIds())}`);
  return (id) => names.some((name) => isIn(name, id));
}

/** A visit that needs only the first page, whatever is on it, and no special link. */
const fitsAnyPage = ({ steps, link }: Scenario): boolean =>
  !link &&
  steps.every(({ actions }) =>
    actions.every((action) => ('path' in action ? action.path === '/' : action.do !== 'play' && action.do !== 'seek')),
  );

const stopsServer = (step: { actions: { do: string }[] }): boolean => step.actions.some((action) => action.do === 'stop-server');

/** @throws CodedError (unable-here) where a server that should run already does not listen */
export async function checkListening({ server, host, port, interface: via }: OwnTarget): Promise<void> {
  if (server.command) return;
  if (server.socket !== undefined) {
    if (await acceptsOn(server.socket)) return;
    const there = existsSync(server.socket) ? 'nothing listens on it' : 'it is not there';
    throw unableHere(
      `the unix socket ${server.socket} can't be asked: ${there}; start the server first, or let probe start it by --command`,
    );
  }
  // Only its own kernel knows who listens behind a bridge.
  if (via !== undefined || (await listens(host, port))) return;
  throw unableHere(`nothing listens on ${host}:${port}: start the server first, or let probe start it by --command`);
}
