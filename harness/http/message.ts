/** How messages are made. Each literal names all fields at once: spreading a common part costs more than reading the head. */

import {
  FRAMES_KEPT,
  type HeaderField,
  type Message,
  type MessageProblem,
  type MessageProblemKind,
  type RequestMessage,
  type ResponseMessage,
} from '../model.ts';
import { DOUBLE_ZERO } from '../wire/double-zero.ts';
import type { Framing } from './head-fields.ts';
import { MAX_PROBLEMS } from './limits.ts';
import type { RequestLine, StatusLine } from './start-line.ts';

/** Nearly every message has none: they share these empty lists, which are replaced where something is added. */
const NO_FIELDS: HeaderField[] = [];
const NO_PROBLEMS: MessageProblem[] = [];
Object.freeze(NO_FIELDS);
Object.freeze(NO_PROBLEMS);

/** The segments that carry the message under way. They come in stream order, which is not that of the frames where one was sent again. */
export class Extent {
  /** Offset of the message's first byte in the stream of its side. */
  offset = 0;
  startNs = DOUBLE_ZERO;
  endNs = DOUBLE_ZERO;
  firstFrame = 0;
  lastFrame = 0;
  segments = 0;
  sizes: number[] = [];
  frames: number[] = [];
  largest = 0;

  /** A message begins in this segment. */
  begin(offset: number, size: number, frame: number, timeNs: number): void {
    this.offset = offset;
    this.startNs = timeNs;
    this.endNs = timeNs;
    this.firstFrame = frame;
    this.lastFrame = frame;
    this.segments = 1;
    this.sizes = [size];
    this.frames = [frame];
    this.largest = size;
  }

  /** The message goes on in this segment. */
  add(size: number, frame: number, timeNs: number): void {
    if (frame < this.firstFrame) this.firstFrame = frame;
    if (frame > this.lastFrame) this.lastFrame = frame;
    if (timeNs < this.startNs) this.startNs = timeNs;
    if (timeNs > this.endNs) this.endNs = timeNs;
    if (size > this.largest) this.largest = size;
    this.segments++;
    if (this.segments === 2) {
      // Most messages have one segment or two: an array that grows takes room for sixteen more.
      this.sizes = [this.sizes[0]!, size];
      this.frames = [this.frames[0]!, frame];
    } else if (this.sizes.length < FRAMES_KEPT) {
      this.sizes.push(size);
      this.frames.push(frame);
    }
  }

  /** Takes over the segments of a snapshot, the first of which is the one in which the message begins. */
  resume(snapshot: Pick<Extent, 'sizes' | 'frames' | 'segments' | 'largest' | 'lastFrame' | 'endNs'>): void {
    this.sizes = snapshot.sizes;
    this.frames = snapshot.frames;
    this.segments = snapshot.segments;
    this.largest = snapshot.largest;
    this.lastFrame = snapshot.lastFrame;
    this.endNs = snapshot.endNs;
  }

  /** Puts into the message what is only known at its end. */
  close(message: Message): void {
    if (this.segments === message.headSegments) return;
    message.segmentSizes = this.sizes;
    message.segmentFrames = this.frames;
    message.largestSegment = this.largest;
    message.startNs = this.startNs;
    message.endNs = this.endNs;
    message.frames = [this.firstFrame, this.lastFrame];
  }
}

/** A request whose head has just ended; body and end are still to come. */
export function newRequest(
  startLine: string,
  { method, target, version }: RequestLine,
  headers: HeaderField[],
  headBytes: number,
  { kind: framing }: Framing,
  extent: Extent,
): RequestMessage {
  const frames = [extent.firstFrame, extent.lastFrame] as const;
  return {
    startLine,
    version,
    method,
    target,
    bodyStartNs: null,
    headers,
    trailers: NO_FIELDS,
    framing,
    headFrames: frames,
    frames,
    headBytes,
    bodyBytes: 0,
    bodyWireBytes: 0,
    offset: extent.offset,
    startNs: extent.startNs,
    headEndNs: extent.endNs,
    endNs: extent.endNs,
    headSegments: extent.segments,
    headEndsWithBody: false,
    segmentSizes: extent.sizes,
    segmentFrames: extent.frames,
    largestSegment: extent.largest,
    complete: true,
    problems: NO_PROBLEMS,
  };
}

/** A response whose head has just ended; body and end are still to come. */
export function newResponse(
  startLine: string,
  { version, status, reason }: StatusLine,
  headers: HeaderField[],
  headBytes: number,
  { kind: framing }: Framing,
  extent: Extent,
): ResponseMessage {
  const frames = [extent.firstFrame, extent.lastFrame] as const;
  return {
    startLine,
    version,
    status,
    reason,
    headers,
    trailers: NO_FIELDS,
    framing,
    headFrames: frames,
    frames,
    headBytes,
    bodyBytes: 0,
    bodyWireBytes: 0,
    offset: extent.offset,
    startNs: extent.startNs,
    headEndNs: extent.endNs,
    endNs: extent.endNs,
    headSegments: extent.segments,
    headEndsWithBody: false,
    segmentSizes: extent.sizes,
    segmentFrames: extent.frames,
    largestSegment: extent.largest,
    complete: true,
    problems: NO_PROBLEMS,
  };
}

/** Adds a problem, up to the limit. */
export function addProblem(message: Message, kind: MessageProblemKind, detail: string, frame: number): void {
  if (message.problems === NO_PROBLEMS) message.problems = [];
  if (message.problems.length < MAX_PROBLEMS) message.problems.push({ kind, detail, frame });
}
