/** Which messages each frame of a connection carries. */
import type { Connection, Message, Side } from '../model.ts';

/** An HTTP message that a frame carries, or a part of it. */
export interface PlacedMessage {
  kind: 'request' | 'interim' | 'response';
  from: Side;
  /** `index` of its exchange. */
  exchange: number;
  /** Position among the interim responses of its exchange; 0 for other messages. */
  ordinal: number;
  /** `GET /logo.png`, `206 Partial Content`. */
  name: string;
  /** Its first or its last byte is in the frames that are shown. */
  starts: boolean;
  ends: boolean;
}

/** The messages in each frame, by frame number. A message of more than `FRAMES_KEPT` segments is found in those and in its last frame. */
export function messagesByFrame(connection: Connection): Map<number, PlacedMessage[]> {
  const placed = new Map<number, PlacedMessage[]>();
  const place = (message: Message, what: Omit<PlacedMessage, 'starts' | 'ends'>): void => {
    const frames = new Set([...message.segmentFrames, message.frames[0], message.frames[1]]);
    for (const frame of frames) {
      const list = placed.get(frame) ?? [];
      list.push({ ...what, starts: frame === message.frames[0], ends: frame === message.frames[1] && message.complete });
      placed.set(frame, list);
    }
  };
  for (const { index: exchange, request, interim, response } of connection.exchanges) {
    if (request) {
      place(request, { kind: 'request', from: 'client', exchange, ordinal: 0, name: `${request.method} ${request.target}` });
    }
    interim.forEach((message, ordinal) => {
      place(message, { kind: 'interim', from: 'server', exchange, ordinal, name: `${message.status} ${message.reason}`.trim() });
    });
    if (response) {
      place(response, { kind: 'response', from: 'server', exchange, ordinal: 0, name: `${response.status} ${response.reason}`.trim() });
    }
  }
  return placed;
}
