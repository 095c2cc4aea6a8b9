/** The steps of a scenario, as the capture's comments mark them. */
import { parseStepComment } from '../capture-file/cell-comments.ts';
import type { CaptureInfo, Exchange, StepMark } from '../model.ts';

/**
 * The scenario's steps in the order they began. A step that sent no packet has none to carry its mark: its mark is a comment of the
 * section, with its time (captures of earlier versions have no time there: the step then begins where the capture ends).
 */
export function stepMarks(
  capture: Pick<CaptureInfo, 'frameComments' | 'sectionComments' | 'frames' | 'endNs' | 'baseEpochNs'>,
): StepMark[] {
  const marks: StepMark[] = [];
  for (const { frame, timeNs, text } of [...capture.frameComments].sort((a, b) => a.frame - b.frame)) {
    const mark = parseStepComment(text);
    if (mark !== null) marks.push({ id: mark.step, frame, timeNs });
  }
  for (const comment of capture.sectionComments) {
    const mark = parseStepComment(comment);
    if (mark === null || marks.some(({ id }) => id === mark.step)) continue;
    const timeNs = mark.epochNs === null ? capture.endNs : Math.min(Number(mark.epochNs - capture.baseEpochNs), capture.endNs);
    marks.push({ id: mark.step, frame: capture.frames + 1, timeNs });
  }
  return marks;
}

/** The step that a frame belongs to, which is the last one that began at or before it; `null` before the first step. */
export function stepAt(steps: readonly StepMark[], frame: number): string | null {
  return steps.findLast((step) => step.frame <= frame)?.id ?? null;
}

/** Number of the first frame of an exchange. */
export const firstFrame = ({ request, response }: Exchange): number => (request ?? response)?.frames[0] ?? 0;
