/** `analyze` as a user calls it: over a file and over standard input, for a person and as JSON. */
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../harness/findings/finding.ts';
import { findProgram } from '../../harness/system/programs.ts';
import { expectGolden } from '../golden.ts';
import { pcap } from '../packets/captures.ts';
import { Conversation, REQUEST, RESPONSE } from '../packets/conversation.ts';
import { CLI, type Ended, inSandbox, isRoot, sandboxLack, start, testFolder } from './command.ts';

const FIXTURE = path.join(import.meta.dirname, '../fixtures/captures/node-http.pcap');

const analyze = (...args: readonly string[]): Promise<Ended> => start([process.execPath, CLI, 'analyze', ...args]).ended;
const shell = (script: string, ...args: readonly string[]): Promise<Ended> =>
  start(['sh', '-c', script, 'sh', process.execPath, CLI, ...args]).ended;

interface Analysis {
  exchanges: { stream: number; index: number; method: string | null; status: number | null; requestFrames: number[] | null }[];
  connections: { stream: number; exchanges: number; completeness: number }[];
  capture: { frames: number; baseEpochNs: string };
  servers: { port: number; connections: number; exchanges: number; values: Record<string, unknown> }[];
  values: Record<string, { value: unknown; frames: number[] }>;
  findings: Finding[];
}

describe("V8's code cache", () => {
  /** What loading and running the bundle in `folder` tells of the fixture. */
  const run = async (folder: string): Promise<string> => {
    const script = `import('${folder}/analysis/load-bundle.js').then(async ({ loadAnalyze }) => (await loadAnalyze()).analyze('${FIXTURE}', {}, process.stdout))`;
    const { code, stdout, stderr } = await start([process.execPath, '-e', script]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };

  it('is made by the first run, and makes no difference: whole, cut, or of something else', async () => {
    const folder = await testFolder();
    try {
      const analysis = path.join(folder.path, 'analysis');
      for (const name of ['analysis/load-bundle.js', 'analysis/analyze.bundle.cjs', 'system/bundle.js']) {
        await mkdir(path.dirname(path.join(folder.path, name)), { recursive: true });
        await copyFile(path.join(path.dirname(CLI), name), path.join(folder.path, name));
      }
      await writeFile(path.join(folder.path, 'package.json'), '{ "type": "module" }');
      const first = await run(folder.path);
      expect(first).toBe((await analyze(FIXTURE)).stdout);
      const [cache = ''] = (await readdir(analysis)).filter((name) => name.endsWith(`${process.version}.cache`));
      const whole = await readFile(path.join(analysis, cache));
      expect(whole.length).toBeGreaterThan(100_000);
      for (const bytes of [whole, whole.subarray(0, 1000), Buffer.alloc(whole.length, 7)]) {
        await writeFile(path.join(analysis, cache), bytes);
        expect(await run(folder.path)).toBe(first);
      }
    } finally {
      await folder.remove();
    }
  });
});

describe('analyze', () => {
  it('shows a person what is worth a look, then each connection, value and exchange', async () => {
    const { code, stdout, stderr } = await analyze(FIXTURE);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [look, connections, values, times, capture, exchanges, ...more] = stdout.split('\n\n');
    expect(more).toEqual([]);
    expectGolden('analyze/node-http.txt', [look, connections, exchanges].join('\n\n'));
    expect(values).toMatch(
      /^127\.0\.0\.1:8080: 9 connections, 17 exchanges\n {2}connections\.opened {17}9 {2}\(frames 3, 33, 47, 66, …\)\n/,
    );
    expect(values).toMatch(/\n {2}http\.statuses {22}(?:\d{3} × \d+(?:, )?)+ {2}\(frames /);
    expect(times).toMatch(/^127\.0\.0\.1:8080: time taken by 17 exchanges\n {2}connecting +p50 /);
    expect(capture).toBe('121 frames, 0.852 s');
  });

  it('lists a screenful of exchanges, and all on request', async () => {
    const many = new Conversation({ clientPort: 40_000, serverPort: 80 }).handshake();
    for (let index = 0; index < 60; index++) many.data('client', REQUEST).data('server', RESPONSE);
    const folder = await testFolder();
    try {
      const file = path.join(folder.path, 'many.pcap');
      await writeFile(file, pcap(many.packets));
      const lines = async (...args: string[]) => (await analyze(file, ...args)).stdout.split('\n');
      const exchange = (line: string): boolean => line.startsWith('  #0 ');
      const short = await lines();
      expect(short.filter(exchange)).toHaveLength(40);
      expect(short).toContain('  … and 20 more exchanges: --all lists them');
      expect(short.join('\n')).toContain('200 × 60');
      expect((await lines('--all')).filter(exchange)).toHaveLength(60);
    } finally {
      await folder.remove();
    }
  });

  it('gives the shapes of the contract as JSON', async () => {
    const { code, stdout } = await analyze(FIXTURE, '--json');
    expect(code).toBe(0);
    const { exchanges, connections, capture, servers, values, findings } = JSON.parse(stdout) as Analysis;
    for (const { stream, exchanges: count } of connections)
      expect(exchanges.filter((exchange) => exchange.stream === stream)).toHaveLength(count);
    expect(servers.map(({ connections: all, exchanges: told }) => [all, told])).toEqual([[connections.length, exchanges.length]]);
    expect(values['connections.opened']).toMatchObject({ value: connections.length });
    for (const [id, { frames }] of Object.entries(values))
      expect(
        frames.every((frame) => frame >= 1 && frame <= capture.frames),
        id,
      ).toBe(true);
    expect(findings.length).toBeGreaterThan(0);
    for (const { id, server, where } of findings)
      expect(
        server === '127.0.0.1:8080' && where.every(({ cell, frames }) => cell === null && frames.every((frame) => frame <= capture.frames)),
        id,
      ).toBe(true);
    expectGolden('analyze/node-http.json', `${exchanges.map((exchange) => JSON.stringify(exchange)).join('\n')}\n`);
  });

  it.each(['', '--json'])('reads the same from standard input, plain or packed %s', async (flag) => {
    const [file, redirected, piped, packed] = await Promise.all([
      shell('"$1" "$2" analyze "$3" $4', FIXTURE, flag),
      shell('"$1" "$2" analyze - $4 < "$3"', FIXTURE, flag),
      // In small pieces, as a capture that goes on arrives.
      shell('dd if="$3" bs=97 status=none | "$1" "$2" analyze - $4', FIXTURE, flag),
      shell('gzip -c "$3" | "$1" "$2" analyze - $4', FIXTURE, flag),
    ]);
    expect(file.stdout.length).toBeGreaterThan(1000);
    for (const ended of [redirected, piped, packed]) expect(ended).toEqual(file);
  });

  it('tells only connections of the ports that are asked for', async () => {
    const { stdout } = await analyze(FIXTURE, '--json', '--port', '1');
    const { exchanges, connections, capture } = JSON.parse(stdout) as Analysis;
    expect([exchanges, connections]).toEqual([[], []]);
    expect(capture.frames).toBeGreaterThan(0);
  });

  it('names the remedy where there is no capture to read', async () => {
    const missing = await analyze(`${FIXTURE}.none`);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain("can't read");
    const other = await analyze(import.meta.filename);
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toContain('not a capture file');
  });

  it('keeps what stands before the damage, and says by its exit code that there was some', async () => {
    const { code, stdout, stderr } = await shell('(cat "$3"; head -c 64 /dev/zero | tr "\\0" "\\377") | "$1" "$2" analyze -', FIXTURE);
    expect(code).toBe(1);
    expect(stdout).toContain('1 × pcap-record-too-long');
    expect(stdout).toContain('GET /chunked');
    expect(stderr).toMatch(/standard input is damaged after frame \d+ \(pcap-record-too-long\)/);
  });
});

/** Writes a capture of one exchange again and again, as tcpdump does of what goes on; ends as it does on Ctrl-C. */
const WRITER = `
const bytes = require('node:fs').readFileSync(process.argv[1]);
process.stdout.write(bytes);
const ports = bytes.subarray(24);
const timer = setInterval(() => process.stdout.write(ports), 50);
process.on('SIGINT', () => { clearInterval(timer); process.stdout.write(ports, () => process.exit(0)); });
setTimeout(() => process.stderr.write('writing'), 1500);
`;

describe('analyze of a capture that goes on', () => {
  const ROOT = path.join(import.meta.dirname, '../..');
  const live = (command: string): ReturnType<typeof start> => {
    const writer = `'${process.execPath}' -e "$1" '${FIXTURE}'`;
    return start(['bash', '-c', `cd '${ROOT}'; ${writer} | ${command}; echo "ended: \${PIPESTATUS[*]}" >&2`, 'bash', WRITER]);
  };
  /** As a terminal does it: to the whole foreground group. Bash goes on where its pipeline handled the signal. */
  const ctrlC = ({ child }: ReturnType<typeof start>): boolean => process.kill(-(child.pid as number), 'SIGINT');
  const DIRECT = `'${process.execPath}' '${CLI}' analyze`;

  it.each([
    ['text', `${DIRECT} -`],
    ['JSON', `${DIRECT} --json -`],
    ['text by npm', 'npm run --silent analyze -- -'],
    ['JSON by npm', 'npm run --silent analyze -- --json -'],
  ])(
    'reads to the end of what came on Ctrl-C, then reports: %s',
    async (name, command) => {
      const started = live(command);
      await started.says(/writing/);
      ctrlC(started);
      const { stdout, stderr } = await started.ended;
      expect(stderr).toBe('writingended: 0 0\n');
      if (name.startsWith('JSON')) expect((JSON.parse(stdout) as Analysis).capture.frames % 121).toBe(0);
      else expect(stdout).toMatch(/\n(\d+) frames, 0\.852 s\n/);
      expect(await started.left(5_000)).toEqual([]);
    },
    60_000,
  );

  it('does so with tcpdump', async ({ skip }) => {
    const lack = findProgram('tcpdump') ? await sandboxLack() : 'tcpdump is not installed';
    if (lack) return skip(lack);
    const traffic = `
      const http = require('node:http');
      const server = http.createServer((_, response) => response.end('x')).listen(8080, '127.0.0.1', () => {
        let count = 0;
        setInterval(() => http.get({ port: 8080, host: '127.0.0.1', path: '/live' }, (response) => {
          response.resume();
          if (++count === 10) process.stderr.write('writing');
        }), 100);
      });`;
    const user = isRoot ? ['-Z', 'root'] : [];
    const pipeline = `sleep 1; "$0" -e "$1" & tcpdump ${user.join(' ')} -q -i lo -w - 2> /dev/null | ${DIRECT} -; echo "ended: \${PIPESTATUS[*]}" >&2; kill %1`;
    const started = start(inSandbox('ip link set lo up', ['bash', '-c', pipeline, process.execPath, traffic]));
    await started.says(/writing/);
    ctrlC(started);
    const { stdout, stderr } = await started.ended;
    expect(stderr).toContain('ended: 0 0\n');
    expect(stdout).toMatch(/GET \/live {2}200/);
  }, 60_000);

  it('ends at once on the second one', async () => {
    const started = start(['bash', '-c', `(trap '' INT; cat '${FIXTURE}'; echo writing >&2; exec sleep 30) | ${DIRECT} -`]);
    await started.says(/writing/);
    await delay(1_500);
    ctrlC(started);
    await started.says(/Ctrl-C again ends it at once/);
    ctrlC(started);
    const isLeft = async (): Promise<boolean> =>
      (await started.processes()).some((line) => line.includes('cli.js analyze -') && !line.includes('bash'));
    for (let tries = 0; tries < 50 && (await isLeft()); tries++) await delay(100);
    expect(await isLeft()).toBe(false);
    for (const line of await started.processes()) process.kill(Number(line.split(' ')[0]), 'SIGKILL');
  }, 60_000);
});
