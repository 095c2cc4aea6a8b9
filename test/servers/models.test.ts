import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitForListening } from '../../harness/lab/listening.ts';
import { startServer } from '../../harness/lab/server-process.ts';
import { projectRoot } from '../../harness/system/project-root.ts';
import { servers } from '../../servers/index.ts';
import { stageSite } from '../../servers/site/stage.ts';
import { type Answer, ask, type View, viewOf } from './ask.ts';
import { questions } from './questions.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirematrix-models-'));
const site = join(folder, 'site');
// A real server that is recorded may be started by root, and run as somebody else.
chmodSync(folder, 0o755);
beforeAll(() => stageSite(site));
afterAll(() => rmSync(folder, { recursive: true }));

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Starts a model and asks it every question. */
async function answersOf(id: string): Promise<Answer[]> {
  const definition = servers.find((server) => server.id === id)!;
  const work = join(folder, id);
  mkdirSync(work);
  const port = await freePort();
  const server = await startServer(definition, { host: '127.0.0.1', port, site, work }, join(work, 'log'));
  try {
    await waitForListening({ host: '127.0.0.1', port, timeoutMs: 15_000 });
    const answers: Answer[] = [];
    for (const question of questions) answers.push(await ask(port, question));
    return answers;
  } finally {
    await server.stop();
  }
}

/** UPDATE_GOLDEN=1 records the real servers, which must be installed. */
describe('models answer as the real servers did when they were recorded', () => {
  const models = servers.filter(({ modelOf }) => modelOf !== undefined);
  test.for(models.map(({ id, modelOf }) => ({ id, modelOf })))('$id', { timeout: 120_000 }, async ({ id, modelOf }) => {
    const file = join(projectRoot(), 'test', 'golden', 'servers', `${modelOf}.json`);
    const viewsOf = async (server: string): Promise<View[]> =>
      (await answersOf(server)).map((answer) => viewOf(answer, { ownPages: modelOf === 'django' }));
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, `${JSON.stringify(await viewsOf(modelOf!), null, 1)}\n`);
    const recorded = JSON.parse(readFileSync(file, 'utf8')) as View[];
    expect(recorded.map((view) => view.id)).toEqual(questions.map((question) => question.id));
    const views = await viewsOf(id);
    for (const [i, view] of recorded.entries()) expect(views[i], view.id).toEqual(view);
  });
});

describe('the model of IIS', () => {
  let views: Map<string, View>;
  beforeAll(async () => {
    views = new Map((await answersOf('iis')).map((answer) => [answer.id, viewOf(answer)]));
  }, 120_000);
  const head = (id: string): string => views.get(id)!.heads[0]!;

  test('writes the fields in the order of HTTP_HEADER_ID, and sends none about the connection', () => {
    expect(head('GET /style.css')).toBe(
      [
        'HTTP/1.1 200 OK',
        'Content-Type: text/css',
        'Last-Modified: Mon, 04 Mar 2024 09:00:00 GMT',
        'Accept-Ranges: bytes',
        // 0x01da6e125677a800 × 100 ns since 1601, byte by byte from the lowest.
        'ETag: "0a87756126eda1:0"',
        'Server: Microsoft-IIS/10.0',
        'X-Powered-By: ASP.NET',
        'Date: …',
        'Content-Length: 2282',
      ].join('\n'),
    );
  });

  test.for([
    ['since the same', 304],
    ['since a later date', 304],
    ['since an earlier date', 200],
    ['none match star', 304],
    ['none match another, since the same', 200],
    ['match another', 412],
    ['bytes=0-9', 206],
    ['bytes=99999999-', 416],
    ['bytes=abc', 200],
    ['no Host', 400],
    ['garbage', 400],
    ['PUT', 405],
    ['GET /nope', 404],
  ] as const)('%s: %i', ([id, status]) => {
    expect(head(id)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test('a request that HTTP.sys refuses gets its own Server name, and the connection is closed', () => {
    const { heads, end } = views.get('no Host')!;
    expect(heads).toHaveLength(1);
    expect(heads[0]).toContain('Server: Microsoft-HTTPAPI/2.0');
    expect(heads[0]).toContain('Connection: close');
    expect(['FIN', 'RST']).toContain(end);
  });
});
