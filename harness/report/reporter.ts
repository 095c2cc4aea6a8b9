import type { Judged } from '../claims/index.ts';
import type { GateReason } from '../compare/gate.ts';
import type { ObservedCell, RunResult } from '../compare/run-result.ts';
import type { Found } from '../findings/findings-of.ts';
import type { Evidence, FrameRecord, Language } from '../model.ts';
import type { Terminal } from '../system/terminal.ts';

/** Paths of a cell's files, relative to the reports; `null` for one that is not there. */
export interface CellLinks {
  capture: string | null;
  har: string | null;
}

/** What every reporter is given. */
export interface ReportInput {
  run: RunResult;
  /** What `run.findings` says, before it was put into words. */
  found: readonly Found[];
  /** Every claim, those whose cells did not run too; absent where the captures are not there to judge by. */
  judged?: readonly Judged[];
  /** The thresholds that did not hold; absent where none was asked for. */
  gate?: readonly GateReason[] | undefined;
  language: Language;
  /** Width of the terminal, and whether to write colours. */
  terminal: Terminal;
  /** Where the files of a cell are, relative to the reports; `null` for one that is not beside them. */
  linksOf(cell: ObservedCell): CellLinks;
  /** Reads the capture of a cell again, for a report that shows more than `run` holds. */
  evidenceOf(cell: ObservedCell, options?: { frames: boolean }): Promise<CapturedEvidence>;
  /** The bytes of a cell's capture file; absent where the report is to hold no packets. */
  captureOf?(cell: ObservedCell): Promise<Uint8Array>;
}

/** `frames`: every TCP frame, where they were asked for. */
export type CapturedEvidence = Evidence & { frames?: FrameRecord[] };

/** The path of a file that goes to standard output. */
export const STANDARD_OUTPUT = '-';

/** One file that a reporter writes. */
export interface ReportFile {
  /** Relative to the run's folder, with forward slashes; or `STANDARD_OUTPUT`. */
  path: string;
  content: string | Uint8Array;
}

/** Writes a run in one format: add one with `defineReporter` and a line in `index.ts`. */
export interface Reporter {
  id: string;
  /** One line: what it writes. */
  describe: string;
  /** Written only where it is named, not by default. */
  onRequest?: boolean;
  /** The files, one after the other, so that a large report need not be in memory as a whole. */
  files(input: ReportInput): Iterable<ReportFile> | AsyncIterable<ReportFile>;
}

/** Returns the reporter; gives its definition type checks and inference. */
export const defineReporter = (reporter: Reporter): Reporter => reporter;
