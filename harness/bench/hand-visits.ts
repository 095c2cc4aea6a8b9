/** The visits of the bench as a script makes them by hand: server, tshark and browser are started, the page is shown, tshark reads its file. */
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ServerDefinition } from '../../servers/server.ts';
import { stageSite } from '../../servers/site/stage.ts';
import { isolatedCommand, isolation } from '../lab/namespace.ts';
import type { Ready } from '../lab/plan.ts';
import { findProgram } from '../system/programs.ts';

const PORT = 8080;
/** As someone waits who looks whether it has started. */
const SCRIPT = `
set -e
work=$1; window=$2; browser=$3; shift 3
ip link set lo up
"$@" >/dev/null 2>&1 & server=$!
tshark -q -i lo -w "$work/visit.pcapng" >/dev/null 2>"$work/said" & dump=$!
until grep -q "Capturing on" "$work/said"; do sleep 0.1; done
until (exec 3<>/dev/tcp/127.0.0.1/${PORT}) 2>/dev/null; do sleep 0.1; done
"$browser" --headless --no-sandbox --disable-gpu --no-first-run --user-data-dir="$work/profile" http://127.0.0.1:${PORT}/ >/dev/null 2>&1 & visitor=$!
sleep "$window"
kill $visitor; wait $visitor 2>/dev/null || true
kill -INT $dump; wait $dump 2>/dev/null || true
kill $server; wait $server 2>/dev/null || true
tshark -n -r "$work/visit.pcapng" -Y http -T fields -e frame.number -e tcp.stream -e http.request.line -e http.response.line >"$work/http.txt" 2>/dev/null
test -s "$work/http.txt"
`;

/** Makes one visit to each server, one after the other. @returns why it can't be done, or what it took in milliseconds */
export async function handVisits(
  servers: readonly Ready<ServerDefinition>[],
  window: number,
  folder: string,
): Promise<{ wallMs: number } | string> {
  if (!findProgram('tshark')) return 'tshark is not installed; to have it: apt-get install -y tshark';
  const browser = findProgram('chromium');
  if (!browser) return 'chromium is not installed; to have it: apt-get install -y chromium';
  const how = await isolation();
  if (how.kind === 'shared-loopback') return `${how.why.reason}; ${how.why.remedy}`;
  const site = path.join(folder, 'site');
  stageSite(site);
  const began = performance.now();
  for (const { definition } of servers) {
    const work = path.join(folder, `hand-${definition.id}`);
    await mkdir(work, { recursive: true });
    const context = { host: '127.0.0.1', port: PORT, site, work, asRoot: process.getuid?.() === 0 };
    const { file, args, env, cwd } = await definition.start(context);
    const own = { HOST: context.host, PORT: String(PORT), SITE: site, WORK: work };
    const command = isolatedCommand(how, 'bash', ['-c', SCRIPT, 'bash', work, String(window), browser, file, ...args]);
    const child = spawn(command.file, command.args, {
      stdio: 'ignore',
      cwd: cwd ?? work,
      env: { ...process.env, ...env, ...own },
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) return `the visit to ${definition.id} by hand failed (exit code ${code})`;
  }
  return { wallMs: performance.now() - began };
}
