/** What happens when something breaks: the message, the exit code, the other cells, and what is left behind. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ClientDefinition, SITE_TARGETS } from '../../clients/client.ts';
import { clients } from '../../clients/index.ts';
import type { Scenario } from '../../clients/scenario.ts';
import { firstVisit } from '../../clients/scenarios/first-visit.ts';
import { idlePartialHead } from '../../clients/scenarios/idle-partial-head.ts';
import { idleUnused } from '../../clients/scenarios/idle-unused.ts';
import { idleUsed } from '../../clients/scenarios/idle-used.ts';
import { methods } from '../../clients/scenarios/methods.ts';
import { reload } from '../../clients/scenarios/reload.ts';
import { shutdownIdle } from '../../clients/scenarios/shutdown-idle.ts';
import { observeAll } from '../../harness/compare/cell-result.ts';
import { readEvidence } from '../../harness/decode/cell-evidence.ts';
import { incompleteness } from '../../harness/decode/completeness.ts';
import { selectBackend } from '../../harness/lab/capture/select.ts';
import type { OwnServer } from '../../harness/lab/lane-protocol.ts';
import { freePort } from '../../harness/lab/listening.ts';
import { isolation } from '../../harness/lab/namespace.ts';
import { ownServer } from '../../harness/lab/own-server.ts';
import type { CellPlan } from '../../harness/lab/plan.ts';
import { type CellOutcome, runCells } from '../../harness/lab/run.ts';
import { cellId } from '../../harness/model.ts';
import { observations } from '../../harness/observe/index.ts';
import { assembleRun, metaFromCaptures, openAssembly } from '../../harness/results/assemble.ts';
import { findProgram } from '../../harness/system/programs.ts';
import { servers } from '../../servers/index.ts';
import {
  asNobody,
  CLI,
  inSandbox,
  isRoot,
  nobodyLack,
  runIn,
  sandboxLack,
  start,
  testFolder,
  WITHOUT_NAMESPACES,
  wirematrix,
  without,
} from './command.ts';

/** On a busy machine everything that was killed is gone by then. */
const GONE_MS = 15_000;
const SMALL = ['--servers', 'express', '--clients', 'probe', '--scenarios', 'idle-used', '--window', '1', '--reporter', 'terminal'];
const STACK = /\n\s+at .*:\d+:\d+/;

/** Takes half a minute, for the most part without work: begun first, looked at by its tests. */
let broken: Promise<Map<string, CellOutcome>>;
// Each takes seconds; a busy machine may need many times as long.
vi.setConfig({ testTimeout: 150_000, hookTimeout: 240_000 });

let folder: Awaited<ReturnType<typeof testFolder>>;
let noCapture: string | null = null;
let noSandbox: string | null = null;
beforeAll(async () => {
  folder = await testFolder();
  const selected = await selectBackend('auto', await isolation());
  if ('skipped' in selected) noCapture = selected.skipped.reason;
  noSandbox = await sandboxLack();
  broken = runBroken();
  broken.catch(() => {});
});
afterAll(() => folder.remove());

const out = (name: string): string => path.join(folder.path, name);
const compare = (name: string, ...args: string[]): string[] => [process.execPath, CLI, 'compare', ...SMALL, '--out', out(name), ...args];
const environment = () => ({ TMPDIR: folder.temporary });

describe('an argument that is wrong: exit code 2, and what there is', () => {
  it.concurrent.for<[string[], RegExp]>([
    [['compare', '--servers', 'expres'], /there is no server "expres"; did you mean express\?/],
    [['compare', '--clients', 'netscape'], /there is no client "netscape"; there are: chromium.*probe/],
    [['compare', '--scenarios', 'first'], /there is no scenario "first"; there are: first-visit/],
    [['compare', '--clients', 'probe', '--scenarios', 'first-visit'], /none of the clients can act out any of the scenarios/],
    [['compare', '--servers', ''], /--servers names no server; there are: /],
    [['compare', '--servers', ','], /--servers names no server; there are: /],
    [[...['compare', '--servers', 'express'], '--reporter', 'pdf'], /there is no reporter "pdf"; there are: .*markdown.*a path such as/],
    [
      ['compare', '--servers', 'express', '--capture', 'wireshark'],
      /there is no capture backend "wireshark"; there are: auto, tcpdump, cap/,
    ],
    [['compare', '--window', 'long'], /"long" is not a number of seconds above 0/],
    [['compare', '--window', '-1'], /"-1" is not a number of seconds/],
    [['compare', '--servers', 'express', '--shard', '3/2'], /--shard takes I\/N with I from 1 to N, as in 2\/4; not "3\/2"/],
    [['compare', ...SMALL, '--shard', '2/2'], /--shard 2\/2 has no cells: there are only 1/],
    [['compare', '--servers', 'express', '--baseline', '/nowhere/run.json'], /there is no baseline \/nowhere\/run\.json/],
    [['compare', '--colour'], /unknown option '--colour'/],
    [['compar'], /unknown command 'compar'/],
    [['probe'], /probe takes a URL of this machine, or --command/],
    [['probe', 'http://192.0.2.1/'], /192\.0\.2\.1 is not this machine/],
    [['probe', 'https://127.0.0.1/'], /is TLS, whose content can't be read from packets/],
    [['probe', '--command', 'true'], /--command needs --port/],
    [['probe', '--command', 'true', '--port', '99999'], /"99999" is not a port number/],
    [['table', '/nowhere'], /\/nowhere is not the folder of a run/],
  ])('%j', async ([args, message]) => {
    const dir = out(`usage-${args.join('').replaceAll('/', '')}`);
    const takesOut = args[0] === 'compare' || args[0] === 'probe';
    const { code, stdout, stderr } = await wirematrix([...args, ...(takesOut ? ['--out', dir] : [])]).ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(STACK);
    expect(await readdir(folder.path)).not.toContain(path.basename(dir));
  });
});

const named = <T extends { id: string }>(list: readonly T[], id: string): T => list.find((entry) => entry.id === id) as T;

/** A server of a line of shell or of JavaScript, which finds PORT in its environment. */
const shell = (script: string): OwnServer => ({ title: script, command: { file: '/bin/sh', args: ['-c', script], cwd: '/' } });
const node = (script: string): OwnServer => ({ title: script, command: { file: process.execPath, args: ['-e', script], cwd: '/' } });

const BROKEN: Record<string, OwnServer> = {
  'exits-at-start': shell('echo "no module named site" >&2; exit 3'),
  'never-listens': shell('echo "still starting"; exec sleep 1000'),
  'missing-program': { title: 'nowhere', command: { file: '/nowhere/server', args: [], cwd: '/' } },
  'listens-elsewhere': node(`require('http').createServer().listen(process.env.PORT, '127.0.0.2')`),
  'crashes-in-mid-visit': node(
    `require('http').createServer(() => { console.error('out of cheese'); process.exit(7); }).listen(process.env.PORT)`,
  ),
  hangs: node(`require('net').createServer(() => {}).listen(process.env.PORT)`),
  'hangs-and-ignores-signals': node(
    `for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => {}); require('net').createServer(() => {}).listen(process.env.PORT)`,
  ),
  floods: node(
    `require('http').createServer((_, answer) => { const flood = () => { while (answer.write(Buffer.alloc(1 << 16))); }; answer.on('drain', flood); flood(); }).listen(process.env.PORT)`,
  ),
  'fills-the-disk': node(
    // Taken, not written: a slow disk would take longer than the wait for a packet.
    `require('http').createServer(() => { require('child_process').execFileSync('fallocate', ['-l', '1100M', process.env.WORK + '/log']); }).listen(process.env.PORT)`,
  ),
};

/** A command line whose shell stays: the order to stop must reach the server behind it. */
const OBEDIENT = shell(
  `'${process.execPath}' -e "require('http').createServer((_, response) => response.end('x')).listen(process.env.PORT)"; echo it has ended`,
);
/** It answers on after the order to stop. */
const DEAF = node(`process.on('SIGTERM', () => {}); require('http').createServer((_, answer) => answer.end('x')).listen(process.env.PORT)`);
/** The next connection is refused: that is no failure of the client. */
const SHORT_LIVED = node(`require('net').createServer(() => process.exit(9)).listen(process.env.PORT)`);
/** It runs on, and takes no connection any more. */
const CLOSED = node(
  `setInterval(() => {}, 1000); const server = require('http').createServer((_, answer) => { answer.end('x'); server.close(); }).listen(process.env.PORT)`,
);
/** It ends the browser that visits it. */
const BROWSER_KILLER = node(
  `require('http').createServer((_, answer) => {
    for (const pid of require('fs').readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && Number(name) !== process.pid)) {
      try {
        if (/--user-data-dir=|--profile/.test(require('fs').readFileSync('/proc/' + pid + '/cmdline', 'latin1'))) process.kill(pid, 'SIGKILL');
      } catch {}
    }
    answer.end('x');
  }).listen(process.env.PORT)`,
);
const ELSEWHERE = '/elsewhere?page=1';

const REAL = ['real-chromium', 'real-firefox'];
/** Those that are installed. */
const real: string[] = [];

async function runBroken(): Promise<Map<string, CellOutcome>> {
  const how = await isolation();
  const backend = await selectBackend('auto', how);
  if ('skipped' in backend || how.kind !== 'network-namespace') return new Map();
  const plan = (id: string, kind: 'visit' | 'question', own?: OwnServer): CellPlan => ({
    server: { definition: own ? ownServer(id, own) : named(servers, id), version: '0' },
    client: { definition: named(clients, kind === 'visit' ? 'chromium' : 'probe'), version: '0' },
    scenario: kind === 'visit' ? firstVisit : idleUsed,
    ...(own ? { own: { server: own, host: '127.0.0.1', port: 8080, targets: SITE_TARGETS } } : {}),
  });
  for (const id of REAL) if ('version' in (await named(clients, id).version())) real.push(id);
  const visits = Object.entries(BROKEN).map(([id, own]) => plan(id, 'visit', own));
  const targets = { ...SITE_TARGETS, page: ELSEWHERE };
  const cells = [
    ...visits,
    plan('express', 'visit'),
    plan('python-http', 'visit'),
    plan('hangs', 'question', BROKEN.hangs),
    { ...plan('deaf', 'question', DEAF), scenario: shutdownIdle },
    { ...plan('short-lived', 'question', SHORT_LIVED), scenario: methods },
    { ...plan('closed', 'question', CLOSED), scenario: methods },
    ...real.map((id) => ({ ...plan('browser-killer', 'visit', BROWSER_KILLER), client: { definition: named(clients, id), version: '0' } })),
    {
      ...plan('obedient', 'question'),
      server: { definition: ownServer('obedient', OBEDIENT), version: '0' },
      scenario: shutdownIdle,
      own: { server: OBEDIENT, host: '127.0.0.1', port: 8080, targets },
    },
  ];
  const run = {
    cells,
    windowMs: 1_000,
    out: out('broken'),
    whyIncomplete: openAssembly(out('broken')).whyIncomplete,
    backend: backend.id,
    isolation: how,
    signal: new AbortController().signal,
  };
  const watch = { begins() {}, event() {}, ends() {} };
  const found = await runCells(run, watch);
  const [visit] = visits.filter(({ server }) => server.definition.id === 'hangs');
  const again = visit ? [visit, { ...visit, scenario: reload }] : [];
  const [, second] = await runCells({ ...run, cells: again, active: 1, out: out('hangs-again') }, watch);
  return new Map([...found, ...(second ? [second] : [])].map((outcome) => [cellId(outcome.cell), outcome]));
}

describe('servers that break, beside two that work', () => {
  let outcomes: Map<string, CellOutcome>;
  beforeAll(async () => {
    outcomes = await broken;
  });

  const outcomeOf = (id: string, skip: (note?: string) => void): CellOutcome => {
    if (outcomes.size === 0) skip(noCapture ?? 'lanes share the loopback interface here');
    return outcomes.get(id) as CellOutcome;
  };

  it.for<[string, RegExp]>([
    ['exits-at-start', /^the server did not start: it exited with code 3; it wrote:\nno module named site$/],
    [
      'never-listens',
      /^the server did not listen on port 8080 within 15 s; --ready-timeout lets it take longer; it wrote:\nstill starting$/,
    ],
    [
      'listens-elsewhere',
      /^the server did not listen on port 8080 within 15 s; it listens on this port at another address: let it listen on 127\.0\.0\.1, or on all addresses$/,
    ],
    ['missing-program', /^the server did not start: the program \/nowhere\/server is not there$/],
    ['crashes-in-mid-visit', /^the server ended in the middle of the visit: it exited with code 7; it wrote:\nout of cheese$/],
    ['hangs', /^the server may hang: the client's action "navigate" went on for 10 s without a packet$/],
    ['hangs-and-ignores-signals', /^the server may hang: the client's action "navigate" went on for 10 s without a packet$/],
  ])('%s', ([id, reason], { skip }) => {
    const outcome = outcomeOf(`${id}/chromium/first-visit`, skip);
    expect(outcome).toMatchObject({ state: 'failed', reason: expect.stringMatching(reason) });
  });

  it.for<[string, RegExp]>([
    [
      'floods',
      /^the server may answer without end: the capture has grown to 256 MiB; where its file is that large, name a smaller one with --large$/,
    ],
    ['fills-the-disk', /^the server and the client have written 1\d\d\d MiB to their folders, more than a cell may$/],
  ])('%s: ended as soon as the limit is reached', ([id, reason], { skip }) => {
    const outcome = outcomeOf(`${id}/chromium/first-visit`, skip);
    expect(outcome).toMatchObject({ state: 'failed', code: 'server-hangs', reason: expect.stringMatching(reason) });
  });

  it('does not try a server again that hung in the first visit', ({ skip }) => {
    expect(outcomeOf('hangs/chromium/reload', skip)).toMatchObject({
      state: 'skipped',
      reason: 'the server did not come to an end of its answer in hangs/chromium/first-visit',
    });
  });

  it('keeps what was captured of a visit that failed', async ({ skip }) => {
    for (const id of ['crashes-in-mid-visit', 'hangs']) {
      const outcome = outcomeOf(`${id}/chromium/first-visit`, skip);
      const evidence = await readEvidence(path.join(out('broken'), ('capture' in outcome && outcome.capture) || ''));
      expect(incompleteness(evidence)).toEqual([]);
      expect(evidence.exchanges.some(({ request }) => request !== null)).toBe(true);
    }
  });

  it('takes no answer to a direct question for a fact on the wire', ({ skip }) => {
    expect(outcomeOf('hangs/probe/idle-used', skip).state).toBe('observed');
  });

  it('tells the end of a server, not that the client was refused', ({ skip }) => {
    expect(outcomeOf('short-lived/probe/methods', skip)).toMatchObject({
      state: 'failed',
      reason: 'the server ended in the middle of the visit: it exited with code 9',
    });
  });

  it('tells that a server which runs takes no connections any more', ({ skip }) => {
    expect(outcomeOf('closed/probe/methods', skip)).toMatchObject({
      state: 'failed',
      reason: 'the server refused a connection: its process runs, and no longer listened on port 8080',
    });
  });

  it.for(REAL)('takes the closes of a browser that was killed for no visit: %s', (id, { skip }) => {
    if (outcomes.size > 0 && !real.includes(id)) return skip(`${id} is not installed`);
    expect(outcomeOf(`browser-killer/${id}/first-visit`, skip)).toMatchObject({
      state: 'failed',
      reason: 'the client itself failed, not the server: the browser ended in the middle of the visit (by SIGKILL); run it again',
    });
  });

  it("stops a command's server behind its shell, and asks it for its own pages", async ({ skip }) => {
    const outcome = outcomeOf('obedient/probe/shutdown-idle', skip);
    expect(outcome.state).toBe('observed');
    const { exchanges, connections, stop, capture } = await readEvidence(
      path.join(out('broken'), 'captures/obedient/probe/shutdown-idle.pcapng'),
    );
    expect(new Set(exchanges.map(({ request }) => request?.target))).toEqual(new Set([ELSEWHERE]));
    expect(new Set(connections.map(({ firstClose }) => firstClose?.by))).toEqual(new Set(['server']));
    // When it was asked to stop and when it had ended stands in the capture, whose clock may count whole milliseconds.
    expect(stop?.signal).toBe('SIGTERM');
    expect(stop?.end?.timeNs).toBeGreaterThanOrEqual(stop?.timeNs ?? Number.POSITIVE_INFINITY);
    expect(stop?.timeNs).toBeLessThan(capture.endNs);
  });

  it('shows that a server ignores the order to stop', async ({ skip }) => {
    expect(outcomeOf('deaf/probe/shutdown-idle', skip).state).toBe('observed');
    const evidence = await readEvidence(path.join(out('broken'), 'captures/deaf/probe/shutdown-idle.pcapng'));
    const values = observeAll(evidence, observations);
    expect(values['shutdown.process-s']).toMatchObject({ value: null });
    expect(values['shutdown.new-connection']?.value).toBe('answered');
    expect(values['shutdown.next-request']?.value).toBe('answered');
  });

  it('costs the other cells nothing', async ({ skip }) => {
    for (const id of ['express', 'python-http']) {
      const outcome = outcomeOf(`${id}/chromium/first-visit`, skip);
      expect(outcome.state).toBe('observed');
      expect(incompleteness(await readEvidence(path.join(out('broken'), ('capture' in outcome && outcome.capture) || '')))).toEqual([]);
    }
  });

  it('says so at the command line, with exit code 1', async ({ skip }) => {
    if (noCapture) return skip(noCapture);
    const words = ['probe', '--command', 'echo no such file >&2; exit 4', '--port', '3000', '--window', '1', '--out', out('own')];
    const started = wirematrix(words, environment());
    const { code, stderr } = await started.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^failed: yours\/probe\/identify: the server did not start: it exited with code 4; it wrote:\nno such file$/m);
    expect(stderr).not.toMatch(STACK);
    expect(await started.left(GONE_MS)).toEqual([]);
    expect(await readdir(folder.temporary)).toEqual([]);
  });
});

describe('where the results can not be written: exit code 3, with the remedy', () => {
  it('a file in the way', async ({ skip }) => {
    if (noCapture) return skip(noCapture);
    await writeFile(out('file'), '');
    const { code, stderr } = await start(compare('file')).ended;
    expect([code, stderr]).toEqual([
      3,
      `wirematrix: the results can't be written to ${out('file')}: there is a file of that name: choose another folder with --out\n`,
    ]);
  });

  it("a folder of another user's", async ({ skip }) => {
    const lack = await nobodyLack();
    if (lack) return skip(lack);
    await mkdir(out('private'), { mode: 0o700 });
    const { code, stderr } = await start(asNobody(compare('private/run'))).ended;
    if (/can't be captured/.test(stderr)) return skip('an ordinary user captures nothing here');
    expect([code, stderr]).toEqual([
      3,
      `wirematrix: the results can't be written to ${out('private/run')}: permission denied: choose a folder that you may write to with --out\n`,
    ]);
  });

  it('a full disk', async ({ skip }) => {
    if (noSandbox ?? noCapture) return skip(noSandbox ?? noCapture ?? '');
    await mkdir(out('full'));
    const mount = `mount -t tmpfs -o size=128k tmpfs ${out('full')}`;
    const { code, stderr } = await start(
      inSandbox(mount, compare('full', '--clients', 'chromium', '--scenarios', 'first-visit')),
      environment(),
    ).ended;
    expect(stderr).toMatch(
      /^failed: express\/chromium\/first-visit: can't write the capture .*: the disk is full: free some space, or choose another folder with --out$/m,
    );
    expect(stderr).toMatch(
      /^wirematrix: can't write .*run\.json: the disk is full: free some space, or choose another folder with --out$/m,
    );
    expect(stderr).toMatch(/npm run table -- .*full\/wirematrix-kept-\S+ makes the reports/);
    expect(stderr).not.toMatch(STACK);
    expect(code).toBe(3);
  });
});

describe("a client that fails by itself: its cell fails, and the reason is not the server's", () => {
  const GALLERY = ['--clients', 'chromium', '--scenarios', 'gallery'];
  /** The cell of the run, after the run has ended with 1 for it. */
  async function cellOf(name: string, words: string[]) {
    const { code, stderr } = await start(words, environment()).ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^failed: .*the client itself failed, not the server: /m)]);
    return runIn(out(name)).cells[0];
  }

  it('too little memory', async ({ skip }) => {
    if (noCapture) return skip(noCapture);
    // WebAssembly takes 8 GiB of addresses for a memory of any size.
    const limited = `ulimit -v 8000000; exec "$0" "$@"`;
    const words = ['sh', '-c', limited, ...compare('memory', ...GALLERY)];
    expect(await cellOf('memory', words)).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(
        /: WebAssembly\..*memory.*; give it more memory: lift the limit \(ulimit -v unlimited\), or run fewer /i,
      ),
    });
  });

  it("Node's options do not reach the lanes: with --jitless undici would have no WebAssembly", async ({ skip }) => {
    if (noCapture) return skip(noCapture);
    const { code } = await start(['env', 'NODE_OPTIONS=--jitless', ...compare('jitless', ...GALLERY)], environment()).ended;
    expect(code).toBe(0);
    expect(runIn(out('jitless')).cells).toMatchObject([{ state: 'observed' }]);
  });

  it.for([
    ['chromium', 'gallery'],
    ['probe', 'conditional'],
  ])('no free port: %s', async ([client = '', scenario = ''], { skip }) => {
    if (noSandbox ?? noCapture) return skip(noSandbox ?? noCapture ?? '');
    const ports = 'echo 50000 50001 > /proc/sys/net/ipv4/ip_local_port_range';
    const words = compare(`ports-${client}`, '--clients', client, '--scenarios', scenario);
    const cell = await cellOf(`ports-${client}`, inSandbox([WITHOUT_NAMESPACES, ports].join('\n'), words));
    expect(cell?.reason).toMatch(/: connect EADDRNOTAVAIL .*; wait until local ports are free again/);
  });
});

describe('a site that is not served', () => {
  const answers = (status: number): OwnServer =>
    node(
      `require('http').createServer((_, response) => response.writeHead(${status}, { Location: '/elsewhere' }).end('no')).listen(process.env.PORT)`,
    );

  /** Every cell of a server with this id that answers everything with this status. */
  async function cellsOf(id: string, status: number, skip: (note?: string) => void) {
    const how = await isolation();
    const backend = await selectBackend('auto', how);
    if ('skipped' in backend || how.kind !== 'network-namespace') return skip('nothing can be captured in namespaces here');
    const server = answers(status);
    const visitors = ['chromium', 'firefox', 'real-chromium', 'real-firefox'].map((name) => named(clients, name));
    const installed = await Promise.all(visitors.map(async (client) => !('skipped' in (await client.version()))));
    const cell = (client: ClientDefinition, scenario: Scenario): CellPlan => ({
      server: { definition: ownServer(id, server), version: '0' },
      client: { definition: client, version: '0' },
      scenario,
      own: { server, host: '127.0.0.1', port: 8080, targets: SITE_TARGETS },
    });
    const questions = [idleUsed, idleUnused, idlePartialHead].map((scenario) => cell(named(clients, 'probe'), scenario));
    const cells = [...visitors.filter((_, index) => installed[index]).map((client) => cell(client, firstVisit)), ...questions];
    const dir = out(`unserved-${id}-${status}`);
    const { whyIncomplete } = openAssembly(dir);
    const signal = new AbortController().signal;
    const plan = { cells, windowMs: 500, out: dir, whyIncomplete, backend: backend.id, isolation: how, signal };
    const outcomes = await runCells(plan, { begins() {}, event() {}, ends() {} });
    expect(outcomes.map(({ state }) => state)).toEqual(cells.map(() => 'observed'));
    return (await assembleRun(dir, await metaFromCaptures(dir))).run.cells;
  }

  it.for([404, 302])('fails the visits to a server of the registry, and names the status: %i', async (status, { skip }) => {
    const cells = (await cellsOf('express', status, skip)) ?? [];
    for (const { client, scenario, state, reason } of cells) {
      const expected = {
        // A redirect is followed to where it leads in a circle.
        'first-visit': ['failed', `the page ${status === 302 ? '/elsewhere' : '/'} is not served: the server answered ${status}`],
        'idle-used': ['failed', `the site is not served: the server answered ${status}`],
      }[scenario] ?? ['observed', null];
      expect([client, scenario, state, reason]).toEqual([client, scenario, ...expected]);
    }
  });

  it.for([404, 401])("lets the user's own server answer as it likes: %i", async (status, { skip }) => {
    const cells = (await cellsOf('yours', status, skip)) ?? [];
    expect(cells.filter(({ state }) => state !== 'observed')).toEqual([]);
  });
});

describe("a user's command that does not start", () => {
  it('is tried for the first cells alone, and told once', async ({ skip }) => {
    if (noCapture) return skip(noCapture);
    const words = [process.execPath, CLI, 'probe', '--command', 'exit 7', '--port', '18099', '--window', '1', '--out', out('no-start')];
    const { code, stdout } = await start(words, environment()).ended;
    expect(stdout).toBe('The server showed nothing:\n  - the server did not start: it exited with code 7\n');
    expect(code).toBe(1);
    const states = runIn(out('no-start')).cells.map(({ state }) => state);
    expect(states.filter((state) => state === 'skipped').length).toBeGreaterThan(states.filter((state) => state === 'failed').length);
  });
});

describe('a machine that lacks something', () => {
  const lacking = (script: string, words: string[]) => start(inSandbox(script, words), environment());

  it('no right to capture: exit code 3, with the remedy', async ({ skip }) => {
    if (noSandbox) return skip(noSandbox);
    const bounded = ['setpriv', '--bounding-set=-net_raw,-net_admin,-sys_admin', '--inh-caps=-all', '--'];
    const { code, stdout, stderr } = await lacking(WITHOUT_NAMESPACES, [...bounded, ...compare('rights')]).ended;
    expect(stderr).toMatch(/^wirematrix: packets can't be captured here: .*\nremedy: .*\n$/);
    expect([code, stdout]).toEqual([3, '']);
  });

  it('no tcpdump: --capture tcpdump ends with 3 and the command that installs it', async ({ skip }) => {
    if (noSandbox) return skip(noSandbox);
    if (!findProgram('tcpdump')) return skip('every test runs without tcpdump here');
    const { code, stderr } = await lacking(without('tcpdump'), compare('tcpdump', '--capture', 'tcpdump')).ended;
    expect([code, stderr]).toEqual([
      3,
      `wirematrix: packets can't be captured here: tcpdump is not installed\nremedy: ${isRoot ? '' : 'sudo '}apt-get install -y --no-install-recommends tcpdump\n`,
    ]);
  });

  it('no tcpdump: --capture auto takes cap', async ({ skip }) => {
    const cap = await selectBackend('cap', await isolation());
    if (noSandbox) return skip(noSandbox);
    if ('skipped' in cap) return skip(cap.skipped.reason);
    const { code, stderr } = await lacking(findProgram('tcpdump') ? without('tcpdump') : 'true', compare('cap')).ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(runIn(out('cap'))).toMatchObject({ run: { capture: { backend: 'cap' } }, cells: [{ state: 'observed' }] });
  });

  it('no namespaces: lanes share the loopback, say so, and show the same', async ({ skip }) => {
    if (noSandbox ?? noCapture) return skip(noSandbox ?? noCapture ?? '');
    const started = lacking(
      WITHOUT_NAMESPACES,
      compare('shared', '--servers', 'express,python-http', '--scenarios', 'idle-used,idle-unused'),
    );
    const { code, stderr } = await started.ended;
    expect(stderr).toMatch(/^wirematrix: lanes share the loopback interface: unshare is not installed \(remedy: /);
    expect(code).toBe(0);
    const run = runIn(out('shared'));
    expect(run.run.isolation).toBe('shared-loopback');
    expect(run.cells.map((cell) => cell.state)).toEqual(Array(4).fill('observed'));
    const closed = run.cells.find((cell) => cell.server === 'python-http' && cell.scenario === 'idle-used');
    expect(closed?.values['close.first']?.value).toBe('server');
    // Its own connection alone: the filter on the port keeps the other lane's out.
    expect(new Set(closed?.connections.map(({ serverPort }) => serverPort)).size).toBe(1);
    expect(await started.left(GONE_MS)).toEqual([]);
  });

  it('no namespaces, and the port in use: no cell shows the other program', async ({ skip }) => {
    if (noSandbox ?? noCapture) return skip(noSandbox ?? noCapture ?? '');
    const other = `require('net').createServer(() => {}).listen(3000, '127.0.0.1', () => console.log('listens'))`;
    // The pipe tells when the other program listens; it ends with the shell, which becomes the command.
    const beside = `setpriv --pdeathsig KILL '${process.execPath}' -e "${other}" > ${out('fifo')} 2> /dev/null &`;
    const script = [WITHOUT_NAMESPACES, `mkfifo ${out('fifo')}`, beside, `read line < ${out('fifo')}`].join('\n');
    const words = ['probe', '--command', 'exec python3 -m http.server 3000', '--port', '3000', '--window', '1', '--out', out('in-use')];
    const { code, stderr } = await lacking(script, [process.execPath, CLI, ...words]).ended;
    expect(stderr).toMatch(/^failed: yours\/probe\/idle-used: port 3000 is in use by another program: end that, or /m);
    expect(stderr).not.toMatch(STACK);
    expect(code).toBe(1);
    expect(runIn(out('in-use')).cells.every((cell) => cell.state === 'failed')).toBe(true);
  });

  it('no namespaces: a server that puts itself into the background is gone after each cell', async ({ skip }) => {
    if (noSandbox ?? noCapture) return skip(noSandbox ?? noCapture ?? '');
    const command = 'setsid python3 -m http.server 3000 & wait';
    const words = ['probe', '--command', command, '--port', '3000', '--only', 'range,methods', '--window', '1', '--out', out('background')];
    const started = lacking(WITHOUT_NAMESPACES, [process.execPath, CLI, ...words]);
    const { code, stderr } = await started.ended;
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('failed')]);
    expect(await started.left(GONE_MS)).toEqual([]);
  });

  it('probe of a server that ends meanwhile: its cells fail, and the message says what to do', async ({ skip }) => {
    if (noCapture) return skip(noCapture);
    const port = await freePort('127.0.0.1');
    const script = `let count = 0;
      const server = require('http').createServer((_, answer) => (++count > 8 ? process.exit() : answer.end('x')));
      server.listen(${port}, '127.0.0.1', () => console.error('listens'));`;
    const server = start([process.execPath, '-e', script]);
    await server.says(/^listens$/m);
    const words = ['probe', `http://127.0.0.1:${port}/`, '--only', 'methods,range', '--window', '1', '--out', out('ends')];
    const { code, stderr } = await start([process.execPath, CLI, ...words], environment()).ended;
    await server.ended;
    expect(stderr).toContain(
      `the server refused a connection: nothing listened on port ${port} any more; start it again, and run this again`,
    );
    expect(stderr).not.toMatch(STACK);
    expect(code).toBe(1);
  });

  it('probe of a server that does not run: exit code 3', async () => {
    const { code, stderr } = await wirematrix(['probe', 'http://127.0.0.1:1/', '--out', out('nothing')]).ended;
    expect([code, stderr]).toEqual([
      3,
      'wirematrix: nothing listens on 127.0.0.1:1: start the server first, or let probe start it by --command\n',
    ]);
  });
});

it.concurrent('a capture whose program is killed is made again', async ({ expect, skip }) => {
  if (noCapture) return skip(noCapture);
  const words = ['--servers', 'python-http', '--scenarios', 'idle-unused', '--window', '12'];
  const started = start([...compare('capture-killed'), ...words], environment());
  await started.says(/watches idle connections/);
  const line = (await started.processes()).find((one) => /(?:tcpdump|cap-child).* lo/.test(one));
  process.kill(Number(line?.split(' ')[0]), 'SIGKILL');
  const { code, stderr } = await started.ended;
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('failed')]);
  expect(runIn(out('capture-killed')).cells.map(({ state }) => state)).toEqual(['observed']);
});

describe('a run that is ended before its time', () => {
  /** The used connection is closed by the server at once, the unused one never: from then on one cell is done and one waits. */
  const UNDER_WAY = /^\d+:\d\d · 1\/2 cells · \S+ watches idle connections/m;
  const WORDS = ['--servers', 'python-http', '--clients', 'probe', '--scenarios', 'idle-used,idle-unused', '--window', '100'];

  /** Starts a run and resolves when it is in the middle. */
  async function underWay(name: string, wrap: (words: string[]) => string[] = (words) => words) {
    const temporary = out(`${name}-tmp`);
    await mkdir(temporary);
    const words = [process.execPath, CLI, 'compare', ...WORDS, '--reporter', 'terminal', '--out', out(name)];
    const started = start(wrap(words), { TMPDIR: temporary });
    await started.says(UNDER_WAY);
    // Else the search for what is left would prove nothing.
    expect((await started.processes()).some((line) => line.includes('http.server'))).toBe(true);
    return { ...started, temporary };
  }
  /** Where the results are: what a run has gathered until it is whole lies in a folder of its own. */
  const gathered = async (name: string): Promise<string> => {
    const staging = (await readdir(out(name))).find((entry) => entry.startsWith('.wirematrix-new-'));
    return staging === undefined ? out(name) : path.join(out(name), staging);
  };
  const doneCell = async (name: string) =>
    incompleteness(await readEvidence(path.join(await gathered(name), 'captures/python-http/probe/idle-used.pcapng')));

  it.concurrent.for<[string, NodeJS.Signals]>([
    ['Ctrl-C', 'SIGINT'],
    ['an order to end', 'SIGTERM'],
  ])('%s: exit code 130, what is done is kept, nothing is left', async ([, signal], { expect, skip }) => {
    if (noCapture) return skip(noCapture);
    const { child, ended, left, temporary } = await underWay(signal);
    // As a terminal does it: to the whole foreground group.
    process.kill(-(child.pid as number), signal);
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('finishing the captures under way');
    expect(stderr).toContain(`wirematrix: interrupted; what was captured by then is in ${out(signal)}`);
    expect(stderr).not.toMatch(STACK);
    expect(await left(GONE_MS)).toEqual([]);
    expect(runIn(out(signal)).cells).toMatchObject([
      { scenario: 'idle-used', state: 'observed' },
      { scenario: 'idle-unused', state: 'failed', reason: 'interrupted' },
    ]);
    expect(await doneCell(signal)).toEqual([]);
    const { capture } = await readEvidence(path.join(out(signal), 'captures/python-http/probe/idle-unused.pcapng'));
    expect(capture.frames).toBeGreaterThan(0);
    expect(await readdir(temporary)).toEqual([]);
    expect(await readdir(out(signal))).not.toContain('.wirematrix.lock');
  });

  it.concurrent('Ctrl-C twice: ends at once, and nothing is left either', async ({ expect, skip }) => {
    if (noCapture) return skip(noCapture);
    const { child, ended, left, says, temporary } = await underWay('twice');
    process.kill(child.pid as number, 'SIGINT');
    await says(/Ctrl-C again ends it at once/);
    process.kill(child.pid as number, 'SIGINT');
    expect((await ended).code).toBe(130);
    expect(await left(GONE_MS)).toEqual([]);
    expect(await doneCell('twice')).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });

  it.concurrent('Ctrl-C while the reports are written: says that what was captured is there', async ({ expect, skip }) => {
    if (noCapture) return skip(noCapture);
    const reporter = out('endless.mjs');
    await writeFile(
      reporter,
      `export default { id: 'endless', async *files() { process.kill(process.pid, 'SIGINT'); await new Promise((done) => setTimeout(done, 100_000)); } };`,
    );
    const { code, stderr } = await start(compare('unwritten', '--reporter', reporter), environment()).ended;
    expect([code, stderr]).toEqual([
      130,
      expect.stringMatching(
        /^wirematrix: ended before the results were in place; npm run compare -- --resume \S+unwritten goes on with it\n$/m,
      ),
    ]);
    const again = await start([process.execPath, CLI, 'compare', '--resume', out('unwritten'), '--reporter', 'json'], environment()).ended;
    expect([again.code, again.stderr]).toEqual([0, 'wirematrix: all 1 cells are there: only the reports are made\n']);
  });

  it.concurrent('Ctrl-C while probe writes its reports: says that what was captured is there', async ({ expect, skip }) => {
    if (noCapture) return skip(noCapture);
    const reporter = out('endless-probe.mjs');
    await writeFile(
      reporter,
      `export default { id: 'endless', async *files() { process.kill(process.pid, 'SIGINT'); await new Promise((done) => setTimeout(done, 100_000)); } };`,
    );
    const server = ['--command', 'exec python3 -m http.server 3000', '--port', '3000', '--only', 'methods', '--window', '1'];
    const words = ['probe', ...server, '--reporter', reporter, '--out', out('unwritten-probe')];
    const { code, stderr } = await start([process.execPath, CLI, ...words], environment()).ended;
    const said =
      /^wirematrix: ended before the results were in place; the captures are in (\S+)\/captures; npm run table -- \1 makes the reports from them\n$/m;
    expect([code, stderr]).toEqual([130, expect.stringMatching(said)]);
    const [, kept = ''] = said.exec(stderr) ?? [];
    // What is kept outlasts the next run.
    expect((await start(compare('unwritten-probe'), environment()).ended).code).toBe(0);
    expect((await start([process.execPath, CLI, 'table', kept], environment()).ended).code).toBe(0);
    expect(runIn(kept).cells.map(({ scenario, state }) => [scenario, state])).toContainEqual(['methods', 'observed']);
  });

  it.concurrent('SIGKILL: no process is left, and the folder can be used again', async ({ expect, skip }) => {
    if (noCapture) return skip(noCapture);
    const { child, ended, left } = await underWay('killed');

    const second = await start(compare('killed')).ended;
    expect(second.stderr).toBe(
      `wirematrix: ${out('killed')} is in use by another run (process ${child.pid}): wait for it, or choose another folder with --out\n`,
    );
    expect(second.code).toBe(3);
    expect(await doneCell('killed')).toEqual([]);

    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    expect(await left(GONE_MS)).toEqual([]);
    expect(await doneCell('killed')).toEqual([]);
    const third = await start(compare('killed'), environment()).ended;
    expect([third.code, third.stderr]).toEqual([0, expect.stringMatching(/^wirematrix: \S+ holds a run that was cut: [^\n]+\n$/)]);
    expect(runIn(out('killed')).cells).toMatchObject([{ server: 'express', state: 'observed' }]);
  });

  it.concurrent('SIGKILL where lanes share the loopback: no process is left', async ({ expect, skip }) => {
    if (noSandbox ?? noCapture) return skip(noSandbox ?? noCapture ?? '');
    const { child, ended, left } = await underWay('shared-killed', (words) => inSandbox(WITHOUT_NAMESPACES, words));
    child.kill('SIGKILL');
    await ended;
    expect(await left(GONE_MS)).toEqual([]);
    expect(await doneCell('shared-killed')).toEqual([]);
  });
});
