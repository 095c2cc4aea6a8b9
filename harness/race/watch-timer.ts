/** How a server closes idle connections: several, begun one after the other, since some timers are coarse. */
import { setTimeout as delay } from 'node:timers/promises';
import { untilDisconnected } from '../lab/listening.ts';
import net from 'node:net';

const CONNECTIONS = 8;
/** Between the beginnings, no multiple of a second: a timer that looks once a second is seen at several phases. */
const APART_MS = 137;

/** Asks once on each of several connections, and waits until the server has closed them or the window ends. */
export async function watchTimer(host: string, port: number, windowMs: number, signal: AbortSignal): Promise<void> {
  const sockets: net.Socket[] = [];
  for (let place = 0; place < CONNECTIONS; place++) {
    const socket = net.connect({ host, port });
    sockets.push(socket);
    // Every second one asks by POST: a server may keep its connection for a GET alone.
    const request =
      place % 2 === 0
        ? `GET /?timer-${place} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`
        : `POST /?timer-${place} HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\naimed\n`;
    socket.on('error', () => {}).write(request);
    socket.resume();
    await delay(APART_MS, undefined, { signal });
  }
  await untilDisconnected({ port, timeoutMs: windowMs, signal });
  for (const socket of sockets) socket.destroy();
}
