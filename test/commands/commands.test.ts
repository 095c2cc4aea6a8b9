/** Each command as a user runs it: arguments in, text and exit code out. What needs packets is in `test/live/`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../../harness/commands/index.ts';
import { parseRunResult } from '../../harness/compare/run-result.ts';
import { compiledProgram } from '../../harness/system/compiled-program.ts';
import { projectVersion } from '../../harness/system/version.ts';
import { FIXTURES, type Ran, wirematrix } from './cli.ts';

const RUN = path.join(FIXTURES, 'runs', 'idle');
const CAPTURE = path.join(FIXTURES, 'captures', 'node-http.pcap');

let dir: string;
const at = (...parts: string[]): string => path.join(dir, ...parts);
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A copy of the run that the fixtures hold: captures alone. */
async function aRun(name: string, servers?: string[]): Promise<string> {
  await cp(RUN, at(name), { recursive: true });
  for (const server of await readdir(at(name, 'captures')))
    if (servers && !servers.includes(server)) await rm(at(name, 'captures', server), { recursive: true });
  return at(name);
}

const refusal = ({ code, stdout, stderr }: Ran) => ({ code, stdout, stderr: stderr.trimEnd() });
const refused = (stderr: string) => ({ code: 2, stdout: '', stderr: `wirematrix: ${stderr}` });

describe('site', () => {
  it('builds a site, builds it again in its place, and removes nothing that is not of a site', async () => {
    const run = await aRun('site-run');
    expect((await wirematrix(['table', run])).code).toBe(0);
    const build = () => wirematrix(['site', run, '--out', at('site'), '--url', 'https://example.org/wm/']);
    const first = await build();
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^\d+ files in .*; begin with .*index\.html\n$/);
    expect(await readFile(at('site', 'servers', 'express.html'), 'utf8')).toContain('id="idle-used"');
    await rm(at('site', 'index.html'));
    expect((await build()).code).toBe(0);
    expect(existsSync(at('site', 'index.html'))).toBe(true);
    await writeFile(at('site', 'mine.txt'), 'mine');
    expect(refusal(await build())).toEqual(
      refused(
        `${at('site', 'mine.txt')} is not of a site that this command wrote, and is not overwritten: move it away, or choose another folder with --out`,
      ),
    );
    expect((await readdir(dir)).sort()).toEqual(['site', 'site-run']);
  });

  it.each([
    [['no-such-run'], 'there is no run at no-such-run: name the folder of a run, or its run.json'],
    [['--url', 'example.org'], '--url takes the address of the site\'s root, as in https://example.org/wirematrix/; not "example.org"'],
  ])('refuses %j', async (args, stderr) => {
    expect(refusal(await wirematrix(['site', ...args, '--out', at('site')]))).toEqual(refused(stderr));
  });
});

describe('the command line', () => {
  it('has every file of commands/ that adds a command in its index', async () => {
    const folder = path.join(import.meta.dirname, '../../harness/commands');
    const names: string[] = [];
    for (const file of await readdir(folder)) {
      const source = await readFile(path.join(folder, file), 'utf8');
      if (/: AddCommand = /.test(source)) names.push(file.replace(/\.ts$/, ''));
    }
    expect(Object.keys(commands).sort()).toEqual(names.sort());
  });

  it('lists every command in its help, and is of the version of package.json', async () => {
    const help = await wirematrix(['--help']);
    expect(help.code).toBe(0);
    for (const name of Object.keys(commands)) expect(help.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(await wirematrix(['--version'])).toEqual({ code: 0, stdout: `${projectVersion()}\n`, stderr: '' });
  });

  it.each(Object.keys(commands))('%s explains its options', async (name) => {
    const { code, stdout, stderr } = await wirematrix([name, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: wirematrix ${name} `));
  });

  it.each([
    [['compair'], "error: unknown command 'compair'\n(Did you mean compare?)\n(--help lists what there is)"],
    [['compare', '--quik'], "error: unknown option '--quik'\n(Did you mean --quick?)\n(--help lists what there is)"],
    [['explain'], "error: missing required argument 'cell'\n(--help lists what there is)"],
  ])('%j is refused', async (args, stderr) => {
    expect(refusal(await wirematrix(args))).toEqual({ code: 2, stdout: '', stderr });
  });

  it.each([
    [['compare', '--window', '0'], '"0" is not a number of seconds above 0, up to 3600'],
    [['compare', '--window', '3601'], '"3601" is not a number of seconds above 0, up to 3600'],
    [['compare', '--at-once', '0.5'], '"0.5" is not a whole number of at least 1'],
    [['compare', '--rate', '-1'], '"-1" is not a number above 0'],
    [['compare', '--shard', '3/2'], '--shard takes I/N with I from 1 to N, as in 2/4; not "3/2"'],
    [['compare', '--times', 'results/latest'], '--times only serves to plan shards: name one with --shard'],
    [['compare', '--repeat', '0'], '"0" is not a whole number of at least 1'],
    [['compare', '--resume', 'nowhere'], 'nowhere holds no run that was cut: name the folder that compare was given with --out'],
    [
      ['compare', '--scenarios', 'first-visit', '--clients', 'probe'],
      'none of the clients can act out any of the scenarios: browsers act out visits, the probe asks its own questions',
    ],
    [
      ['compare', '--servers', 'express', '--baseline', 'no-such.json'],
      'there is no baseline no-such.json: name the run.json of an earlier run, or its folder',
    ],
    [['compare', '--servers', 'express', '--open', '--reporter', 'terminal'], '--open opens report.html: name html among the reporters'],
    [
      ['compare', '--servers', 'express', '--max', 'x'],
      '--max takes ID=N, as in framing.content-length-short=0 or connections.opened=6; not "x"',
    ],
    [
      ['probe', '--fail-on', 'faults', 'http://127.0.0.1:9/'],
      '--fail-on: there is no finding "faults"; give fault, risk, advice, or an id; did you mean fault?',
    ],
    [
      ['compare', '--servers', 'node-http', '--capture', 'wireshark'],
      'there is no capture backend "wireshark"; there are: auto, tcpdump, cap',
    ],
    [
      ['probe'],
      "probe takes a URL of this machine, or --command 'node server.js' --port 3000 to start the server itself, or --socket PATH",
    ],
    [
      ['probe', 'http://127.0.0.1/', '--large', 'large.bin'],
      '--large takes a target that begins with a slash, as in --large /index.html; not "large.bin"',
    ],
    [['probe', 'http://127.0.0.1/', '--samples', '21'], '"21" is not a number of samples from 1 to 20'],
    [['probe', '--command', 'node server.js'], '--command needs --port: the port that the server listens on (or --socket)'],
    [['probe', '--port', '65536', '--command', 'true'], '"65536" is not a port number: give one from 1 to 65535'],
    [['fidelity', '--min', 'abc'], '"abc" is not a percentage from 0 to 100'],
    [['fidelity', '--min', '101'], '"101" is not a percentage from 0 to 100'],
    [['fidelity', '--runs', '0'], '"0" is not a whole number of at least 1'],
    [['fidelity', '--clients', 'ie11'], '"ie11" has no real counterpart; these have one: chromium, firefox'],
    [['section-four', '--lang', 'fr'], 'there is no language "fr"; there are: en, zh'],
    [['explain', '--language', 'fr', 'x'], 'there is no language "fr"; there are: en, zh'],
    [
      ['list', 'browsers'],
      'there is nothing called "browsers" to list; there are: servers, groups, upstreams, clients, scenarios, observations, claims, reporters',
    ],
    [
      ['analyze', 'no-such.pcap'],
      "can't read no-such.pcap: there is no such file; give the path of a pcap or pcapng file, or - for standard input",
    ],
  ])('%j is refused with the reason', async (args, reason) => {
    expect(refusal(await wirematrix(args))).toEqual(refused(reason));
  });

  it.each([
    [['--socket', '/tmp/a.sock'], 'probe takes a URL of this machine, or'],
    [['--header', 'no colon'], '--header takes a field line'],
    [['--only', 'rang'], '--only: there is no family "rang"; did you mean range?'],
    [['--behind', 'nginx,elb'], '--behind: there is no "elb"; there are: '],
    [['--behind', 'nginx,requests'], '--behind: what requests does is known by its packets alone: add --race'],
    [['--behind', 'nginx', '--race'], '--race starts your server for each pair: give --command and --port'],
    [['--fail-on', 'fault,race'], '--fail-on race: nothing is raced: add --behind and --race'],
    [['--beside', 'nginks'], 'there is no server "nginks"; there are: '],
  ])('probe URL %j is refused with what to write', async (args, reason) => {
    const { code, stderr } = await wirematrix(['probe', 'http://127.0.0.1/', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
  });

  it.each([
    [['--fail-on', 'races'], '--fail-on: there is no "races"; there are: race, lost, predicted'],
    [['--baseline', 'no-such.json'], 'there is no baseline no-such.json: name the race.json of an earlier run of race'],
    [['--command', 'node a.js'], '--command and --port go together'],
    [['--upstreams', 'elb'], 'there is no upstream "elb"; there are: '],
  ])('race %j is refused with what to write', async (args, reason) => {
    const { code, stderr } = await wirematrix(['race', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
  });

  it('probe says what to do where only TLS is there', async () => {
    const { code, stderr } = await wirematrix(['probe', 'https://127.0.0.1/']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/is TLS.*plain port.*--command/);
  });
});

describe('table', () => {
  it('makes run.json and every report from the captures, and prints the table', async () => {
    const { code, stdout, stderr } = await wirematrix(['table', await aRun('one')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('express');
    expect(stdout).toContain('3 cells observed');
    const files = (await readdir(at('one'))).sort();
    expect(files).toEqual(expect.arrayContaining(['har', 'report.html', 'run.json', 'table.csv', 'table.md', 'values.csv']));
  });

  it('names a capture that it had to leave out, and ends with 1', async () => {
    await aRun('one');
    await writeFile(at('one', 'captures', 'express', 'probe', 'idle-used.pcapng'), 'no capture');
    const { code, stderr } = await wirematrix(['table', at('one'), '--reporter', 'json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^wirematrix: left out, since it can't be read: .*express.*: not a capture file/);
  });
});

describe('merge', () => {
  it('joins runs', async () => {
    for (const [name, server] of [
      ['one', 'express'],
      ['two', 'fastify'],
    ] as const)
      await wirematrix(['table', await aRun(name, [server]), '--reporter', 'json']);
    const { code, stderr } = await wirematrix(['merge', at('one'), at('two'), '--out', at('all'), '--reporter', 'json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const merged = parseRunResult(JSON.parse(await readFile(at('all', 'run.json'), 'utf8')), 'run.json');
    expect(merged.cells.map(({ server, state }) => [server, state])).toEqual([
      ['express', 'observed'],
      ['fastify', 'observed'],
    ]);
  });
});

describe('diff', () => {
  it('says in words what changed between two runs, or as JSON', async () => {
    await wirematrix(['table', await aRun('one'), '--reporter', 'json']);
    const same = await wirematrix(['diff', at('one'), at('one', 'run.json')]);
    expect(same).toMatchObject({ code: 0, stderr: '' });
    expect(same.stdout).toContain('nothing changed beyond the tolerances');
    const { code, stdout } = await wirematrix(['diff', at('one'), at('one'), '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ appeared: [], gone: [], values: [], onlyFrom: [], onlyTo: [] });
    expect(await wirematrix(['diff', at('one'), at('nowhere')])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('pack', () => {
  /** One cell of a claim: the header of a capture says whose it is, in as many bytes. */
  async function aRunOfClaims(name: string): Promise<void> {
    const folder = path.join(await aRun(name, ['express']), 'captures');
    const capture = await readFile(path.join(folder, 'express/probe/idle-used.pcapng'), 'latin1');
    const renamed = capture.replace(
      '"server":"express","client":"probe","scenario":"idle-used","serverTitle":"Express"',
      '"server":"django","client":"probe","scenario":"conditional","serverTitle":"Django"',
    );
    await rm(path.join(folder, 'express'), { recursive: true });
    await mkdir(path.join(folder, 'django/probe'), { recursive: true });
    await writeFile(path.join(folder, 'django/probe/conditional.pcapng'), renamed, 'latin1');
  }

  it('writes no section four for a run without any cell of a claim', async () => {
    await aRun('none');
    const { code, stdout } = await wirematrix(['pack', at('none'), '--out', at('packed-none')]);
    expect([code, stdout]).toEqual([0, `packed: ${at('packed-none')}\n`]);
    expect((await readdir(at('packed-none'))).sort()).toEqual([
      '.wirematrix.json',
      'differences.md',
      'report.html',
      'run.json.gz',
      'table.md',
      'values.csv.gz',
    ]);
  });

  it('keeps run.json packed, the reports, and of captures those that claims rest on; explain and --baseline read it', async () => {
    await aRunOfClaims('one');
    const { code, stderr } = await wirematrix(['pack', at('one'), '--out', at('packed')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await readdir(at('packed'))).toEqual(
      expect.arrayContaining(['report.html', 'run.json.gz', 'section-four.md', 'section-four.zh.md', 'table.md', 'values.csv.gz']),
    );
    // Every link of the reports opens.
    for (const name of ['section-four.md', 'section-four.zh.md']) {
      const links = [...(await readFile(at('packed', name), 'utf8')).matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] ?? '');
      for (const link of links) expect(existsSync(at('packed', link)), link).toBe(true);
    }
    expect(await readFile(at('packed', 'report.html'), 'utf8')).not.toContain('idle-used.pcapng"');
    expect((await readdir(at('one'))).sort()).toEqual(['captures']);
  });

  it.each([
    ['left out', false, /^wirematrix: left out, since it can't be read: .*express.*: not a capture file/],
    ['not packed', true, /^wirematrix: not packed: express\/probe\/idle-used: its capture /],
  ])('names a capture that is damaged, and ends with 1: %s', async (_, hasRunFile, message) => {
    await aRun('one');
    if (hasRunFile) await wirematrix(['table', at('one'), '--reporter', 'json']);
    await writeFile(at('one', 'captures', 'express', 'probe', 'idle-used.pcapng'), 'no capture');
    const { code, stderr } = await wirematrix(['pack', at('one'), '--out', at('packed')]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(message) });
  });
});

describe('explain', () => {
  it.each([['--language'], ['--lang']])('explains a cell of a run in the language of %s', async (option) => {
    const { code, stdout, stderr } = await wirematrix(['explain', 'express/probe/idle-used', '--dir', RUN, option, 'zh']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/。（帧 6、8）$/m);
    expect(stdout).toMatch(/ {3}显示过滤器：tcp\.stream eq 0$/m);
  });

  it('draws with ASCII alone where that is asked for', async () => {
    const { stdout } = await wirematrix(['explain', CAPTURE, '--ascii']);
    expect(stdout).toContain('->');
    expect(stdout).not.toMatch(/[─│►◄]/);
    const cell = await wirematrix(['explain', 'express/probe/idle-used', '--dir', RUN, '--ascii']);
    expect(cell.stdout).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('is as wide as the terminal, and no wider than can be read', async () => {
    const longest = async (columns: string): Promise<number> => {
      const { stdout } = await wirematrix(['explain', CAPTURE], { COLUMNS: columns });
      return Math.max(...stdout.split('\n').flatMap((line) => (line.includes('│') ? [line.length] : [])));
    };
    const [narrow, wide] = [await longest('80'), await longest('250')];
    expect(narrow).toBeLessThanOrEqual(80);
    expect(wide).toBeGreaterThan(80);
    expect(wide).toBeLessThanOrEqual(100);
  });

  it('says which cells there are where there is no such one', async () => {
    await wirematrix(['table', await aRun('one'), '--reporter', 'json']);
    const { code, stderr } = await wirematrix(['explain', 'express/probe/range', '--dir', at('one')]);
    expect(code).toBe(2);
    expect(stderr).toContain('of express there are: probe/idle-used');
    const near = await wirematrix(['explain', 'express/probe/idle-use', '--dir', at('one')]);
    expect(near.stderr).toContain('did you mean express/probe/idle-used?');
    const other = await wirematrix(['explain', 'nginx/probe/range', '--dir', at('one')]);
    expect(other.stderr).toContain('its servers are: express');
  });
});

describe('analyze', () => {
  it('prints text, or JSON in the shapes of run.json', async () => {
    const text = await wirematrix(['analyze', CAPTURE]);
    expect({ code: text.code, stderr: text.stderr }).toEqual({ code: 0, stderr: '' });
    expect(text.stdout).toContain('GET /');
    const json = await wirematrix(['analyze', '--json', CAPTURE]);
    expect(Object.keys(JSON.parse(json.stdout))).toEqual(
      expect.arrayContaining(['exchanges', 'connections', 'capture', 'servers', 'values']),
    );
  });

  it('ends with 1 where the capture is damaged, and says after which frame', async () => {
    const bytes = await readFile(CAPTURE);
    bytes.fill(0xff, 24 + 8, 24 + 12);
    await writeFile(at('damaged.pcap'), bytes);
    const { code, stderr } = await wirematrix(['analyze', at('damaged.pcap')]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `wirematrix: ${at('damaged.pcap')} is damaged before its first frame (pcap-record-too-long): what follows was not read; for the rest, capture it again\n`,
    );
  });

  it('leaves no temporary folder, also where its reader goes away', async () => {
    await wirematrix(['analyze', '--json', CAPTURE], { TMPDIR: dir });
    expect(await readdir(dir)).toEqual([]);
    const child = spawn(process.execPath, [compiledProgram('harness/cli.ts'), 'analyze', '--json', CAPTURE], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: dir },
    });
    child.stdout.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(await readdir(dir)).toEqual([]);
  });
});

describe('section-four', () => {
  it.each([
    ['en', /S4\.\d {2}\S/],
    ['zh', /S4\.\d {2}[\u4e00-\u9fff]/],
  ])('judges captures of one\u2019s own, in %s', async (language, line) => {
    await cp(CAPTURE, at('express__chrome.pcap'));
    const { code, stdout, stderr } = await wirematrix(['section-four', '--captures', dir, '--out', at('out'), '--language', language]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(line);
    expect(await readFile(at('out', 'section-four.md'), 'utf8')).toContain('S4.1');
    expect(await readdir(at('out', 'captures', 'lab-reports'))).toContain('flask-edge-capture-1.pcap');
  });

  it('refuses a folder without captures', async () => {
    expect(refusal(await wirematrix(['section-four', '--captures', dir]))).toEqual(
      refused(`${dir} holds no capture named <server>__<browser>.pcapng (or .pcap), and no manifest.json`),
    );
  });
});

describe('fidelity', () => {
  it('scores nothing again where nothing was captured', async () => {
    const { code, stderr } = await wirematrix(['fidelity', '--rescore', '--out', at('none')]);
    expect([code, stderr]).toEqual([
      2,
      `wirematrix: there is no ${at('none', 'real-1', 'run.json')}: run fidelity without --rescore first\n`,
    ]);
  });
});

describe('list', () => {
  it('prints every kind, or one of them as data', async () => {
    const { code, stdout } = await wirematrix(['list']);
    expect(code).toBe(0);
    for (const kind of ['servers', 'upstreams', 'clients', 'scenarios', 'observations', 'claims', 'reporters'])
      expect(stdout).toMatch(new RegExp(`^${kind} \\(\\d+\\)$`, 'm'));
    const claims = JSON.parse((await wirematrix(['list', 'claims', '--json'])).stdout) as { id: string; cells: string[] }[];
    expect(claims.find(({ id }) => id === 'S4.1')?.cells).toContain('flask/chromium/first-visit');
  });
});

describe('doctor', () => {
  it('says of each thing what it is and whether it is there', async () => {
    const { code, stdout } = await wirematrix(['doctor', '--json']);
    const checks = JSON.parse(stdout) as { kind: string; what: string; state: string; remedy: string | null }[];
    expect(new Set(checks.map(({ kind }) => kind))).toEqual(
      new Set(['node', 'capture', 'isolation', 'tool', 'server', 'client', 'upstream']),
    );
    for (const { state, remedy, what } of checks) if (state === 'missing') expect(remedy, what).not.toBeNull();
    const canCapture = checks.some(({ kind, state }) => kind === 'capture' && state === 'ok');
    expect(code).toBe(canCapture ? 0 : 3);
  });
});
