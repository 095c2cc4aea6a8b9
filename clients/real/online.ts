/**
 * A browser in a network namespace that has `lo` and nothing else believes itself offline, and then acts otherwise than a
 * user's does. A pair of virtual interfaces with a default route that leads nowhere cures that: no packet leaves the
 * namespace, and none of what goes there is on `lo`.
 */
import { readFile } from 'node:fs/promises';
import { findProgram, runCommand } from '../../harness/system/programs.ts';

/** TEST-NET-1 (RFC 5737): addresses that belong to nobody. */
const OWN_ADDRESS = '192.0.2.2/24';
const NOWHERE = '192.0.2.1';

/**
 * No IPv6 address (`addrgenmode none`): it would appear a second or two later, and Chromium takes a new address for a change
 * of network, on which it drops its connections and starts anew.
 */
const COMMANDS: readonly (readonly string[])[] = [
  ['link', 'add', 'wirematrix0', 'type', 'veth', 'peer', 'name', 'wirematrix1'],
  ['link', 'set', 'wirematrix0', 'addrgenmode', 'none'],
  ['link', 'set', 'wirematrix1', 'addrgenmode', 'none'],
  ['link', 'set', 'wirematrix1', 'up'],
  ['addr', 'add', OWN_ADDRESS, 'dev', 'wirematrix0'],
  ['link', 'set', 'wirematrix0', 'up'],
  ['route', 'add', 'default', 'via', NOWHERE],
];

/** Names of the interfaces of a `/proc/net/dev`. */
export const interfacesOf = (table: string): string[] => [...table.matchAll(/^\s*([^\s:]+):/gm)].map(([, name = '']) => name);

/**
 * Gives a network namespace of the cell's own a way out that leads nowhere. Does nothing where it has another interface than
 * `lo` already.
 * @throws with the remedy where it can't be done
 */
export async function seemOnline(): Promise<void> {
  const table = await readFile('/proc/self/net/dev', 'utf8').catch(() => null);
  if (table === null || interfacesOf(table).some((name) => name !== 'lo')) return;
  const ip = findProgram('ip');
  if (!ip) throw new Error('a browser in a network namespace needs a route: apt-get install -y --no-install-recommends iproute2');
  for (const args of COMMANDS) {
    const { code, stderr } = await runCommand(ip, args);
    if (code !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
  }
}
