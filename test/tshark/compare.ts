/** Holds one capture's decoding against tshark's, per frame and per stream. */
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import type { Connection, Exchange, FrameRecord } from '../../harness/model.ts';
import { readWithTshark, type TsharkFrame } from './tshark.ts';

/** One thing that the two tell differently. */
export interface Disagreement {
  file: string;
  /** `frame.…` of a frame, `stream.…` of a connection. */
  field: string;
  stream: number;
  frame: number | null;
  ours: string;
  tshark: string;
  /**
   * What the capture lacks there: `broken-off` (tshark could not dissect the whole frame), `gap` (segments of the stream are missing or out of order), or nothing.
   * `tunnel`: the connection became one, so that not all of it is HTTP. `status-line`: the stream has one that is invalid, or an answer without one.
   * `fragments`: fragments of the capture could not be put together. `proxy-protocol`: the stream begins with a header of it.
   */
  lack: 'broken-off' | 'gap' | 'tunnel' | 'status-line' | 'fragments' | 'proxy-protocol' | null;
}

export interface Comparison {
  file: string;
  frames: number;
  streams: number;
  requests: number;
  responses: number;
  disagreements: Disagreement[];
}

/** @throws where the file is no capture or tshark can't be run */
export async function compareWithTshark(file: string): Promise<Comparison> {
  const decoded = await decodeFile(file, { frames: true });
  const ports = new Set(
    decoded.connections.filter((connection) => connection.exchangeCount > 0).map((connection) => connection.server.port),
  );
  const theirs = await readWithTshark(file, [...ports]);
  const disagreements: Disagreement[] = [];
  const brokenOff = new Set(theirs.filter((frame) => frame.brokenOff).map((frame) => frame.frame));
  const withGaps = new Set(decoded.connections.filter(hasGap).map((connection) => connection.stream));
  for (const { stream, analysis } of decoded.frames ?? []) {
    if (analysis.includes('out_of_order') || analysis.includes('lost_segment')) withGaps.add(stream);
  }
  const streamsWith = (holds: (exchange: Exchange) => boolean): Set<number> =>
    new Set(decoded.connections.filter(({ exchanges }) => exchanges.some(holds)).map((connection) => connection.stream));
  const tunnels = streamsWith(({ response }) => response?.framing === 'tunnel');
  const invalid = streamsWith(({ request, response }) =>
    [request, response].some((message) => message?.problems.some(({ kind }) => kind === 'invalid-start-line')),
  );
  const proxied = new Set(decoded.connections.filter(({ proxyHeader }) => proxyHeader !== undefined).map(({ stream }) => stream));
  const { undecoded } = decoded.capture;
  const isFragmented = undecoded['ipv4-fragment'] !== undefined || undecoded['ipv6-fragment'] !== undefined;
  const differ: Differ = (field, stream, frame, ours, tshark) => {
    const left = String(ours);
    const right = String(tshark);
    const ofStream = withGaps.has(stream)
      ? 'gap'
      : tunnels.has(stream)
        ? 'tunnel'
        : invalid.has(stream)
          ? 'status-line'
          : proxied.has(stream)
            ? 'proxy-protocol'
            : null;
    const lack = frame !== null && brokenOff.has(frame) ? 'broken-off' : isFragmented ? 'fragments' : ofStream;
    if (left !== right) disagreements.push({ file, field, stream, frame, ours: left, tshark: right, lack });
  };
  compareFrames(decoded.frames ?? [], theirs, differ);
  const byStream = new Map<number, TsharkFrame[]>();
  for (const frame of theirs) {
    const frames = byStream.get(frame.stream);
    if (frames) frames.push(frame);
    else byStream.set(frame.stream, [frame]);
  }
  differ('capture.streams', -1, null, decoded.connections.length, byStream.size);
  for (const connection of decoded.connections) {
    const frames = byStream.get(connection.stream);
    if (frames) compareStream(connection, frames, differ);
  }
  return {
    file,
    frames: theirs.length,
    streams: byStream.size,
    requests: theirs.reduce((sum, frame) => sum + frame.requestMethods.length, 0),
    responses: theirs.reduce((sum, frame) => sum + frame.responseCodes.length, 0),
    disagreements,
  };
}

type Differ = (field: string, stream: number, frame: number | null, ours: unknown, tshark: unknown) => void;

function compareFrames(records: readonly FrameRecord[], theirs: readonly TsharkFrame[], differ: Differ): void {
  const byFrame = new Map(records.map((record) => [record.frame, record]));
  for (const their of theirs) {
    const record = byFrame.get(their.frame);
    byFrame.delete(their.frame);
    if (!record) {
      differ('frame.present', their.stream, their.frame, false, true);
      continue;
    }
    differ('frame.stream', their.stream, their.frame, record.stream, their.stream);
    differ('frame.analysis', their.stream, their.frame, asTshark(record), their.analysis);
    if (Number.isNaN(their.length) || Number.isNaN(their.flags)) continue;
    differ('frame.flags', their.stream, their.frame, record.flags & 0x3f, their.flags & 0x3f);
    differ('frame.payload', their.stream, their.frame, record.payload, their.length);
    differ('frame.seq', their.stream, their.frame, record.seq, their.seq);
    if (record.flags & 0x10) differ('frame.ack', their.stream, their.frame, record.ack, their.ack);
  }
  for (const record of byFrame.values()) differ('frame.present', record.stream, record.frame, true, false);
}

/** tshark marks fast and spurious retransmissions as retransmissions too. */
function asTshark(record: FrameRecord): string[] {
  const names = new Set<string>(record.analysis);
  if (names.has('fast_retransmission') || names.has('spurious_retransmission')) names.add('retransmission');
  return [...names].sort();
}

function compareStream(connection: Connection, frames: readonly TsharkFrame[], differ: Differ): void {
  const { stream } = connection;
  differ('stream.completeness', stream, null, connection.completeness, frames.at(-1)?.completeness);
  differ('stream.frames', stream, null, connection.frameCount, frames.length);
  const close = frames.find((frame) => frame.flags & 0x05);
  differ(
    'stream.firstClose',
    stream,
    null,
    closeText(connection),
    close ? `${close.flags & 4 ? 'RST' : 'FIN'} ${close.fromPort} ${close.frame}` : 'none',
  );

  const requests = connection.exchanges.flatMap(({ request }) => (request && request.method !== '' ? [request] : []));
  const theirRequests = frames.flatMap((frame) =>
    frame.requestMethods.map((method, index) => ({ frame: frame.frame, text: `${method} ${frame.requestTargets[index]}` })),
  );
  differ(
    'stream.requests',
    stream,
    null,
    requests.map((request) => `${request.method} ${request.target}${mark(request)}`).join('\n'),
    theirRequests.map(({ text }) => text).join('\n'),
  );

  const responses = connection.exchanges.flatMap(responsesOf);
  const theirResponses = frames.flatMap((frame) =>
    frame.responseCodes.map((status, index) => ({ status, frame, requestFrame: frame.requestIn[index] ?? 0 })),
  );
  differ(
    'stream.statuses',
    stream,
    null,
    responses.map(({ response }) => `${response.status}${mark(response)}`).join('\n'),
    theirResponses.map(({ status }) => status).join('\n'),
  );
  // tshark leaves out messages that have no end: what remains must pair the same.
  const shown = responses.length === theirResponses.length ? responses : responses.filter(({ response }) => response.complete);
  if (shown.length !== theirResponses.length) return;
  for (const [index, { exchange, response }] of shown.entries()) {
    const their = theirResponses[index]!;
    if (their.requestFrame > 0 || !exchange.request) {
      const [first, last] = exchange.request?.frames ?? [0, 0];
      const same = their.requestFrame >= first && their.requestFrame <= last;
      differ(
        'stream.pairing',
        stream,
        their.frame.frame,
        same ? 'same' : `request of frames ${first}-${last}`,
        same ? 'same' : their.requestFrame,
      );
    }
    const length = bodyLength(their.frame);
    if (length !== null && response.complete && exchange.request?.method !== 'HEAD' && response.framing !== 'none') {
      differ('stream.bodyBytes', stream, their.frame.frame, response.bodyBytes, length);
    }
  }
}

/** Follows a message that has no end in the capture. */
export const INCOMPLETE = ' …';
const mark = ({ complete }: { complete: boolean }): string => (complete ? '' : INCOMPLETE);

const responsesOf = (exchange: Exchange) =>
  [...exchange.interim, ...(exchange.response ? [exchange.response] : [])].map((response) => ({ exchange, response }));

/** What tshark reports of the body's length, where the frame holds one message only. */
function bodyLength(frame: TsharkFrame): number | null {
  if (frame.responseCodes.length !== 1 || frame.requestMethods.length > 0) return null;
  if (frame.chunkSizes.length > 0) return frame.chunkSizes.reduce((sum, size) => sum + size, 0);
  return frame.contentLengths.length === 1 ? frame.contentLengths[0]! : null;
}

/** Bytes of the stream are missing: not captured, or cut off by the snap length. */
function hasGap({ sides, exchanges, midStream }: Connection): boolean {
  const problems = exchanges.flatMap(({ request, response }) => [...(request?.problems ?? []), ...(response?.problems ?? [])]);
  return midStream || sides.client.missingBytes > 0 || sides.server.missingBytes > 0 || problems.some(({ kind }) => kind.startsWith('gap'));
}

function closeText({ firstClose, client, server }: Connection): string {
  if (!firstClose) return 'none';
  return `${firstClose.how} ${(firstClose.by === 'client' ? client : server).port} ${firstClose.frame}`;
}
