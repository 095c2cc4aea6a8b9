/**
 * In a network namespace with no interface but `lo`, a browser believes that it is offline and behaves differently. A pair of virtual
 * interfaces (veth) with a default route to an unused address prevents that. No packet leaves the namespace, and none that takes this route
 * is seen on `lo`.
 */
import { readFile } from 'node:fs/promises';
import { findProgram, runCommand } from '../../harness/system/programs.ts';

/** TEST-NET-1 (RFC 5737): addresses reserved for documentation. */
const OWN_ADDRESS = '192.0.2.2/24';
const NOWHERE = '192.0.2.1';

/**
 * Arguments of ip(8), in order. `addrgenmode none`: an IPv6 address would appear a second or two later, and Chromium takes a new address
 * for a change of network, on which it drops its connections.
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

/** Names of the interfaces in the text of `/proc/net/dev`. */
export const interfacesOf = (table: string): string[] => [...table.matchAll(/^\s*([^\s:]+):/gm)].map(([, name = '']) => name);

/**
 * Adds a default route that leads nowhere to the cell's own network namespace. Does nothing where there is already an interface besides
 * `lo`.
 * @throws with the remedy where ip(8) is not installed; its message where it fails
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
