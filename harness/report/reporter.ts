import type { ObservedCell, RunResult } from '../compare/run-result.ts';
import type { Evidence, FrameRecord, Language } from '../model.ts';

/** What every reporter is given. */
export interface ReportInput {
  run: RunResult;
  language: Language;
  /** Where standard output is a terminal: its width and whether colours are wanted. */
  terminal: { columns: number; color: boolean };
  /** Reads the capture of a cell again, for a report that shows more than `run` holds. */
  evidenceOf(cell: ObservedCell, options?: { frames: boolean }): Promise<CapturedEvidence>;
}

/** `frames`: every TCP frame, where they were asked for. */
export type CapturedEvidence = Evidence & { frames?: FrameRecord[] };

/** Path that stands for standard output. */
export const STANDARD_OUTPUT = '-';

export interface ReportFile {
  /** Relative to the run's folder, with forward slashes; or `STANDARD_OUTPUT`. */
  path: string;
  content: string | Uint8Array;
}

export interface Reporter {
  id: string;
  /** One line: what it writes. */
  describe: string;
  /** The files, one after the other, so that a large report needs not be in memory whole. */
  files(input: ReportInput): Iterable<ReportFile> | AsyncIterable<ReportFile>;
}

/** For reporters of one's own: gives inference, and a mistake is found where it is made. */
export const defineReporter = (reporter: Reporter): Reporter => reporter;
