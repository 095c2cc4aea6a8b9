/** How a server closes idle connections: several, begun one after the other, since some timers are coarse. */
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { CellRecorder } from '../lab/cell-recorder.ts';
import { untilDisconnected } from '../lab/listening.ts';
import { openAsker } from './ask.ts';

const CONNECTIONS = 8;
/** Between the beginnings, no multiple of a second: a timer that looks once a second is seen at several phases. */
const APART_MS = 137;
const ANSWER_MS = 5_000;
/** Above the limits of nginx (1,000) and Apache (100); no longer than this. */
const MANY = 1_100;
const MANY_MS = 10_000;
/** Between them, so that the capture keeps up. */
const MANY_APART_MS = 1;
/**
 * Between two requests of the connections that never rest: shorter than idle timers are, and at two paces, so that a number of requests is not taken for an age. Each begins later
 * than the one before, so that a moment is not taken for one either.
 */
const PACES_MS = [110, 270, 110, 270];
const BEGIN_APART_MS = 900;
/** Connections that one place opens at the most: a server may end each with its response. */
const OPENED_MOST = 20;
/** Connections that are idle when the server is asked to stop, and how long they are watched. */
const STOPPED = 4;
const STOP_MS = 2_000;

/** Asks many times on one connection, or on the next where it is closed: what closes it is the number of requests. */
export async function askMany(host: string, port: number, targetOf: (count: number) => string, signal: AbortSignal): Promise<void> {
  const asker = openAsker(host, port, signal);
  const until = performance.now() + MANY_MS;
  try {
    for (let count = 0; count < MANY && performance.now() < until; count++) {
      await asker.ask('GET', targetOf(count));
      await delay(MANY_APART_MS, undefined, { signal });
    }
  } finally {
    asker.close();
  }
}

/** Asks again and again on several connections, each at its pace, or on the next where one is closed: what closes them may be their age. */
export async function askBusy(
  host: string,
  port: number,
  windowMs: number,
  targetOf: (place: number, count: number) => string,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + windowMs;
  await Promise.all(
    PACES_MS.map(async (paceMs, place) => {
      const asker = openAsker(host, port, signal);
      try {
        await delay(place * BEGIN_APART_MS, undefined, { signal });
        for (let count = 0; performance.now() < until && asker.opened() < OPENED_MOST; count++) {
          await asker.ask('GET', targetOf(place, count));
          await delay(paceMs, undefined, { signal });
        }
      } finally {
        asker.close();
      }
    }),
  );
}

/** Asks the server to stop while connections are idle. */
export async function watchStop(host: string, port: number, stop: () => void, recorder: CellRecorder, signal: AbortSignal): Promise<void> {
  const askers = Array.from({ length: STOPPED }, () => openAsker(host, port, signal));
  try {
    await Promise.all(askers.map((asker, place) => asker.ask('GET', `/?stop-${place}`)));
    await recorder.mark('stop');
    stop();
    await untilDisconnected({ port, timeoutMs: STOP_MS, signal });
    // What is closed from here on, is closed because its client goes.
    await recorder.mark('end');
  } finally {
    for (const asker of askers) asker.close();
  }
}

/** Asks `requests` times on each of several connections, and waits until the server has closed them or the window ends. */
export async function watchTimer(host: string, port: number, requests: number, windowMs: number, signal: AbortSignal): Promise<void> {
  const sockets: net.Socket[] = [];
  try {
    for (let place = 0; place < CONNECTIONS; place++) {
      const socket = net.connect({ host, port });
      sockets.push(socket);
      socket.on('error', () => {});
      for (let count = 0; count < requests; count++) {
        const target = `/?timer-${place}-${count}`;
        // Every second one asks by POST: a server may keep its connection for a GET alone.
        const request =
          place % 2 === 0
            ? `GET ${target} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`
            : `POST ${target} HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\naimed\n`;
        socket.write(request);
        // The next one goes when this one is answered.
        await Promise.race([once(socket, 'data'), once(socket, 'close'), delay(ANSWER_MS, undefined, { signal })]);
      }
      socket.resume();
      await delay(APART_MS, undefined, { signal });
    }
    await untilDisconnected({ port, timeoutMs: windowMs, signal });
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}
