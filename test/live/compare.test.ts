/** `compare` as a user runs it, on two servers whose behaviour is known, and what must hold of every run. */
import { cp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isObserved } from '../../harness/compare/matrix.ts';
import { cellId, type ObservedCell, type RunResult } from '../../harness/compare/run-result.ts';
import { selectBackend } from '../../harness/lab/capture/select.ts';
import { isolation } from '../../harness/lab/namespace.ts';
import { findProgram, runCommand } from '../../harness/system/programs.ts';
import { asNobody, CLI, type Ended, nobodyLack, runIn, start, testFolder, wirematrix } from './command.ts';

const SELECTION = [
  ...['--quick', '--window', '12', '--servers', 'express,python-http', '--clients', 'chromium,probe'],
  ...['--scenarios', 'first-visit,close,idle-used', '--reporter', 'terminal,markdown,csv'],
];
const CELLS = ['express', 'python-http'].flatMap((server) =>
  ['chromium/first-visit', 'chromium/close', 'probe/idle-used'].map((rest) => `${server}/${rest}`),
);
/** Values that no load of the machine changes: no times, and nothing that depends on which of two parallel connections was faster. */
const VERDICTS = [
  ...['http.version', 'http.connection', 'close.first', 'close.how', 'close.cause', 'keepalive.advertised-s', 'framing.body'],
  ...['cache.etag', 'cache.last-modified', 'cache.control', 'load.range-status', 'load.requests'],
];

interface Way {
  name: string;
  ended: Ended;
  dir: string;
}

let folder: Awaited<ReturnType<typeof testFolder>>;
/** Why nothing can be captured here. */
let why: string | null = null;
const ways = new Map<string, Way>();
const lacks = new Map<string, string>();

beforeAll(async () => {
  folder = await testFolder();
  const how = await isolation();
  const auto = await selectBackend('auto', how);
  if ('skipped' in auto) {
    why = auto.skipped.reason;
    return;
  }
  const cap = await selectBackend('cap', how);
  if ('skipped' in cap) lacks.set('cap', cap.skipped.reason);
  const lack = await nobodyLack();
  if (lack) lacks.set('nobody', lack);
  const run = async (name: string, words: (args: string[]) => string[], ...more: string[]) => {
    if (lacks.has(name)) return;
    const dir = path.join(folder.path, name);
    const args = [CLI, 'compare', ...SELECTION, '--out', dir, ...more];
    ways.set(name, { name, dir, ended: await start(words([process.execPath, ...args]), { TMPDIR: folder.temporary }).ended });
  };
  await Promise.all([run('auto', (words) => words), run('nobody', asNobody), run('cap', (words) => words, '--capture', 'cap')]);
}, 240_000);
afterAll(() => folder.remove());

const NAMES = ['auto', 'nobody', 'cap'];

function wayOf(name: string, skip: (note?: string) => void): Way {
  const way = ways.get(name);
  if (!way) skip(why ?? lacks.get(name) ?? 'it did not run');
  return way as Way;
}

const observed = (run: RunResult): ObservedCell[] => run.cells.filter(isObserved);
const cellOf = (run: RunResult, id: string): ObservedCell => observed(run).find((cell) => cellId(cell) === id) as ObservedCell;

describe.each(NAMES)('compare (%s)', (name) => {
  it('ends with 0, every cell observed, nothing left in the folder for temporary files', async ({ skip }) => {
    const { ended, dir } = wayOf(name, skip);
    expect(ended.stderr).not.toMatch(/failed|error/i);
    expect(ended.code).toBe(0);
    const run = runIn(dir);
    expect(observed(run).map(cellId).sort()).toEqual([...CELLS].sort());
    if (name === 'cap') expect(run.run.capture).toMatchObject({ backend: 'cap', clock: 'user', framesDropped: null });
    expect(ended.stdout).toContain(`${CELLS.length} cells observed`);
    expect(await readdir(folder.temporary)).toEqual([]);
    expect(await readdir(dir)).not.toContain('.wirematrix.lock');
  });

  it('leaves captures that tshark reads without a complaint, with the frames that the values name', { timeout: 150_000 }, async ({
    skip,
  }) => {
    const { dir } = wayOf(name, skip);
    const tshark = findProgram('tshark');
    if (!tshark) return skip('tshark is not installed: apt-get install -y --no-install-recommends tshark');
    for (const cell of observed(runIn(dir))) {
      const { code, stdout, stderr } = await runCommand(
        tshark,
        ['-r', path.join(dir, cell.capture), '-T', 'fields', '-e', 'frame.number'],
        60_000,
      );
      expect([code, stderr.replace(/^Running as user.*\n/, '')], cellId(cell)).toEqual([0, '']);
      const frames = new Set(stdout.trim().split('\n').map(Number));
      const named = Object.values(cell.values).flatMap((value) => value.frames);
      expect(named.length).toBeGreaterThan(0);
      for (const frame of named) expect(frames, cellId(cell)).toContain(frame);
    }
  });

  it('sees Express advertise 5 s and close by FIN at about 6 s', ({ skip }) => {
    const { values } = cellOf(runIn(wayOf(name, skip).dir), 'express/probe/idle-used');
    expect(values['keepalive.advertised-s']?.value).toBe(5);
    expect(values['close.first']?.value).toBe('server');
    expect(values['close.how']?.value).toBe('FIN');
    expect(values['idle.used-s']?.value).toBeGreaterThan(5.9);
    expect(values['idle.used-s']?.value).toBeLessThan(8);
  });

  it('sees python3 -m http.server answer HTTP/1.0 and send the first FIN at once', ({ skip }) => {
    for (const id of ['python-http/probe/idle-used', 'python-http/chromium/first-visit']) {
      const { values } = cellOf(runIn(wayOf(name, skip).dir), id);
      expect(values['http.version']?.value).toBe('1.0');
      expect(values['close.first']?.value).toBe('server');
      expect(values['close.how']?.value).toBe('FIN');
      expect(values['close.idle-ms']?.value).toBeLessThan(1_000);
    }
  });

  it('sees no used connection closed first by the client while the server keeps it', ({ skip }) => {
    const connections = observed(runIn(wayOf(name, skip).dir)).flatMap((cell) => cell.connections);
    const used = connections.filter((connection) => connection.exchanges > 0);
    expect(used.length).toBeGreaterThan(CELLS.length);
    // Behind a response that ends its connection both sides close: whose FIN is first is a race.
    const kept = used.filter(({ closeCause }) => closeCause?.cause !== 'http-1.0' && closeCause?.cause !== 'connection-close');
    expect(kept.length).toBeGreaterThan(CELLS.length / 2);
    expect(kept.filter((connection) => connection.firstClose?.by === 'client')).toEqual([]);
  });

  it('gives the verdicts that root gives with the best backend', ({ skip }) => {
    const verdicts = (way: Way) =>
      Object.fromEntries(
        CELLS.map((id) => [id, Object.fromEntries(VERDICTS.map((key) => [key, cellOf(runIn(way.dir), id).values[key]?.value]))]),
      );
    expect(verdicts(wayOf(name, skip))).toEqual(verdicts(wayOf('auto', skip)));
  });
});

describe('table', () => {
  it('gives the same observations and differences from the captures, with run.json and without', { timeout: 150_000 }, async ({ skip }) => {
    const { dir } = wayOf('auto', skip);
    const copy = path.join(folder.path, 'copy');
    await cp(dir, copy, { recursive: true });
    const before = runIn(copy);

    const again = await wirematrix(['table', copy, '--reporter', 'markdown']).ended;
    expect([again.code, again.stderr]).toEqual([0, '']);
    expect(runIn(copy)).toEqual(before);

    await rm(path.join(copy, 'run.json'));
    const alone = await wirematrix(['table', copy, '--reporter', 'markdown']).ended;
    expect([alone.code, alone.stderr]).toEqual([0, '']);
    const after = runIn(copy);
    // No capture holds how long its cell took.
    const untimed = (key: string, value: unknown) => (key === 'durationMs' || key === 'activeMs' ? undefined : value);
    const sorted = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item, untimed)).sort();
    expect(sorted(after.cells)).toEqual(sorted(before.cells));
    expect(sorted(after.differences)).toEqual(sorted(before.differences));
  });
});

describe('a slow link', () => {
  it('takes as long as its rate allows, in packets as on Ethernet, and says so', { timeout: 120_000 }, async ({ skip }) => {
    const how = await isolation();
    if (why !== null || how.kind !== 'network-namespace' || findProgram('tc') === null) return skip('no network namespace, or no tc');
    const out = path.join(folder.path, 'slow');
    const cells = ['--servers', 'node-http', '--clients', 'chromium', '--scenarios', 'first-visit', '--window', '1'];
    const { code, stderr } = await wirematrix(['compare', ...cells, '--rate', '800', '--reporter', 'terminal', '--out', out]).ended;
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('failed')]);
    const { run, cells: rows } = runIn(out);
    expect(run.link).toEqual({ rateKbit: 800, mtu: 1500 });
    const [row] = rows.filter(isObserved);
    // 530 kB of pages at 100 kB a second; 70 kB of them the bucket lets through at once.
    expect(row?.values['load.ms']?.value).toBeGreaterThan(4_000);
    expect(row?.values['framing.largest-segment']?.value).toBeLessThanOrEqual(1448);
  });
});

describe('probe with browsers', () => {
  it("lets an emulated browser visit the user's own server", { timeout: 180_000 }, async ({ skip }) => {
    if (why !== null) return skip(why);
    const out = path.join(folder.path, 'own');
    const page = '<!doctype html><link rel="stylesheet" href="/own.css">';
    const script = `require('http').createServer((q, r) => r.setHeader('Content-Type', q.url === '/' ? 'text/html' : 'text/css').end(q.url === '/' ? '${page}' : 'b{}')).listen(3000, '127.0.0.1')`;
    const command = `exec ${JSON.stringify(process.execPath)} -e ${JSON.stringify(script)}`;
    const started = wirematrix(['probe', '--command', command, '--port', '3000', '--clients', 'chromium', '--window', '1', '--out', out]);
    const { code, stdout } = await started.ended;
    expect([code, stdout]).toEqual([0, expect.stringContaining('http          version 1.1')]);
    const cells = runIn(out).cells.filter(isObserved);
    expect(cells.map(({ scenario }) => scenario)).toEqual(expect.arrayContaining(['first-visit', 'revisit', 'reload', 'close']));
    const visit = cells.find(({ scenario }) => scenario === 'first-visit');
    expect(visit?.exchanges.map(({ target }) => target)).toEqual(['/', '/own.css', '/favicon.ico']);
  });
});
