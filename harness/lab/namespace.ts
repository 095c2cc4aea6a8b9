/**
 * Isolation: a lane runs in a network namespace of its own, so that its capture holds no other program's packets and every
 * lane can use the same port; and in a PID namespace, so that nothing that it started outlives it.
 *
 * As root by `unshare --net`; as an ordinary user in a user namespace that keeps the user's name and holds the capabilities
 * (util-linux 2.38 or later). Standard streams and the IPC channel (its descriptor is inherited) go through.
 */
import type { Link, Skipped } from '../model.ts';
import { endWithParent, findProgram, runCommand } from '../system/programs.ts';

export type Isolation =
  | { kind: 'network-namespace' /** The command words that come before the isolated command. */; prefix: readonly string[] }
  | { kind: 'shared-loopback'; why: Skipped };

const PID_NAMESPACE = ['--pid', '--fork', '--kill-child=SIGKILL'];
const USER_NAMESPACE = ['--user', '--map-current-user', '--keep-caps'];

/** The ways to isolate, best first. A container that masks parts of its `/proc` allows no new one. */
const WAYS: readonly (readonly string[])[] = [
  ['--net', ...PID_NAMESPACE, '--mount-proc'],
  ['--net', ...PID_NAMESPACE],
  [...USER_NAMESPACE, '--net', ...PID_NAMESPACE, '--mount-proc'],
  [...USER_NAMESPACE, '--net', ...PID_NAMESPACE],
];

/**
 * With this MTU a frame of `lo` has at most 65,534 bytes; `cap` truncates longer ones silently. The default MTU of 65,536 is too large.
 */
export const LOOPBACK_MTU = 65_520;

let probed: Promise<Isolation> | undefined;

/** The best isolation that works here, found by trying; tried once. */
export function isolation(): Promise<Isolation> {
  probed ??= probe();
  return probed;
}

async function probe(): Promise<Isolation> {
  if (process.platform !== 'linux') {
    return shared(`network namespaces are Linux's, this is ${process.platform}`, 'run it on Linux, or in a Linux container');
  }
  const unshare = findProgram('unshare');
  if (!unshare) return shared('unshare is not installed', 'apt-get install -y util-linux');
  const tools = loopbackCommands({});
  if ('skipped' in tools) return { kind: 'shared-loopback', why: tools.skipped };
  let complaint = '';
  for (const way of WAYS) {
    if (way.includes('--user') ? process.getuid?.() === 0 && complaint === '' : process.getuid?.() !== 0) continue;
    const command = endWithParent(unshare, [...way, '--']);
    const prefix = [command.file, ...command.args];
    const outcome = await inNamespace(prefix, tools.commands);
    if (outcome === null) return { kind: 'network-namespace', prefix };
    complaint = outcome;
  }
  return shared(
    `a network namespace can't be made: ${complaint}`,
    process.getuid?.() === 0
      ? 'run the container with --cap-add SYS_ADMIN --cap-add NET_ADMIN, or --privileged'
      : 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 kernel.unprivileged_userns_clone=1 (whichever exists here), or run as root',
  );
}

const shared = (reason: string, remedy: string): Isolation => ({ kind: 'shared-loopback', why: { reason, remedy } });

/** Brings `lo` up in a namespace made by `prefix`. @returns `null` where that worked, else the error message */
async function inNamespace(prefix: readonly string[], commands: readonly (readonly string[])[]): Promise<string | null> {
  const script = commands.map((words) => words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')).join(' && ');
  const [file = '', ...args] = [...prefix, 'sh', '-c', script];
  const { code, stderr } = await runCommand(file, args);
  return code === 0 ? null : stderr.trim().split('\n').at(-1) || `exit code ${code}`;
}

/**
 * The command that runs `file` isolated; on the shared loopback it only ends with its parent. Its standard streams and IPC channel are the
 * caller's; signals don't reach it (it is the first process of its namespace: order it by IPC, or kill the command).
 */
export function isolatedCommand(how: Isolation, file: string, args: readonly string[]): { file: string; args: string[] } {
  if (how.kind === 'shared-loopback') return endWithParent(file, args);
  const [first = '', ...rest] = how.prefix;
  return { file: first, args: [...rest, file, ...args] };
}

/** SIOCGIFFLAGS, SIOCSIFFLAGS and SIOCSIFMTU by perl, which every Debian has, where iproute2 is not installed. */
const PERL_LOOPBACK = `
use Socket; my $mtu = shift; socket(my $s, AF_INET, SOCK_DGRAM, 0) or die "socket: $!\\n";
ioctl($s, 0x8922, pack("a16ix20", "lo", $mtu)) or die "mtu: $!\\n";
my $r = pack("a16x24", "lo"); ioctl($s, 0x8913, $r) or die "flags: $!\\n";
my (undef, $flags) = unpack("a16s", $r);
$r = pack("a16sx22", "lo", $flags | 1); ioctl($s, 0x8914, $r) or die "up: $!\\n";
`;

function loopbackCommands({ mtu = LOOPBACK_MTU }: LoopbackOptions): { commands: string[][] } | { skipped: Skipped } {
  const ip = findProgram('ip');
  if (ip) {
    const oneSegmentEach = mtu < LOOPBACK_MTU ? ['gso_max_segs', '1'] : [];
    return { commands: [[ip, 'link', 'set', 'dev', 'lo', 'mtu', String(mtu), ...oneSegmentEach, 'up']] };
  }
  const perl = findProgram('perl');
  if (perl) return { commands: [[perl, '-e', PERL_LOOPBACK, String(mtu)]] };
  return {
    skipped: {
      reason: 'nothing here can bring a loopback interface up: iproute2 is not installed',
      remedy: 'apt-get install -y --no-install-recommends iproute2',
    },
  };
}

/** How the loopback interface of a lane is set up. */
export interface LoopbackOptions {
  /** Largest IP packet in bytes; default `LOOPBACK_MTU`. 1500 gives segments as on Ethernet. One smaller than the default also keeps the kernel from joining segments (iproute2 only). */
  mtu?: number;
}

/**
 * Brings `lo` up in this process's network namespace. It starts down there.
 * @throws with the remedy where it can't
 */
export async function bringUpLoopback(options: LoopbackOptions = {}): Promise<void> {
  const how = loopbackCommands(options);
  if ('skipped' in how) throw new Error(`${how.skipped.reason}; ${how.skipped.remedy}`);
  for (const [file = '', ...args] of how.commands) {
    const { code, stderr } = await runCommand(file, args);
    if (code !== 0) throw new Error(`lo can't be brought up: ${stderr.trim() || `exit code ${code}`}`);
  }
}

/** Longest time in the queue before packets are dropped. Milliseconds. */
const QUEUE_MS = 400;

/**
 * The traffic control commands (tc(8)) that give `lo` a shape: a delay by netem, and below it, or alone, a rate by the token bucket filter. Everything on `lo`,
 * both ways, goes through one queue.
 */
export function shapeCommands({ rateKbit, delayMs, bufferBytes }: Link): string[][] {
  const commands: string[][] = [];
  if (delayMs !== undefined)
    commands.push(['qdisc', 'replace', 'dev', 'lo', 'root', 'handle', '1:', 'netem', 'delay', `${delayMs}ms`, 'limit', '100000']);
  if (rateKbit !== undefined) {
    const parent = delayMs === undefined ? ['root'] : ['parent', '1:1'];
    // A bucket drops every packet that is larger than itself, and packets on `lo` have up to 64 KiB.
    const burst = bufferBytes ?? Math.max(70_000, Math.ceil((rateKbit * 1000) / 8 / 250));
    const queue = bufferBytes === undefined ? ['latency', `${QUEUE_MS}ms`] : ['limit', String(bufferBytes)];
    const bucket = ['rate', `${rateKbit}kbit`, 'burst', String(burst), ...queue];
    commands.push(['qdisc', 'replace', 'dev', 'lo', ...parent, 'handle', '2:', 'tbf', ...bucket]);
  }
  return commands;
}

const findTc = (): string | Skipped =>
  findProgram('tc') ?? { reason: 'tc is not installed', remedy: 'apt-get install -y --no-install-recommends iproute2' };

/**
 * Slows `lo` down.
 * @throws with the remedy where it can't
 */
export async function shapeLoopback(link: Link): Promise<void> {
  const commands = shapeCommands(link);
  if (commands.length === 0) return;
  const tc = findTc();
  if (typeof tc !== 'string') throw new Error(`${tc.reason}: ${tc.remedy}`);
  for (const args of commands) {
    const { code, stderr } = await runCommand(tc, args);
    if (code === 0) continue;
    throw new Error(`lo can't be slowed down: ${stderr.trim() || `exit code ${code}`}`);
  }
}

/** Why no link of this shape can be had here, tried out in a namespace of its own; `null` where it can. */
export async function whyNoLink(how: Isolation, link: Link): Promise<Skipped | null> {
  if (how.kind === 'shared-loopback') return how.why;
  const tc = findTc();
  if (typeof tc !== 'string') return tc;
  // The second command needs the namespace in which the first one ran; the first one is enough to try.
  const [first] = shapeCommands(link);
  if (!first) return null;
  const { file, args } = isolatedCommand(how, tc, first);
  const { code, stderr } = await runCommand(file, args);
  if (code === 0) return null;
  const remedy = stderr.includes('qdisc kind is unknown')
    ? 'as root, modprobe -a sch_netem sch_tbf, where the kernel has them'
    : 'run as root';
  return { reason: stderr.trim() || `tc ended with ${code}`, remedy };
}
