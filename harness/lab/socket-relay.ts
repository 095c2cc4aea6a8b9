/** Stands before a server that listens on a unix socket, so that there are packets to capture: bytes and closes are passed on as they come. */
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/** Resolves when something accepts connections on the unix socket. @throws where nothing does within `timeoutMs`, or the signal's reason */
export async function waitForSocket(file: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await acceptsOn(file))) {
    if (performance.now() >= deadline) throw new Error(`nothing listens on the unix socket ${file} after ${timeoutMs / 1000} s`);
    await delay(POLL_MS, undefined, signal ? { signal } : {});
  }
}

/** Whether something accepts connections on the unix socket now. */
export const acceptsOn = (file: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect({ path: file });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Passes connections to `host`:`port` on to the unix socket, until the returned function is called. */
export async function relaySocket(file: string, { host, port }: { host: string; port: number }): Promise<() => void> {
  const open = new Set<net.Socket>();
  const relay = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const server = net.connect({ path: file, allowHalfOpen: true });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(from);
      from.on('data', (chunk) => {
        if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => from.resume());
      from.on('end', () => to.end());
      // A unix socket knows no RST: its end without a FIN is the nearest thing.
      from.on('error', () => (to === client ? to.resetAndDestroy() : to.destroy()));
      from.on('close', () => {
        open.delete(from);
        if (!to.destroyed) to.end();
      });
    }
  });
  relay.listen(port, host);
  await once(relay, 'listening');
  return () => {
    relay.close();
    for (const socket of open) socket.destroy();
  };
}
