/** What this machine has and lacks, as data. */
import { groups } from '../../servers/groups.mjs';
import type { Availability } from '../model.ts';
import type { Check } from '../system/check.ts';
import { isNodeSupported, NODE_NEEDED } from '../system/node-version.mjs';
import { inClone, isClone } from '../system/packages.ts';
import { findProgram, runCommand } from '../system/programs.ts';
import { sweepTemporaryFolders } from '../system/temporary-folder.ts';
import { backendStates } from './capture/select.ts';
import { isolation } from './namespace.ts';
import { confinement } from './privileges.ts';
import { resolve } from './selection.ts';

/** Whether a version of Node, as in `process.version`, is one that the project runs on. */
export function checkNode(version: string): Check {
  const ok = isNodeSupported(version);
  return {
    kind: 'node',
    what: 'Node.js',
    state: ok ? 'ok' : 'missing',
    detail: ok ? version : `${version}; ${NODE_NEEDED}`,
    remedy: ok ? null : `npx --yes --package node@22 ${isClone() ? 'npm run' : '--package wirematrix wirematrix'} doctor`,
  };
}

const sudo = (command: string): string => (process.getuid?.() === 0 ? command : `sudo ${command}`);
const install = (name: string): string => sudo(`apt-get install -y --no-install-recommends ${name}`);

async function checkIsolation(): Promise<Check> {
  const how = await isolation();
  if (how.kind === 'shared-loopback') {
    const detail = `${how.why.reason}; lanes share the loopback interface, each with a port of its own and a filter on it`;
    return { kind: 'isolation', what: 'isolation', state: 'limited', detail, remedy: how.why.remedy };
  }
  const byUser = how.prefix.includes('--user');
  return {
    kind: 'isolation',
    what: 'isolation',
    state: 'ok',
    detail: `a network namespace for each lane${byUser ? ', as an ordinary user' : ''}`,
    remedy: null,
  };
}

/** As whom servers and browsers run. */
function checkPrivileges(): Check {
  const what = 'privileges';
  const how = confinement();
  const check = (state: Check['state'], detail: string, remedy: string | null = null): Check => ({
    kind: 'isolation',
    what,
    state,
    detail,
    remedy,
  });
  switch (how.kind) {
    case 'user':
      return check('ok', `servers and browsers run as user ${how.user.uid}, without capabilities`);
    case 'root':
      return check(
        'limited',
        `servers and browsers run as root, with the capabilities to become another user alone: ${how.why}`,
        'keep the project in a folder that every user can read, /opt say',
      );
    case 'same-user':
      return check('ok', 'servers and browsers run as you, without capabilities');
    case 'unchanged':
      if (how.why === null) return check('ok', 'servers and browsers run as you');
      return check('limited', `servers and browsers run with all rights of this user: ${how.why}`, install('util-linux'));
  }
}

/** Removes what killed runs left; nothing is said where they left nothing. */
function checkLeftovers(): Check[] {
  const swept = sweepTemporaryFolders();
  if (swept.length === 0) return [];
  return [
    { kind: 'tool', what: 'temporary files', state: 'ok', detail: `removed what killed runs had left: ${swept.join(', ')}`, remedy: null },
  ];
}

async function checkBackends(): Promise<Check[]> {
  const states = await backendStates(await isolation());
  const some = states.some(({ state }) => 'version' in state);
  return states.map(({ id, clock, state }): Check => {
    const what = `capture by ${id}`;
    if ('version' in state) {
      const stamps =
        clock === 'kernel' ? 'timestamps by the kernel, drops counted' : 'timestamps by the capturing process, drops found as gaps';
      return { kind: 'capture', what, state: 'ok', detail: `${state.version}; ${stamps}`, remedy: null };
    }
    // One is enough.
    return { kind: 'capture', what, state: some ? 'limited' : 'missing', detail: state.skipped.reason, remedy: state.skipped.remedy };
  });
}

interface Tool {
  program: string;
  package: string;
  /** What can't be had without it. */
  without: string;
  version: { args: readonly string[]; pattern: RegExp };
}

const TOOLS: readonly Tool[] = [
  {
    program: 'ip',
    package: 'iproute2',
    without: 'no slow links and no real browsers in a namespace',
    version: { args: ['-V'], pattern: /iproute2-([\w.]+)/ },
  },
  {
    program: 'tshark',
    package: 'tshark',
    without: 'the tests that hold the decoder against tshark are skipped',
    version: { args: ['--version'], pattern: /\) ([\d.]+)/ },
  },
  {
    program: 'capinfos',
    package: 'tshark',
    without: 'the tests that let capinfos read captures are skipped',
    version: { args: ['--version'], pattern: /\) ([\d.]+)/ },
  },
  {
    program: 'tcptrace',
    package: 'tcptrace',
    without: 'the tests that hold connections against tcptrace are skipped',
    version: { args: ['-v'], pattern: /version ([\d.]+)/i },
  },
];

async function checkTool(tool: Tool): Promise<Check> {
  const file = findProgram(tool.program);
  if (!file)
    return { kind: 'tool', what: tool.program, state: 'limited', detail: `not installed: ${tool.without}`, remedy: install(tool.package) };
  const { stdout, stderr } = await runCommand(file, tool.version.args);
  return { kind: 'tool', what: tool.program, state: 'ok', detail: tool.version.pattern.exec(stdout + stderr)?.[1] ?? file, remedy: null };
}

/** Every check of the machine, in the order in which a lack matters. */
export async function checkMachine(): Promise<Check[]> {
  const [where, captures, tools] = await Promise.all([checkIsolation(), checkBackends(), Promise.all(TOOLS.map(checkTool))]);
  return [checkNode(process.version), ...captures, where, checkPrivileges(), ...tools, ...checkLeftovers()];
}

/** Which servers can run here. Those that are set up on request and are not there share one line. */
export async function checkServers(servers: readonly Askable[]): Promise<Check[]> {
  const checks = await checkEach('server', servers);
  const usual = new Set(groups.default?.servers);
  const isAbsent = (at: number): boolean => checks[at]?.state === 'missing' && !usual.has(servers[at]?.id ?? '');
  const absent = servers.filter((_, at) => isAbsent(at)).map(({ id }) => id);
  const there = checks.filter((_, at) => !isAbsent(at));
  if (absent.length === 0) return there;
  const detail = `not set up: ${absent.join(', ')}`;
  return [...there, { kind: 'server', what: 'servers on request', state: 'limited', detail, remedy: inClone('npm run setup -- all') }];
}

type Askable = { id: string; version(): Promise<Availability> };

/** Which of these servers or clients can run here. */
export async function checkEach(kind: 'server' | 'client' | 'upstream', definitions: readonly Askable[]): Promise<Check[]> {
  const { ready, missing } = await resolve(definitions);
  const found = new Map<string, Check>();
  for (const { definition, version } of ready)
    found.set(definition.id, { kind, what: `${kind} ${definition.id}`, state: 'ok', detail: version, remedy: null });
  for (const { definition, skipped } of missing)
    found.set(definition.id, { kind, what: `${kind} ${definition.id}`, state: 'missing', detail: skipped.reason, remedy: skipped.remedy });
  return definitions.flatMap(({ id }) => found.get(id) ?? []);
}
