import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isolatedCommand, isolation } from '../lab/namespace.ts';
import { projectRoot } from '../system/project-root.ts';

/** Exchanges and large bodies (2.5 MB each) of the bench's capture: about a million packets and 780 MB. */
const EXCHANGES = 200_000;
const LARGE_BODIES = 120;
/** Changes when the traffic does, so that an old capture is not taken for it. */
const VERSION = 3;

/**
 * Captures real traffic, once: the file stays in the clone's `results/bench/`, where nobody else can have put another in its place. An MTU of 1,500 and no offloading make packets as on Ethernet.
 * @throws where no network namespace can be had, or tcpdump is missing
 */
export async function benchCapture(say: (line: string) => void): Promise<string> {
  const folder = path.join(projectRoot(), 'results', 'bench');
  const file = path.join(folder, `decode-${VERSION}.pcap`);
  if (await isFile(file)) return file;
  await mkdir(folder, { recursive: true });
  const how = await isolation();
  if (how.kind === 'shared-loopback') throw new Error(`the bench needs a network namespace: ${how.why.reason}; ${how.why.remedy}`);
  say(`capturing ${EXCHANGES} exchanges of real traffic into ${file} (once; it takes about a minute)`);
  const traffic = fileURLToPath(new URL('./traffic.js', import.meta.url));
  const partial = `${file}.part`;
  const script = [
    'set -e',
    'ip link set lo mtu 1500 up',
    'ip link set lo gso_max_segs 1 2>/dev/null || true',
    'mkfifo "$1.said"',
    'tcpdump -i lo -B 1048576 --time-stamp-precision=nano -w "$1" tcp 2>"$1.said" & dump=$!',
    'exec 3<"$1.said"; rm "$1.said"',
    // Traffic begins when the capture does.
    'while read -r line <&3; do case "$line" in *"listening on"*) break;; esac; done',
    '"$2" "$3" "$4" "$5"',
    'sleep 1; kill -INT $dump; cat <&3; wait $dump',
  ].join('\n');
  const { file: program, args } = isolatedCommand(how, 'sh', [
    '-c',
    script,
    'sh',
    partial,
    process.execPath,
    traffic,
    String(EXCHANGES),
    String(LARGE_BODIES),
  ]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the capture failed (exit code ${code}); it needs: apt-get install -y tcpdump iproute2`);
  for (const line of said.trim().split('\n')) say(`  ${line}`);
  await rename(partial, file);
  return file;
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
