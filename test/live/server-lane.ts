/**
 * What the live server tests run inside a namespace: `server-lane fetch|fetch-odd|ask ID` starts one server of the registry, as a lane does, puts
 * its questions and answers by one IPC message; an error is its text. `fetch-odd`: in a folder whose name is hard to quote.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Agent, fetch } from 'undici';
import { waitForListening } from '../../harness/lab/listening.ts';
import { bringUpLoopback } from '../../harness/lab/namespace.ts';
import { confinement, letEnter } from '../../harness/lab/privileges.ts';
import { startServer } from '../../harness/lab/server-process.ts';
import { servers } from '../../servers/index.ts';
import { manifest } from '../../servers/site/manifest.ts';
import { stageSite } from '../../servers/site/stage.ts';
import { ask } from '../servers/ask.ts';
import { questions } from '../servers/questions.ts';

const HOST = '127.0.0.1';
const PORT = 8080;
/** Whatever one of the configurations' formats takes for more than itself, and no slash. */
export const ODD_NAME = `odd 'a' "b" $HOME \${HOME} {env.HOME} {$HOME} \\ \\n # ; % %41 %{x} [c] * ? é < & >`;

export interface Fetched {
  path: string;
  status: number;
  sha256: string;
}

/** A connection for each: some of the servers say that they keep it, and close it. */
const oneEach = new Agent({ pipelining: 0 });

async function fetchFile(file: string): Promise<Fetched> {
  const response = await fetch(`http://${HOST}:${PORT}/${file}`, { dispatcher: oneEach, signal: AbortSignal.timeout(10_000) });
  const sha256 = createHash('sha256')
    .update(Buffer.from(await response.arrayBuffer()))
    .digest('hex');
  return { path: `/${file}`, status: response.status, sha256 };
}

async function withServer<T>(id: string, site: string, work: string, use: () => Promise<T>): Promise<T> {
  const how = confinement([site]);
  const definition = servers.find((server) => server.id === id);
  if (!definition) throw new Error(`there is no server "${id}"`);
  const server = await startServer(definition, { host: HOST, port: PORT, site, work }, path.join(work, 'log'), {
    confinement: how,
  });
  try {
    const ended = server.exited.then((how) => {
      throw new Error(`${id}: ${how}: ${server.logTail()}`);
    });
    ended.catch(() => {});
    await Promise.race([waitForListening({ host: HOST, port: PORT, timeoutMs: 15_000 }), ended]);
    return await use();
  } finally {
    await server.stop();
  }
}

async function run(mode: string, ids: string[]): Promise<unknown> {
  await bringUpLoopback();
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-servers-'));
  try {
    const folder = path.join(temporary, mode === 'fetch-odd' ? ODD_NAME : 'plain');
    await mkdir(folder);
    for (const made of [temporary, folder]) letEnter(made);
    const site = path.join(folder, 'site');
    stageSite(site);
    const results: unknown[] = [];
    for (const id of ids) {
      const work = path.join(folder, id);
      await mkdir(work);
      const use = async (): Promise<unknown> => {
        const answers: unknown[] = [];
        if (mode.startsWith('fetch'))
          for (const file of ['', ...manifest.map(({ name }) => name), 'favicon.ico']) answers.push(await fetchFile(file));
        else for (const question of questions) answers.push(await ask(PORT, question));
        return answers;
      };
      results.push(await withServer(id, site, work, use));
    }
    return results;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const [mode = '', ...ids] = process.argv.slice(2);
run(mode, ids).then(
  (result) => process.send?.({ result }),
  (error: Error) => process.send?.({ error: error.stack ?? error.message }),
);
