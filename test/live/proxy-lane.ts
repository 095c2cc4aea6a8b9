/**
 * What the live test of joined proxy sides runs inside a namespace: `proxy-lane FILE` captures nginx as a reverse proxy before a Node server, and the requests of a client, into FILE.
 * Answers with the status that each request got and how many packets were lost, by one IPC message; an error is its text.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createPcapngWriter } from '../../harness/capture-file/pcapng-writer.ts';
import { LOOPBACK } from '../../harness/lab/capture/filter.ts';
import { backendById } from '../../harness/lab/capture/select.ts';
import { waitForListening } from '../../harness/lab/listening.ts';
import { bringUpLoopback } from '../../harness/lab/namespace.ts';
import { collect } from './collect.ts';

const HOST = '127.0.0.1';
const PROXY = 8080;
const UPSTREAM = 9001;
const NOBODY = 9002;

export interface Proxied {
  /** The status that each target was answered with. */
  answered: Record<string, number>;
  dropped: number | null;
}

export const ASKED = ['/ok?1', '/ok?2', '/named/ok', '/reset', '/closed', '/late', '/refused'] as const;

const configuration = (work: string): string => `
daemon off;
master_process off;
pid ${work}/pid;
error_log ${work}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${work}/body; proxy_temp_path ${work}/proxy; fastcgi_temp_path ${work}/fastcgi; uwsgi_temp_path ${work}/uwsgi; scgi_temp_path ${work}/scgi;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_read_timeout 1s;
  upstream node { server ${HOST}:${UPSTREAM}; keepalive 4; }
  server {
    listen ${HOST}:${PROXY};
    location / { proxy_pass http://node; }
    location /named/ { proxy_pass http://node; proxy_set_header Connection ""; proxy_set_header X-Forwarded-For $remote_addr; }
    location /refused { proxy_pass http://${HOST}:${NOBODY}; }
  }
}
`;

/** Answers, or does not. */
function upstream(): http.Server {
  return http.createServer((request, response) => {
    const socket = response.socket as net.Socket;
    if (request.url === '/reset') socket.resetAndDestroy();
    else if (request.url === '/closed') socket.end();
    else if (request.url !== '/late') response.end('hello');
  });
}

async function capture(file: string, work: string): Promise<Proxied> {
  const server = upstream().listen(UPSTREAM, HOST);
  await once(server, 'listening');
  const conf = path.join(work, 'nginx.conf');
  await writeFile(conf, configuration(work));
  const nginx = spawn('nginx', ['-p', work, '-e', path.join(work, 'error.log'), '-c', conf], { stdio: 'ignore' });
  try {
    await waitForListening({ host: HOST, port: PROXY, timeoutMs: 15_000 });
    const recording = await backendById('tcpdump').start({ interface: LOOPBACK, condition: 'tcp' });
    const collected = collect(recording);
    const answered: Record<string, number> = {};
    for (const target of ASKED) {
      const response = await fetch(`http://${HOST}:${PROXY}${target}`, { signal: AbortSignal.timeout(10_000) });
      await response.arrayBuffer();
      answered[target] = response.status;
    }
    const totals = await recording.stop();
    const writer = await createPcapngWriter(file, { linkType: recording.linkType, interfaceName: LOOPBACK });
    for (const packet of await collected) await writer.write(packet);
    await writer.end({ endEpochNs: recording.now(), ...totals });
    return { answered, dropped: totals.dropped };
  } finally {
    nginx.kill('SIGTERM');
    server.closeAllConnections();
    server.close();
  }
}

await bringUpLoopback();
const work = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-proxy-'));
const message = await capture(process.argv[2]!, work).then(
  (result) => ({ result }),
  (error: Error) => ({ error: error.stack }),
);
// Whoever started this ends it once it has the message.
await rm(work, { recursive: true, force: true });
process.send!(message);
