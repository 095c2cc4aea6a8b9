/**
 * Detects that all requests are answered, from the kernel's socket statistics (ss(8), which sends no packets). It works the same for every
 * browser and covers requests that no page event reports, such as that of the favicon.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram, runCommand } from '../../harness/system/programs.ts';
import { QUIET_LIMIT_MS } from './time-limits.ts';

/** A page that has more to request does so within this time after the last byte. */
const QUIET_MS = 750;
const POLL_MS = 75;

/** Activity of one client socket, by ss(8): milliseconds since data was last sent and last received; `null` where there was none. */
export interface SocketActivity {
  sentMs: number | null;
  receivedMs: number | null;
}

/** Reads the output of `ss -tinH`, two lines a socket. */
export function parseActivity(output: string): SocketActivity[] {
  const sockets: SocketActivity[] = [];
  for (const entry of output.split(/\n(?=\S)/)) {
    if (entry.trim() === '') continue;
    const number = (name: string): number | null => {
      const found = new RegExp(`\\b${name}:(\\d+)`).exec(entry);
      return found ? Number(found[1]) : null;
    };
    // Where no bytes were sent or received, ss counts these times from the handshake: a preconnected socket is no activity.
    sockets.push({
      sentMs: number('bytes_sent') ? number('lastsnd') : null,
      receivedMs: number('bytes_received') ? number('lastrcv') : null,
    });
  }
  return sockets;
}

/** True where every request on the socket is answered and the last byte is `quietMs` old. */
export const isQuiet = ({ sentMs, receivedMs }: SocketActivity, quietMs: number): boolean =>
  sentMs === null || (receivedMs !== null && receivedMs <= sentMs && receivedMs >= quietMs);

/** The port of the server whose connections are watched; how long they must be quiet, and how long at most to wait, in milliseconds. */
export interface QuietOptions {
  port: number;
  signal: AbortSignal;
  quietMs?: number;
  limitMs?: number;
}

/**
 * Resolves when no connection to `port` waits for a response or has carried data for `quietMs`, or after `limitMs`.
 * @throws the reason of `signal`; with the remedy where ss is not installed
 */
export async function untilQuiet({ port, signal, quietMs = QUIET_MS, limitMs = QUIET_LIMIT_MS }: QuietOptions): Promise<void> {
  const ss = findProgram('ss');
  if (!ss) throw new Error('ss is not installed: apt-get install -y --no-install-recommends iproute2');
  const started = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const { code, stdout, stderr } = await runCommand(ss, ['-tinH', 'state', 'connected', `dport = :${port}`]);
    if (code !== 0) throw new Error(`ss failed: ${stderr.trim()}`);
    const waited = performance.now() - started;
    if ((waited >= quietMs && parseActivity(stdout).every((socket) => isQuiet(socket, quietMs))) || waited >= limitMs) return;
    await delay(POLL_MS, undefined, { signal });
  }
}
