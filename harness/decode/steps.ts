/** The steps of a scenario, as the capture's comments mark them. */
import { parseServerComment, parseStepComment } from '../capture-file/cell-comments.ts';
import type { CaptureInfo, Exchange, ServerStop, StepMark } from '../model.ts';

/** What a capture says in its comments, and what gives them their place in it. */
type Commented = Pick<CaptureInfo, 'frameComments' | 'sectionComments' | 'frames' | 'endNs' | 'baseEpochNs'>;

/**
 * The scenario's steps in the order they began. A step that sent no packet has none to carry its mark: its mark is a comment of the
 * section, with its time (captures of earlier versions have no time there: the step then begins where the capture ends).
 */
export function stepMarks(capture: Commented): StepMark[] {
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

/** When the server was asked to stop, and when its process ended; `null` where the comments say nothing of it. */
export function serverStop(capture: Commented): ServerStop | null {
  const comments = [
    ...[...capture.frameComments].sort((a, b) => a.frame - b.frame),
    ...capture.sectionComments.map((text) => ({ frame: capture.frames + 1, text })),
  ];
  const events = comments.flatMap(({ frame, text }) => {
    const found = parseServerComment(text);
    return found ? [{ ...found.event, frame, timeNs: Number(found.epochNs - capture.baseEpochNs) }] : [];
  });
  const asked = events.find((event) => event.what === 'asked-to-stop');
  if (!asked) return null;
  const ended = events.find((event) => event.what === 'ended');
  const end = ended?.what === 'ended' ? { code: ended.code, signal: ended.signal, timeNs: ended.timeNs, frame: ended.frame } : null;
  return { signal: asked.signal ?? '', timeNs: asked.timeNs, frame: asked.frame, end };
}

/** The step that a frame belongs to, which is the last one that began at or before it; `null` before the first step. */
export function stepAt(steps: readonly StepMark[], frame: number): string | null {
  return steps.findLast((step) => step.frame <= frame)?.id ?? null;
}

/** Number of the first frame of an exchange. */
export const firstFrame = ({ request, response }: Exchange): number => (request ?? response)?.frames[0] ?? 0;
