/**
 * Whether everything that was asked is answered, told from the kernel's socket statistics (ss(8), no packets): the one measure
 * that is the same for every browser, and that sees what no page event tells of, such as a favicon.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram, runCommand } from '../../harness/system/programs.ts';
import { QUIET_LIMIT_MS } from './time-limits.ts';

/** A page that still has something to ask does so within this time of the last byte. */
const QUIET_MS = 750;
const POLL_MS = 75;

/** What ss(8) says of one client socket. Milliseconds since the last data went out and came in; `null` where none ever did. */
export interface SocketActivity {
  sentMs: number | null;
  receivedMs: number | null;
}

/** The sockets of `ss -tinH`: two lines each. */
export function parseActivity(output: string): SocketActivity[] {
  const sockets: SocketActivity[] = [];
  for (const entry of output.split(/\n(?=\S)/)) {
    if (entry.trim() === '') continue;
    const number = (name: string): number | null => {
      const found = new RegExp(`\\b${name}:(\\d+)`).exec(entry);
      return found ? Number(found[1]) : null;
    };
    // Without bytes the times count from the handshake: a preconnected socket is no traffic.
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

export interface QuietOptions {
  port: number;
  signal: AbortSignal;
  quietMs?: number;
  limitMs?: number;
}

/**
 * Resolves when no connection to `port` has carried data for a while and none waits for an answer, or after `limitMs`.
 * @throws the signal's reason, or with the remedy where ss is not installed
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
