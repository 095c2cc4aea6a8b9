/** What a run notes while it goes on, beside its captures: its plan, and each capture that is whole. A run that was cut is resumed from it. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { clientRowSchema, innerPath, runInfoSchema, scenarioRowSchema, serverRowSchema } from '../compare/run-result.ts';
import { badArgument } from '../system/coded-error.ts';
import { JOURNAL } from './run-folder.ts';

const cellSchema = z.object({ server: z.string(), client: z.string(), scenario: z.string(), repeat: z.int().exactOptional() });

const headSchema = z.object({
  journal: z.literal(1),
  run: runInfoSchema,
  servers: z.array(serverRowSchema),
  clients: z.array(clientRowSchema),
  scenarios: z.array(scenarioRowSchema),
  cells: z.array(cellSchema),
});
/** The first line: the run, and its cells in order. */
export type JournalHead = z.infer<typeof headSchema>;

const capturedSchema = z.object({
  cell: cellSchema,
  capture: innerPath,
  captureSha256: z.string(),
  durationMs: z.number().exactOptional(),
  activeMs: z.number().exactOptional(),
});
/** A cell whose capture is whole. */
export type CapturedCell = z.infer<typeof capturedSchema>;

const lineSchema = z.union([
  z.object({ captured: capturedSchema, atMs: z.number().describe('since the beginning of the part') }),
  z.object({ resumedAt: z.string() }),
]);

/** What a journal holds. */
export interface Journal {
  head: JournalHead;
  captured: CapturedCell[];
  /** When each part of the run began, and how long it went on at least. */
  parts: { startedAt: string; durationMs: number }[];
}

const write = (staging: string, line: object): void => appendFileSync(path.join(staging, JOURNAL), `${JSON.stringify(line)}\n`);

/** Begins a journal. @throws the file system's error */
export const beginJournal = (staging: string, head: Omit<JournalHead, 'journal'>): void =>
  writeFileSync(path.join(staging, JOURNAL), `${JSON.stringify({ journal: 1, ...head })}\n`);

/** Notes that the run goes on. @throws the file system's error */
export const noteResumed = (staging: string, resumedAt: string): void => {
  // The line before it may have been cut.
  appendFileSync(path.join(staging, JOURNAL), '\n');
  write(staging, { resumedAt });
};

/** Notes a capture. @throws the file system's error */
export const noteCaptured = (staging: string, captured: CapturedCell, atMs: number): void =>
  write(staging, { captured, atMs: Math.round(atMs) });

/**
 * Reads the journal of a run that was cut. A line that was cut counts for nothing: its cell is run again.
 * @throws CodedError (bad-argument) where its first line is none of ours
 */
export async function readJournal(staging: string): Promise<Journal> {
  const [first = '', ...lines] = (await readFile(path.join(staging, JOURNAL), 'utf8')).split('\n');
  const head = headSchema.safeParse(parsed(first));
  if (!head.success) throw badArgument(`${path.join(staging, JOURNAL)} was not written by this version of wirematrix: run the cells anew`);
  const captured: CapturedCell[] = [];
  const parts = [{ startedAt: head.data.run.startedAt, durationMs: 0 }];
  for (const text of lines) {
    const line = lineSchema.safeParse(parsed(text));
    if (!line.success) continue;
    if ('resumedAt' in line.data) {
      parts.push({ startedAt: line.data.resumedAt, durationMs: 0 });
      continue;
    }
    captured.push(line.data.captured);
    (parts.at(-1) as (typeof parts)[number]).durationMs = line.data.atMs;
  }
  return { head: head.data, captured, parts };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
