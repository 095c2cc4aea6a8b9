/** Cells and connections as what frames are shown of, and saved from. */
import { say } from '../../phrases/phrases.ts';
import { valueWords } from '../../story.ts';
import type { CaptureOverview, PageFinding } from '../page-format.ts';
import { type Cell, cellId, connectionDetail, detailOf, index, observationAt } from './model.ts';
import type { Captured } from './packets.ts';

/** A name that every file system takes. */
const fileName = (name: string): string => `${name.replace(/[^\w.+-]+/g, '-')}.pcapng`;

/** A cell: its capture is its own. */
export const capturedCell = (cell: Cell): Captured => ({
  address: cellId(cell),
  place: index.packets[cell.place] ?? null,
  frames: null,
  startUs: 0,
  capture: cell.capture,
  savedName: fileName(cellId(cell)),
  ladders: detailOf(cell)?.ladders ?? [],
  comments: () => commentsOf(cell),
});

function commentsOf(cell: Cell): Map<number, string[]> {
  const comments = new Map<number, string[]>();
  for (const [observation, value] of cell.values) {
    const { id, title, unit } = observationAt(observation);
    const comment = `${id} (${title}): ${say('en', valueWords(value, unit))}`;
    for (const frame of value.frames) if (frame > 0) comments.set(frame, [...(comments.get(frame) ?? []), comment]);
  }
  return comments;
}

/** A connection of a capture from elsewhere; `null` where the page has no detail of it. */
export function capturedConnection(capture: CaptureOverview, stream: number, startUs: number): Captured | null {
  const place = capture.detailed.indexOf(stream);
  if (place < 0) return null;
  const frames = runningSums(capture.packetFrames[place] ?? []);
  const name = capture.file.replace(/\.(?:pcap|pcapng|cap)(?:\.gz)?$/, '');
  return {
    address: `/connection/${stream}`,
    place: index.packets[place] ?? null,
    frames,
    startUs,
    capture: capture.file === '' ? null : capture.file,
    savedName: fileName(`${name === '' ? 'capture' : name}-connection-${stream}`),
    ladders: connectionDetail(stream)?.ladders ?? [],
    comments: () => numbered(frames, capture),
  };
}

function runningSums(steps: readonly number[]): number[] {
  let sum = 0;
  return steps.map((step) => (sum += step));
}

/** The file has fewer frames than the capture, and so other numbers: each says which it was, and what was found there. */
function numbered(frames: readonly number[], { file, findings }: CaptureOverview): Map<number, string[]> {
  const of = (frame: number): string[] => findings.filter(({ where }) => where.some((place) => place.frames.includes(frame))).map(titled);
  return new Map(frames.map((frame) => [frame, [`frame ${frame} of ${file}`, ...of(frame)]]));
}

const titled = ({ id, words }: PageFinding): string => `${id}: ${words.en.title}`;
