/** Many captures: which they are, and what they show together. */
import { opendir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { SEVERITIES, type Severity } from '../findings/finding.ts';
import { escapeJson, escapeTerminal } from '../report/escape.ts';
import { grouped } from '../report/phrases/phrases.ts';
import { wrapProse } from '../report/width.ts';
import { badArgument } from '../system/coded-error.ts';
import { reasonOf } from '../system/reason.ts';
import { terminalOf } from '../system/terminal.ts';
import { TextOutput } from '../system/text-output.ts';
import type { CaptureSummary, FindingSummary } from './analysis-summary.ts';

/** Names of captures, those that tcpdump -C and -W number too. */
const CAPTURE_NAME = /\.(?:pcapng|pcap|cap|dmp|ntar)\d*(?:\.gz)?$/i;

/**
 * The captures that are meant, each file as it is named and each folder with all below it, in the order of their names. Links are not followed.
 * @throws CodedError (bad-argument) where a folder can't be read or holds none, or standard input is among them
 */
export async function* capturesOf(places: readonly string[]): AsyncGenerator<string> {
  for (const place of places) {
    if (place === '-') throw badArgument('standard input is one capture: name it alone');
    if (!((await stat(place).catch(() => null))?.isDirectory() ?? false)) {
      yield place;
      continue;
    }
    let isEmpty = true;
    for await (const file of below(place)) {
      isEmpty = false;
      yield file;
    }
    if (isEmpty) throw badArgument(`${place} holds no capture: files are known by their names (.pcap, .pcapng, .cap, and .gz of these)`);
  }
}

async function* below(folder: string): AsyncGenerator<string> {
  const entries: { name: string; isFolder: boolean }[] = [];
  try {
    for await (const entry of await opendir(folder))
      if (entry.isDirectory() || (entry.isFile() && CAPTURE_NAME.test(entry.name)))
        entries.push({ name: entry.name, isFolder: entry.isDirectory() });
  } catch (error) {
    throw badArgument(`can't read the folder ${folder}: ${reasonOf(error)}`);
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, isFolder } of entries) {
    const inner = path.join(folder, name);
    if (isFolder) yield* below(inner);
    else yield inner;
  }
}

/** One of many captures. */
export interface AnalyzedCapture {
  file: string;
  /** Size of the file. */
  bytes: number;
  /** `null` where it could not be read at all. */
  summary: CaptureSummary | null;
  /** Why it can't be read, or not to its end; `null` where it is whole. */
  trouble: string | null;
}

/** One kind of finding in many captures. */
export interface FindingOfMany {
  id: string;
  severity: Severity;
  title: string;
  /** Captures, and servers of captures, that show it. */
  captures: number;
  servers: number;
  examples: { file: string; server: string; seen: string; stream: number | null; frames: number[] }[];
}

/** What all captures add up to. */
export interface Totals {
  captures: number;
  /** Of these, the ones that could not be read, or not to their end. */
  troubled: number;
  bytes: number;
  frames: number;
  connections: number;
  exchanges: number;
  statuses: Record<string, number>;
}

/** Captures that are named for each kind of finding. */
const EXAMPLES = 3;

/** Writes what many captures show, a line each as they come, and at the end what they add up to. */
export class ManyCaptures {
  readonly totals: Totals = { captures: 0, troubled: 0, bytes: 0, frames: 0, connections: 0, exchanges: 0, statuses: {} };
  readonly #findings = new Map<string, FindingOfMany>();
  readonly #out: TextOutput;
  readonly #json: boolean;
  /** Of what comes after the lines of the captures. */
  readonly #columns: number;
  /** Somebody reads each line as it comes. */
  readonly #isRead: boolean;

  constructor(out: Writable & { isTTY?: boolean; columns?: number }, { json = false }: { json?: boolean | undefined } = {}) {
    this.#columns = terminalOf(out).columns;
    this.#out = new TextOutput(out);
    this.#json = json;
    this.#isRead = out.isTTY === true;
    if (json) this.#out.write('{"captures":[');
  }

  add(capture: AnalyzedCapture): void {
    const { summary, bytes, trouble, file } = capture;
    const { totals } = this;
    if (this.#json) this.#out.write(`${totals.captures === 0 ? '\n' : ',\n'}${escapeJson(JSON.stringify(capture))}`);
    else this.#out.write(`${captureLine(capture)}\n`);
    if (this.#isRead) this.#out.flush();
    totals.captures++;
    totals.bytes += bytes;
    if (trouble !== null) totals.troubled++;
    if (summary === null) return;
    totals.frames += summary.frames;
    totals.connections += summary.connections;
    totals.exchanges += summary.exchanges;
    for (const [kind, count] of Object.entries(summary.statuses)) totals.statuses[kind] = (totals.statuses[kind] ?? 0) + count;
    for (const finding of summary.findings) this.#note(file, finding);
  }

  async end(): Promise<void> {
    const findings = this.#worstFirst();
    if (this.#json) {
      this.#out.write(`\n],"totals":${JSON.stringify(this.totals)},\n"findings":${escapeJson(JSON.stringify(findings))}}\n`);
    } else for (const line of this.#endLines(findings)) for (const part of folded(line, this.#columns)) this.#out.write(`${part}\n`);
    await this.#out.end();
  }

  #note(file: string, { id, severity, title, servers, server, seen, stream, frames }: FindingSummary): void {
    const known = this.#findings.get(id) ?? { id, severity, title, captures: 0, servers: 0, examples: [] };
    this.#findings.set(id, known);
    known.captures++;
    known.servers += servers;
    if (known.examples.length < EXAMPLES) known.examples.push({ file, server, seen, stream, frames });
  }

  #worstFirst(): FindingOfMany[] {
    return [...this.#findings.values()].sort(
      (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.captures - a.captures || (a.id < b.id ? -1 : 1),
    );
  }

  #endLines(findings: readonly FindingOfMany[]): string[] {
    const { captures, troubled, bytes, frames, connections, exchanges, statuses } = this.totals;
    const kinds = Object.entries(statuses)
      .sort()
      .map(([kind, count]) => `${WITHOUT_STATUS[kind] ?? kind} × ${grouped(count)}`);
    return [
      '',
      `${counted(captures, 'capture')} (${grouped(bytes)} B), ${counted(frames, 'frame')}, ${counted(connections, 'connection')}, ${counted(exchanges, 'exchange')}${kinds.length > 0 ? `: ${kinds.join(', ')}` : ''}`,
      ...(troubled > 0 ? [`${grouped(troubled)} of them could not be read, or not to the end`] : []),
      ...(findings.length === 0 ? ['Nothing is worth a look.'] : ['', 'Worth a look, the worst first']),
      ...findings.flatMap(({ id, severity, title, captures: shown, examples }) => [
        `  ${severity} ${id}: ${escapeTerminal(title)}; in ${counted(shown, 'capture')}`,
        ...examples.map(({ file, server, seen, frames: where }) => {
          const place =
            where.length > 0
              ? ` (frame${where.length === 1 ? '' : 's'} ${where.slice(0, 4).join(', ')}${where.length > 4 ? ', …' : ''})`
              : '';
          return `      ${escapeTerminal(`${file}${server === '' ? '' : `, ${server}`}: ${seen}${place}`)}`;
        }),
      ]),
    ];
  }
}

/** A line of the end, wrapped: what follows is indented further. */
function folded(line: string, columns: number): string[] {
  const indent = line.length - line.trimStart().length;
  return wrapProse(line, Math.max(40, columns) - indent - 2).map((part, at) => ' '.repeat(at === 0 ? indent : indent + 2) + part);
}

const WITHOUT_STATUS: Readonly<Record<string, string>> = { none: 'no response', missing: 'response not in the capture' };

function captureLine({ file, summary, trouble }: AnalyzedCapture): string {
  const parts: string[] = [];
  if (summary !== null) {
    const { connections, exchanges, durationS, findings } = summary;
    parts.push(`${counted(connections, 'connection')}, ${counted(exchanges, 'exchange')}, ${durationS} s`);
    const found = SEVERITIES.flatMap((severity) => {
      const count = findings.filter((one) => one.severity === severity).length;
      return count === 0 ? [] : [counted(count, severity, PLURALS[severity])];
    });
    if (found.length > 0) parts.push(found.join(', '));
  }
  if (trouble !== null) parts.push(trouble.replaceAll('\n', ' '));
  return escapeTerminal(`${file}: ${parts.join('; ')}`);
}

const PLURALS: Record<Severity, string> = { fault: 'faults', risk: 'risks', advice: 'pieces of advice', note: 'notes' };

const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${grouped(count)} ${count === 1 ? (noun === 'advice' ? 'piece of advice' : noun) : plural}`;
