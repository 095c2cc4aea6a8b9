/** Runs a proxy and the server behind it: `node dist/servers/launch-chain.js 'nginx-proxy>express'`, with HOST, PORT, SITE and WORK. Ends when either does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BEHIND, endsOfChain } from './chain.ts';
import type { Command } from './server.ts';
import { upstreamEnvironment } from './upstream-side.ts';

const POLL_MS = 50;

const value = (name: string): string => process.env[name] ?? '';
const ends = endsOfChain(process.argv[2] ?? '');
if (ends === null) throw new Error(`there is no chain "${process.argv[2]}"`);
const [host, port, site, work] = [value('HOST'), Number(value('PORT')), value('SITE'), value('WORK')];
const asRoot = value('AS_ROOT') === '1';
const children: ChildProcess[] = [];

function start({ file, args, cwd, env }: Command, folder: string, more: Record<string, string>, signal: NodeJS.Signals): ChildProcess {
  const child = spawn(file, args, {
    cwd: cwd ?? folder,
    env: { ...process.env, ...env, ...more },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  children.push(child);
  const endAll = (code: number): void => {
    process.exitCode = code;
    for (const other of children) other.kill('SIGTERM');
  };
  child.once('error', () => endAll(1));
  child.once('exit', (code) => endAll(code ?? 0));
  process.on('SIGTERM', () => child.kill(signal));
  return child;
}

const folderOf = (name: string): string => {
  const folder = join(work, name);
  mkdirSync(folder, { recursive: true });
  return folder;
};

/** Asked before the capture begins, so that it is in none. */
async function listens(): Promise<void> {
  for (;;) {
    const found = await new Promise<boolean>((resolve) => {
      const socket = connect({ host, port: port + BEHIND }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (found) return;
    await delay(POLL_MS);
  }
}

const { proxy, server } = ends;
const behind = { host, port: port + BEHIND, site, work: folderOf('server'), asRoot };
start(await server.start(behind), behind.work, { PORT: String(behind.port), WORK: behind.work }, server.stopSignal ?? 'SIGTERM');
await listens();
const front = { host, port, work: folderOf('proxy'), asRoot, upstream: { host, port: behind.port } };
start(await proxy.start(front), front.work, upstreamEnvironment(front), proxy.stopSignal ?? 'SIGTERM');
