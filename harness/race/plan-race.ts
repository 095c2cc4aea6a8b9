/** From names to what a race runs: which sides are meant, which of them are here, and whether this machine can run them. */
import type { ServerDefinition } from '../../servers/server.ts';
import type { UpstreamSide } from '../../servers/upstream-side.ts';
import { selectBackend } from '../lab/capture/select.ts';
import type { OwnServerInput } from '../lab/extras.ts';
import { isolation } from '../lab/namespace.ts';
import { ownServer, shellCommand } from '../lab/own-server.ts';
import type { Ready } from '../lab/plan.ts';
import { type Missing, pick, resolve } from '../lab/selection.ts';
import { OWN_SERVER } from '../model.ts';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { raceServers, upstreamSides } from './definitions.ts';
import { type OwnUpstream, ownUpstreamSide } from './own-proxy.ts';
import type { RacePlan } from './race.ts';

const DEFAULT_WINDOW_S = 95;
const QUICK_WINDOW_S = 8;
/** Servers of a race that names none. */
export const DEFAULT_SERVERS = 'planted-400ms,express,express-keepalive-65s';

/** A proxy or a client library of the user's own. */
export interface OwnUpstreamInput {
  id: string;
  /** Default: the command. */
  title?: string | undefined;
  summary?: string | undefined;
  /** Default: `proxy`. */
  kind?: UpstreamSide['kind'] | undefined;
  /** Starts it in the foreground. */
  command: string;
}

/** What a race is asked for. */
export interface RaceRequest {
  /** Comma list of ids, or all, proxies, libraries; default: all. */
  upstreams?: string | undefined;
  /** Comma list of ids, or planted; default: `DEFAULT_SERVERS` where there is no server of the user's own. */
  servers?: string | undefined;
  /** The user's own server, and the port that it listens on: `yours`. */
  command?: string | undefined;
  port?: number | undefined;
  /** More servers of the user's own, and proxies and libraries: these take part always, unless `upstreams` names others. */
  ownServers?: readonly OwnServerInput[] | undefined;
  ownUpstreams?: readonly OwnUpstreamInput[] | undefined;
  quick?: boolean | undefined;
  /** Seconds. */
  window?: number | undefined;
  /** How long a server of the user's own may take to listen; seconds. */
  readyTimeout?: number | undefined;
  /** Id of a capture backend, or `auto`. */
  capture: string;
}

/** The plan, and what was asked for and is not installed. */
export type PlannedRace = Omit<RacePlan, 'out' | 'signal'>;

/** @throws CodedError (bad-argument) for names that are not there, (unable-here) where this machine can't run it */
export async function planRace(asked: RaceRequest): Promise<PlannedRace> {
  const ownUpstreams = new Map((asked.ownUpstreams ?? []).map((one) => [one.id, ownUpstreamOf(one)]));
  const sides = [...upstreamSides, ...[...ownUpstreams].map(([id, own]) => ownUpstreamSide(id, own))];
  const wanted = pick(asked.upstreams ?? 'all', sides, 'upstream', {
    all: () => true,
    proxies: ({ kind }) => kind === 'proxy',
    libraries: ({ kind }) => kind === 'library',
  });
  const own = new Map([...yoursIn(asked), ...(asked.ownServers ?? [])].map((one) => [one.id, ownServerOf(one, asked.readyTimeout)]));
  const list = asked.servers ?? (own.size === 0 ? DEFAULT_SERVERS : null);
  const wantedServers = list === null ? [] : pick(list, raceServers, 'server', { planted: ({ id }) => id.startsWith('planted-') });
  const how = await isolation();
  if (how.kind === 'shared-loopback')
    throw unableHere(`a race needs a network namespace for each lane: ${how.why.reason}\nremedy: ${how.why.remedy}`);
  const backend = await selectBackend(asked.capture, how);
  if ('skipped' in backend)
    throw unableHere(`packets can't be captured here: ${backend.skipped.reason}\nremedy: ${backend.skipped.remedy}`);
  const [upstreams, servers] = await Promise.all([resolve(wanted), resolve(wantedServers)]);
  const ready: Ready<ServerDefinition>[] = [
    ...[...own].map(([id, { server }]) => ({ definition: ownServer(id, server), version: 'unknown' })),
    ...servers.ready,
  ];
  if (upstreams.ready.length === 0 || ready.length === 0)
    throw unableHere(['none of the pairs can run here:', ...[...upstreams.missing, ...servers.missing].map(lackLine)].join('\n'));
  return {
    upstreams: upstreams.ready,
    missingUpstreams: upstreams.missing,
    ownUpstreams,
    servers: ready,
    missingServers: servers.missing,
    own,
    windowMs: (asked.window ?? (asked.quick ? QUICK_WINDOW_S : DEFAULT_WINDOW_S)) * 1_000,
    quick: asked.quick ?? false,
    backend: backend.id,
    isolation: how,
  };
}

/** What is lacking, and what mends it. */
export const lackLine = ({ definition, skipped }: Missing<{ id: string }>): string =>
  `${definition.id}: ${skipped.reason}; ${skipped.remedy}`;

/** @throws CodedError (bad-argument) where one of the two is missing */
function yoursIn({ command, port }: RaceRequest): OwnServerInput[] {
  if (command === undefined && port === undefined) return [];
  if (command === undefined || port === undefined)
    throw badArgument('--command and --port go together: what starts your server, and the port it listens on');
  return [{ id: OWN_SERVER, command, port }];
}

const ownServerOf = ({ title, command, port }: OwnServerInput, readyTimeout: number | undefined) => ({
  server: {
    title: title ?? command,
    command: shellCommand(command, process.cwd()),
    ...(readyTimeout === undefined ? {} : { readyTimeoutMs: readyTimeout * 1_000 }),
  },
  port,
});

const ownUpstreamOf = ({ title, summary, kind = 'proxy', command }: OwnUpstreamInput): OwnUpstream => ({
  kind,
  summary: summary ?? command,
  process: { title: title ?? command, command: shellCommand(command, process.cwd()) },
});
