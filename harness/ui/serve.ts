/** Serves the report of a run on loopback while the run goes on. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Language } from '../model.ts';
import { liveDocument } from '../report/html/live-page.ts';
import { unableHere } from '../system/coded-error.ts';
import { reasonOf } from '../system/reason.ts';
import { ADDRESS, accessOf, pageUrl, SECURITY_FIELDS } from './access.ts';
import { ShownRun } from './shown-run.ts';

/** Changes within this time are told together. Milliseconds. */
const TOGETHER_MS = 100;

/** A page has six at one time: whoever holds more open takes no file descriptors from the run. */
const CONNECTIONS_MOST = 100;

export interface ServedRun {
  /** Of the page; whoever has it may read the run and have cells run again. */
  url: string;
  run: ShownRun;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. @param language of the page at first @throws CodedError (unable-here) where it can't; as `liveDocument` does */
export async function serveRun(language: Language = 'en'): Promise<ServedRun> {
  const token = randomBytes(24).toString('base64url');
  const page = liveDocument();
  const readers = new Set<ServerResponse>();
  let timer: NodeJS.Timeout | undefined;
  let told = '';
  const tell = (): void => {
    timer = undefined;
    const text = JSON.stringify(run.progress());
    if (text !== told) for (const reader of readers) reader.write(`data: ${text}\n\n`);
    told = text;
    const news = run.untilNews();
    if (news > 0) timer = setTimeout(tell, news);
  };
  const run = new ShownRun(() => {
    clearTimeout(timer);
    timer = setTimeout(tell, TOGETHER_MS);
  }, language);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url: target = '', headers } = request;
    const access = accessOf({ method, target, headers }, { port, token });
    if (access.status !== 200) return send(response, access.status, `${access.why}\n`);
    const { path } = access;
    const [kind, ...rest] = path.split('/');
    if (method === 'POST') return send(response, run.ask(rest.join('/')) ? 202 : 409, '');
    if (path === '') return send(response, 200, page, 'text/html; charset=utf-8');
    if (path === 'events') return follow(response);
    const content = kind === 'data' ? await run.block(rest.join('/')) : kind === 'captures' ? await run.capture(path) : null;
    if (content === null) return send(response, 404, 'there is no such part of the page\n');
    send(response, 200, content, kind === 'data' ? 'application/json' : 'application/x-pcapng');
  };

  const follow = (response: ServerResponse): void => {
    response.writeHead(200, { ...SECURITY_FIELDS, 'Content-Type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(run.progress())}\n\n`);
    readers.add(response);
    response.on('close', () => readers.delete(response));
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => send(response, 500, `${reasonOf(error)}\n`));
  });
  await new Promise<void>((resolve, reject) => {
    // Later ones are of single connections: the run goes on.
    server.on('error', (error) => reject(unableHere(`the report can't be served on ${ADDRESS}: ${reasonOf(error)}`)));
    server.listen(0, ADDRESS, resolve);
  });
  server.maxConnections = CONNECTIONS_MOST;
  const { port } = server.address() as AddressInfo;
  return {
    url: pageUrl(port, token),
    run,
    close: () =>
      new Promise((resolve) => {
        clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, content: string | Uint8Array, type = 'text/plain; charset=utf-8'): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { ...SECURITY_FIELDS, 'Content-Type': type });
  response.end(content);
}
