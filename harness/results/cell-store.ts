/** The evidence of a run's cells: however many stages ask for it, each capture is decoded once, as long as there is room. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { type CellEvidence, forgetContent, readEvidence } from '../decode/cell-evidence.ts';
import type { FrameRecord } from '../model.ts';
import { fileInside } from './inside.ts';
import type { RunFolder } from './run-folder.ts';

/** Most frames kept in memory, of all cells together: about 600 bytes each with their exchanges, so about 180 MB. */
export const FRAMES_IN_MEMORY = 300_000;

/** What one capture shows, with every TCP frame. */
export type RecordedEvidence = CellEvidence & { frames: FrameRecord[] };

/** Reads the captures of a run; what was decoded stays as long as there is room for it. */
export interface CellStore {
  /**
   * The evidence of a capture, by its path relative to the run's folder. Callers share one object and must not change it.
   * @throws as `fileInside` does, or NotACaptureError
   */
  evidence(capture: string): Promise<RecordedEvidence>;
  /** The bytes of a capture's file, unpacked. @throws as `fileInside` does, or the file system's error */
  bytes(capture: string): Promise<Uint8Array>;
  /** What `judge` makes of a capture's evidence with the content of its responses, which is forgotten afterwards. @throws as `evidence` does */
  judge<T>(capture: string, judge: (evidence: RecordedEvidence) => T): Promise<T>;
  /** The capture was made anew. */
  forget(capture: string): void;
}

/**
 * A store over the captures of one run's folder. What fits into `framesKept` stays; the rest is decoded again when asked for. Stages go
 * through all cells in the same order, so the first ones are kept, not the last ones.
 * @param dir the folder, or one whose results move when they are put in place
 */
export function openCellStore(dir: string | Pick<RunFolder, 'place'>, framesKept = FRAMES_IN_MEMORY): CellStore {
  const fileOf = (capture: string): Promise<string> => fileInside(typeof dir === 'string' ? dir : dir.place, capture);
  const kept = new Map<string, RecordedEvidence>();
  let frames = 0;
  const read = async (capture: string, content: boolean): Promise<RecordedEvidence> => {
    const { frames: records = [], ...evidence } = await readEvidence(await fileOf(capture), { frames: true, content });
    const recorded = { ...evidence, frames: records };
    if (!kept.has(capture) && frames + evidence.capture.frames <= framesKept) {
      kept.set(capture, recorded);
      frames += evidence.capture.frames;
    }
    return recorded;
  };
  return {
    evidence: async (capture) => kept.get(capture) ?? read(capture, false),
    async bytes(capture) {
      const bytes = await readFile(await fileOf(capture));
      return capture.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    },
    async judge(capture, judge) {
      const evidence = await read(capture, true);
      try {
        return judge(evidence);
      } finally {
        forgetContent(evidence);
      }
    },
    forget(capture) {
      frames -= kept.get(capture)?.capture.frames ?? 0;
      kept.delete(capture);
    },
  };
}
