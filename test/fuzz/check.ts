/** What has to hold of a decoded capture, however damaged. */
import { NotACaptureError } from '../../harness/capture-file/read-capture.ts';
import { decodeCapture } from '../../harness/decode/decode-capture.ts';
import { type Connection, EXCHANGES_KEPT, FRAMES_KEPT, type Message } from '../../harness/model.ts';

/** Decodes `input` by the whole path and throws where a promise of the decoder is broken. */
export async function check(input: Uint8Array): Promise<void> {
  const streams = new Set<number>();
  let reported = 0;
  let counted = 0;
  let frames = 0;
  try {
    const capture = await decodeCapture(
      input,
      {},
      {
        exchange: () => reported++,
        connection: (connection) => {
          if (streams.has(connection.stream)) throw new Error(`stream ${connection.stream} is reported twice`);
          streams.add(connection.stream);
          counted += connection.exchangeCount;
          frames = Math.max(frames, connection.lastFrame);
          checkConnection(connection);
        },
      },
    );
    if (frames > capture.frames) throw new Error(`frame ${frames} of ${capture.frames}`);
    if (reported !== counted) throw new Error(`${reported} exchanges are reported, ${counted} counted`);
    for (const stream of streams) if (stream < 0 || stream >= streams.size) throw new Error(`stream ${stream} of ${streams.size}`);
  } catch (error) {
    if (!(error instanceof NotACaptureError)) throw error;
  }
}

function checkConnection(connection: Connection): void {
  const { exchanges, exchangeCount, firstFrame, lastFrame, frameCount } = connection;
  if (exchanges.length !== Math.min(exchangeCount, EXCHANGES_KEPT))
    throw new Error(`${exchanges.length} exchanges kept of ${exchangeCount}`);
  if (firstFrame < 1 || lastFrame < firstFrame || frameCount > lastFrame - firstFrame + 1) {
    throw new Error(`${frameCount} frames from ${firstFrame} to ${lastFrame}`);
  }
  exchanges.forEach((exchange, index) => {
    // Beyond the limit the last one takes the place of the one before it.
    const place = index === exchanges.length - 1 ? exchangeCount - 1 : index;
    if (exchange.stream !== connection.stream || exchange.index !== place)
      throw new Error(`exchange ${exchange.stream}/${exchange.index} at ${index}`);
    if (exchange.request === null && exchange.response === null && exchange.interim.length === 0) throw new Error('an exchange of nothing');
    for (const message of [exchange.request, exchange.response, ...exchange.interim])
      if (message !== null) checkMessage(message, connection);
  });
}

function checkMessage(message: Message, { firstFrame, lastFrame }: Connection): void {
  const { frames, headFrames, segmentSizes, segmentFrames, bodyBytes, bodyWireBytes, problems } = message;
  const inOrder =
    firstFrame <= frames[0] &&
    frames[0] <= headFrames[0] &&
    headFrames[0] <= headFrames[1] &&
    headFrames[1] <= frames[1] &&
    frames[1] <= lastFrame;
  if (!inOrder) throw new Error(`frames ${frames}, head ${headFrames}, in a connection of ${firstFrame} to ${lastFrame}`);
  if (segmentSizes.length !== segmentFrames.length || segmentSizes.length > FRAMES_KEPT) throw new Error(`${segmentSizes.length} segments`);
  if (!Number.isSafeInteger(bodyBytes) || bodyBytes > bodyWireBytes) throw new Error(`${bodyBytes} body bytes of ${bodyWireBytes}`);
  if (!message.complete && problems.length === 0) throw new Error('a message is not complete and does not say why');
}
