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

/** Finds the message that bytes belong to, by their offset in the stream of their side: a segment that is sent again is not among a message's segments. */
export function messageAt(connection: Connection): (from: Side, offset: number) => PlacedMessage | null {
  const all = allMessages(connection);
  return (from, offset) => {
    const found = all.find(
      ({ message, place }) =>
        place.from === from && offset >= message.offset && offset < message.offset + message.headBytes + message.bodyWireBytes,
    );
    return found ? { ...found.place, starts: offset === found.message.offset, ends: false } : null;
  };
}

type Place = Omit<PlacedMessage, 'starts' | 'ends'>;

function allMessages({ exchanges }: Connection): { message: Message; place: Place }[] {
  const all: { message: Message; place: Place }[] = [];
  for (const { index: exchange, request, interim, response } of exchanges) {
    if (request)
      all.push({
        message: request,
        place: { kind: 'request', from: 'client', exchange, ordinal: 0, name: `${request.method} ${request.target}` },
      });
    interim.forEach((message, ordinal) => {
      all.push({
        message,
        place: { kind: 'interim', from: 'server', exchange, ordinal, name: `${message.status} ${message.reason}`.trim() },
      });
    });
    if (response) {
      all.push({
        message: response,
        place: { kind: 'response', from: 'server', exchange, ordinal: 0, name: `${response.status} ${response.reason}`.trim() },
      });
    }
  }
  return all;
}

/** The messages in each frame, by frame number. A message of more than `FRAMES_KEPT` segments is found in those and in its last frame. */
export function messagesByFrame(connection: Connection): Map<number, PlacedMessage[]> {
  const placed = new Map<number, PlacedMessage[]>();
  for (const { message, place } of allMessages(connection)) {
    const frames = new Set([...message.segmentFrames, message.frames[0], message.frames[1]]);
    for (const frame of frames) {
      const list = placed.get(frame) ?? [];
      list.push({ ...place, starts: frame === message.frames[0], ends: frame === message.frames[1] && message.complete });
      placed.set(frame, list);
    }
  }
  return placed;
}
