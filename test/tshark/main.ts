/**
 * Holds the decoder against tshark: over the project's fixtures, and over every capture in the files and folders that are given. What the fast path
 * reports of each has to be what the slow one does.
 *
 *     node dist/test/tshark/main.js [--verbose] [--only] [FILE|FOLDER…]
 *
 * `--only`: without the fixtures.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { difference } from '../fast-path/both-paths.ts';
import { acceptedReason } from './accepted.ts';
import { compareWithTshark, type Disagreement } from './compare.ts';

const CAPTURE = /\.(pcap|pcapng|cap)(\.gz)?$/;
const SHOWN_PER_FILE = 12;

async function capturesIn(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && CAPTURE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Captures of real and of hand-made traffic. Those that were damaged at random (`fixtures/fuzz`) prove survival, not agreement. */
function fixtures(): string[] {
  // From dist/test/tshark or test/tshark alike: the fixtures are in the source tree.
  const here = fileURLToPath(new URL('.', import.meta.url));
  const root = here.replace(/(?:\/dist)?\/test\/tshark\/$/, '');
  return ['captures', 'packets', 'runs'].map((folder) => join(root, 'test', 'fixtures', folder));
}

function describe({ field, stream, frame, ours, tshark }: Disagreement): string {
  const where = frame === null ? `stream ${stream}` : `stream ${stream} frame ${frame}`;
  return `    ${where}: ${field}: ours ${JSON.stringify(ours)}, tshark ${JSON.stringify(tshark)}`;
}

async function main(args: readonly string[]): Promise<number> {
  const verbose = args.includes('--verbose');
  const given = args.filter((argument) => !argument.startsWith('--'));
  const files = (await Promise.all([...(args.includes('--only') ? [] : fixtures()), ...given].map(capturesIn))).flat();
  const totals = { frames: 0, streams: 0, requests: 0, responses: 0 };
  const kept = new Map<string, number>();
  let failures = 0;
  for (const file of files) {
    const comparison = await compareWithTshark(file);
    for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += comparison[key];
    const wrong: Disagreement[] = [];
    for (const disagreement of comparison.disagreements) {
      const reason = acceptedReason(disagreement);
      if (reason === null) wrong.push(disagreement);
      else kept.set(reason, (kept.get(reason) ?? 0) + 1);
    }
    const paths = await difference(await readFile(file));
    const differs = wrong.length > 0 || paths !== null;
    if (differs) failures++;
    if (differs || verbose) {
      console.log(
        `${differs ? 'differs' : 'same   '} ${file}: ${comparison.frames} TCP frames, ${comparison.streams} streams, ${comparison.requests} requests`,
      );
    }
    if (paths !== null) console.log(`    the slow path reports ${paths.slow}\n    the fast path reports ${paths.fast}`);
    for (const disagreement of wrong.slice(0, SHOWN_PER_FILE)) console.log(describe(disagreement));
    if (wrong.length > SHOWN_PER_FILE) console.log(`    and ${wrong.length - SHOWN_PER_FILE} more`);
  }
  console.log(
    `${files.length} captures held against tshark: ${totals.frames} TCP frames, ${totals.streams} streams, ${totals.requests} requests, ${totals.responses} responses; ${failures} captures differ`,
  );
  for (const [reason, count] of kept) console.log(`  kept ${count} times: ${reason}`);
  return failures === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
