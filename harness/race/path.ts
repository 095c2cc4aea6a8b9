/** The path between an upstream side and its server: a TUN interface whose packets a small program holds, or the loopback interface, without delay. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bringUpLoopback } from '../lab/namespace.ts';
import { endWithParent, findProgram, runCommand } from '../system/programs.ts';
import { projectRoot } from '../system/project-root.ts';

/** How packets go to the server and back. */
export interface HeldPath {
  /** The address by which programs are reached; they listen on 127.0.0.1. */
  far: string;
  interface: string;
  /** How long a packet is held, each way. Milliseconds. */
  delayMs: number;
  /** Resolves when the path is no longer there, to what its program wrote; it is there as long as this process. */
  gone: Promise<string>;
}

/** Where programs listen. */
export const LISTENING = '127.0.0.1';
const NAME = 'path0';
const NEAR = '10.9.0.1';
const FAR = '10.9.0.2';
const READY_MS = 5_000;

/** Whether a path with delay can be had here, as far as can be seen without trying. */
export const canHold = (): boolean =>
  process.platform === 'linux' && mayOpen('/dev/net/tun') && pythonPath() !== null && findProgram('ip') !== null;

/** Usually everyone may; in some containers root alone. */
function mayOpen(device: string): boolean {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const pythonPath = (): string | null => findProgram('/usr/bin/python3') ?? findProgram('python3');

/**
 * Sets the path up in this process's network namespace. `delayMs` 0, or where no TUN interface can be had: the loopback interface as it is.
 * @param heldPort the server's port: packets of other ports go on at once
 * @throws where a step fails that should work here
 */
export async function openPath(heldPort: number, delayMs: number): Promise<HeldPath> {
  await bringUpLoopback();
  const python = pythonPath();
  const ip = findProgram('ip');
  if (!canHold() || python === null || ip === null) return { far: LISTENING, interface: 'lo', delayMs: 0, gone: new Promise(() => {}) };
  const program = endWithParent(python, [
    join(projectRoot(), 'harness/race/held-path.py'),
    NAME,
    String(heldPort),
    String(delayMs),
    NEAR,
    FAR,
  ]);
  const relay = spawn(program.file, program.args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  relay.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const ended = new Promise<string>((resolve) => {
    relay.once('error', (error) => resolve(error.message));
    relay.once('exit', () => resolve(complaint.trim()));
  });
  const ready = new Promise<null>((resolve) => {
    relay.stdout.once('data', () => resolve(null));
  });
  const why = await Promise.race([ready, ended, delay(READY_MS, 'it did not begin', { ref: false })]);
  if (why !== null) throw new Error(`no path can be made by ${NAME}: ${why}`);
  for (const args of [
    ['addr', 'add', `${NEAR}/30`, 'dev', NAME],
    ['link', 'set', 'dev', NAME, 'up'],
  ]) {
    const { code, stderr } = await runCommand(ip, args);
    if (code !== 0) throw new Error(`${NAME} can't be set up: ${stderr.trim()}`);
  }
  // Packets for 127.0.0.1 are taken from no other interface otherwise (ip-sysctl: route_localnet).
  await writeFile(`/proc/sys/net/ipv4/conf/${NAME}/route_localnet`, '1');
  return { far: FAR, interface: NAME, delayMs, gone: ended };
}
