/** From one capture file to everything that an observation may look at. */
import { type CellHeader, parseCellHeader, parseStepComment } from '../capture-file/cell-comments.ts';
import type { CaptureInfo, CellIdentity, Connection, Evidence, Exchange, FrameRecord, StepMark } from '../model.ts';
import { decodeFile } from './decode-capture.ts';

/** `header`: what the lane wrote into the capture about its cell; `null` for a capture that is not one of ours. `frames`: only where they were asked for. */
export type CellEvidence = Evidence & { header: CellHeader | null; frames?: FrameRecord[] };

/**
 * Decodes a capture and reads the cell and its steps out of the file's own comments. The window ends where the capture does.
 * @throws where the file can't be read or is no capture at all; damage behind its start is told in `capture.undecoded`
 */
export async function readEvidence(file: string, options: { frames?: boolean } = {}): Promise<CellEvidence> {
  const { capture, connections, frames } = await decodeFile(file, options);
  return { ...toEvidence(capture, connections), ...(frames ? { frames } : {}) };
}

/** The pure part of `readEvidence`. Sets `step` of each exchange. */
export function toEvidence(capture: CaptureInfo, connections: Connection[]): CellEvidence {
  const header = parseCellHeader(capture.sectionComments);
  const steps = stepMarks(capture);
  for (const connection of connections) {
    for (const exchange of connection.exchanges) exchange.step = stepAt(steps, firstFrame(exchange));
  }
  const exchanges = connections
    .flatMap((connection) => connection.exchanges)
    .sort((a, b) => firstFrame(a) - firstFrame(b) || startNs(a) - startNs(b));
  return { header, cell: identityOf(header), capture, steps, connections, exchanges };
}

/**
 * The scenario's steps in the order they began. A step that sent no packet has no packet to bear its mark: its name stands in the
 * comments of the section, with its time (in captures of earlier versions without: then it begins where the capture ends).
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

/** The step that a frame belongs to: the last one that began at or before it. */
export function stepAt(steps: readonly StepMark[], frame: number): string | null {
  return steps.findLast((step) => step.frame <= frame)?.id ?? null;
}

const firstFrame = (exchange: Exchange): number => (exchange.request ?? exchange.response)?.frames[0] ?? 0;
const startNs = (exchange: Exchange): number => (exchange.request ?? exchange.response)?.startNs ?? 0;

const identityOf = (header: CellHeader | null): CellIdentity =>
  header
    ? { server: header.server, client: header.client, scenario: header.scenario }
    : { server: 'unknown', client: 'unknown', scenario: 'unknown' };
