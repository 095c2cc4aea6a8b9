import { createHttpStream } from '../../harness/http/http-stream.ts';
import type { Connection, Exchange, Side } from '../../harness/model.ts';
import type { StreamSink } from '../../harness/tcp/stream-sink.ts';

/** One call of TCP for a connection. Each is a frame of its own, a millisecond after the one before. */
export type Step =
  | readonly ['client' | 'server', string | Uint8Array]
  /** A segment of which the snap length cut off so many bytes. */
  | readonly ['client-cut' | 'server-cut', string, number]
  | readonly ['gap', Side, number]
  | readonly ['fin', Side]
  | readonly ['reset', Side];

export interface Reported {
  exchanges: Exchange[];
  /** How many exchanges had been reported before the connection ended. */
  beforeEnd: number;
  connection: Pick<Connection, 'exchanges' | 'exchangeCount'>;
}

/** Feeds the steps to a new HTTP stream; strings are taken as latin1. */
export function drive(...steps: Step[]): Reported {
  const exchanges: Exchange[] = [];
  const sink: StreamSink = createHttpStream((exchange) => exchanges.push(exchange));
  let frame = 0;
  for (const step of steps) {
    frame++;
    const timeNs = frame * 1_000_000;
    if (step[0] === 'gap') sink.gap(step[1], step[2], frame, timeNs);
    else if (step[0] === 'fin') sink.fin(step[1], frame, timeNs);
    else if (step[0] === 'reset') sink.reset(step[1], frame, timeNs);
    else {
      const side = step[0] === 'client' || step[0] === 'client-cut' ? 'client' : 'server';
      const missing = step[0] === 'client-cut' || step[0] === 'server-cut' ? step[2] : 0;
      const payload = typeof step[1] === 'string' ? Buffer.from(step[1], 'latin1') : step[1];
      // Payloads lie somewhere in a read buffer that is used again: nothing may depend on what surrounds them.
      const buffer = Buffer.alloc(payload.length + 7, 0x0a);
      buffer.set(payload, 3);
      sink.data(side, buffer, 3, 3 + payload.length, frame, timeNs, missing);
      buffer.fill(0x0a);
      if (missing > 0) sink.gap(side, missing, frame, timeNs);
    }
  }
  const beforeEnd = exchanges.length;
  const connection = { stream: 7, lastFrame: frame, exchanges: [], exchangeCount: 0 } as unknown as Connection;
  sink.end(connection);
  return { exchanges, beforeEnd, connection };
}
