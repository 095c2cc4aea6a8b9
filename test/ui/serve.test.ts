/** The page of a run that goes on, asked for over real sockets. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CellDetail, LiveProgress, PageIndex } from '../../harness/report/html/page-format.ts';
import { type ServedRun, serveRun } from '../../harness/ui/serve.ts';
import { HARM } from '../report/made-run.ts';
import { madeUnderWay, type UnderWay } from './made-under-way.ts';

let served: ServedRun;
let run: UnderWay;

beforeEach(async () => {
  served = await serveRun();
  run = await madeUnderWay();
});
afterEach(async () => {
  await served.close();
  await run.remove();
});

const portOf = (): number => Number(new URL(served.url).port);

/** Asks over a socket, so that any field may be sent. */
const ask = (target: string, options: RequestOptions = {}): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: portOf(), path: new URL(served.url).pathname + target, ...options }, resolve);
    asked.once('error', reject).end();
  });

async function text(answer: IncomingMessage): Promise<string> {
  let read = '';
  for await (const part of answer.setEncoding('utf8')) read += part;
  return read;
}

async function block<Data>(id: string): Promise<Data> {
  const packed = JSON.parse(await text(await ask(`data/${id}`))) as string;
  return JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString()) as Data;
}

/** Reads events until one is as wanted. */
async function told(isWanted: (progress: LiveProgress) => boolean): Promise<LiveProgress> {
  const events = await ask('events');
  let read = '';
  for await (const part of events.setEncoding('utf8')) {
    read += part;
    const lines = read.split('\n\n');
    read = lines.pop() ?? '';
    for (const line of lines) {
      const progress = JSON.parse(line.replace(/^data: /, '')) as LiveProgress;
      if (!isWanted(progress)) continue;
      events.destroy();
      return progress;
    }
  }
  throw new Error('the events ended');
}

it('has no data in it, runs its own script alone, and asks no other origin', async () => {
  const answer = await ask('');
  const html = await text(answer);
  expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
  expect(html.match(/<script[^>]*>/g)).toEqual(['<script type="application/json" id="live">', '<script type="module">']);
  const [policy] = /(?<=Content-Security-Policy" content=")[^"]*/.exec(html) ?? [];
  expect(policy?.replace(/'sha256-[\w+/=]+'/g, 'HASH')).toBe(
    "default-src 'none'; script-src HASH; style-src HASH; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'",
  );
});

it('shows each cell as pending until it has ended, at the same place', async () => {
  const shown = run.begin(served);
  const before = await block<PageIndex>('index');
  expect(before.cells.map(({ state }) => state)).toEqual(run.cells.map(() => 'pending'));
  expect(before.details).toEqual([]);
  run.end(3, shown);
  const after = await block<PageIndex>('index');
  expect(after.cells.map(({ state }) => state)).toEqual(run.cells.map((_cell, place) => (place < 3 ? 'observed' : 'pending')));
  const places = ({ cells, servers, clients, scenarios }: PageIndex) =>
    cells.map((cell) => [servers[cell.server]?.id, clients[cell.client]?.id, scenarios[cell.scenario]?.id].join('/'));
  expect(places(after)).toEqual(places(before));
  expect(places(after)).toEqual(run.cells.map(({ server, client, scenario }) => `${server}/${client}/${scenario}`));
  const [number] = after.details[0] ?? [];
  const detail = await block<CellDetail>(`details-${number}`);
  const strings = await block<string[]>('strings');
  expect(detail.exchanges.map(({ target }) => strings[target ?? -1])).toContain(HARM.formula);
  expect((await ask('data/details-99')).statusCode).toBe(404);
  expect((await ask('data/../../../etc/passwd')).statusCode).toBe(404);
});

it('reads each capture once, however often it is asked', async () => {
  const shown = run.begin(served);
  run.end(2, shown);
  await block<PageIndex>('index');
  const [first] = [...run.judged.values()];
  run.end(1, shown);
  await block<PageIndex>('index');
  expect([...run.judged.values()][0]).toBe(first);
});

it('gives a cell that was run again another block, and the former one no longer', async () => {
  const shown = run.begin(served);
  run.end(run.cells.length, shown);
  const before = await block<PageIndex>('index');
  const done = await run.soFar();
  const [one] = done.run.cells;
  if (one?.state !== 'observed') throw new Error('the first cell was not observed');
  const again = { ...one, captureSha256: 'another', values: {} };
  served.run.end({ ...done, run: { ...done.run, cells: done.run.cells.map((cell) => (cell === one ? again : cell)) } }, run.dir);
  const after = await block<PageIndex>('index');
  expect(after.cells[0]?.values).toEqual([]);
  expect(after.details[0]?.[0]).not.toBe(before.details[0]?.[0]);
  expect(after.details.slice(1)).toEqual(before.details.slice(1));
  expect((await ask(`data/details-${before.details[0]?.[0]}`)).statusCode).toBe(404);
});

it('tells how far the run is, what is waited for and until when', async () => {
  const shown = run.begin(served);
  const [first, second] = run.cells as [UnderWay['cells'][0], UnderWay['cells'][0]];
  shown.begins(first);
  shown.event(first, { type: 'phase', phase: 'watch', untilEpochMs: 1_800_000_000_000 });
  shown.begins(second);
  shown.event(second, { type: 'phase', phase: 'step', step: 'first-visit' });
  const progress = await told(({ acting }) => acting?.doing === 'step');
  expect(progress).toMatchObject({
    state: 'runs',
    cells: { done: 0, failed: 0, all: run.cells.length },
    watching: { cells: 1, cell: Object.values(first).join('/'), until: 1_800_000_000_000 },
    acting: { cell: Object.values(second).join('/'), step: 'first-visit', more: 0 },
    folder: null,
  });
  run.end(1, shown);
  const later = await told(({ version }) => version > progress.version);
  expect(later.cells.done).toBe(1);
  served.run.end(await run.soFar(), run.dir);
  expect(await told(({ state }) => state === 'ended')).toMatchObject({ folder: run.dir });
});

it('takes a cell that is to be run again once, and says why it could not be', async () => {
  const shown = run.begin(served);
  run.end(1, shown);
  await block<PageIndex>('index');
  const [id = '', other = ''] = run.cells.map((cell) => Object.values(cell).join('/'));
  const next = served.run.next(new AbortController().signal);
  expect((await ask(`again/${other}`, { method: 'POST' })).statusCode).toBe(409);
  expect((await ask('again/no/such/cell', { method: 'POST' })).statusCode).toBe(409);
  expect((await ask(`again/${id}`)).statusCode).toBe(404);
  expect((await ask(`again/${id}`, { method: 'POST' })).statusCode).toBe(202);
  expect(await next).toBe(id);
  expect((await ask(`again/${id}`, { method: 'POST' })).statusCode).toBe(409);
  expect(await told(({ again }) => again.length > 0)).toMatchObject({ again: [id] });
  served.run.fail('the folder is in use', await run.soFar(), run.dir);
  expect(await told(({ problem }) => problem !== null)).toMatchObject({ again: [], problem: 'the folder is in use' });
  const stop = new AbortController();
  stop.abort();
  expect(await served.run.next(stop.signal)).toBeNull();
});

it('gives the captures that its cells name, and no other file', async () => {
  const shown = run.begin(served);
  run.end(1, shown);
  const index = await block<PageIndex>('index');
  const capture = index.cells[0]?.capture ?? '';
  const answer = await ask(capture);
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  expect(Buffer.concat(parts)).toEqual(await readFile(path.join(run.dir, capture)));
  expect((await ask('captures/../run.json')).statusCode).toBe(404);
  expect((await ask('captures/evil/chromium/no.pcapng')).statusCode).toBe(404);
});

it('answers nobody without its token, under another name, or from another page', async () => {
  run.begin(served);
  const host = `127.0.0.1:${portOf()}`;
  const refused: RequestOptions[] = [
    { path: '/' },
    { path: '/data/index' },
    { path: '/events' },
    { headers: { host: `evil.example:${portOf()}` } },
    { headers: { host, origin: 'https://evil.example' } },
    { headers: { host, origin: 'null' } },
    { path: '/again/a/b/c', method: 'POST' },
  ];
  for (const options of refused) {
    const answer = await ask('', options);
    expect(answer.statusCode, JSON.stringify(options)).toBe(403);
    expect(await text(answer)).not.toContain(new URL(served.url).pathname.slice(1, -1));
  }
});

it('listens on 127.0.0.1 alone', async () => {
  const others = Object.values(os.networkInterfaces()).flatMap((all) =>
    (all ?? []).flatMap(({ address, scopeid }) => (address === '127.0.0.1' || scopeid ? [] : [address])),
  );
  for (const host of [...others, '127.0.0.2'])
    await expect(ask('', { host, headers: { host: `127.0.0.1:${portOf()}` } }), host).rejects.toThrow();
});

it('ends every connection when it is closed', async () => {
  const events = await ask('events');
  const gone = new Promise((resolve) => events.once('close', resolve));
  events.on('error', () => {}).resume();
  await served.close();
  await gone;
  await expect(ask('')).rejects.toThrow();
});

it('speaks at first the language of the command', async () => {
  await served.close();
  served = await serveRun('zh');
  run.begin(served);
  expect((await block<PageIndex>('index')).language).toBe('zh');
});

it('is told of what is new though the clock of this machine was set back', async () => {
  const shown = run.begin(served);
  run.end(1, shown);
  await block<PageIndex>('index');
  const now = Date.now();
  const set = vi.spyOn(Date, 'now').mockImplementation(() => now - 3_600_000);
  run.end(1, shown);
  try {
    const { version } = served.run.progress();
    expect((await told((progress) => progress.version > version)).cells.done).toBe(2);
  } finally {
    set.mockRestore();
  }
});

it('holds no more connections than a few pages need', async () => {
  const sockets = await Promise.all(
    Array.from({ length: 150 }, async () => {
      const socket = net.connect(portOf(), '127.0.0.1');
      socket.on('error', () => {}).resume();
      await once(socket, 'connect');
      return socket;
    }),
  );
  await vi.waitFor(() => expect(sockets.filter(({ closed }) => closed).length).toBe(50));
  for (const socket of sockets) socket.destroy();
});
