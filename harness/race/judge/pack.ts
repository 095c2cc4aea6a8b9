/** A race small enough for a repository: its results, and of each example no more than the connections that it names. */
import { keepPackets } from '../../capture-file/keep-packets.ts';
import { decodeFile } from '../../decode/decode-capture.ts';
import { attemptsOf } from './attempts.ts';
import type { Pair, RaceResult } from './pair.ts';

type Detail = NonNullable<Pair['example']>['detail'];

export interface PackedRace {
  /** Its examples name the packed captures and their frames; the captures of what each side does alone are left out. */
  result: RaceResult;
  /** pcapng, by their paths in the results. */
  captures: Map<string, Uint8Array>;
}

/** @param read gives the bytes of a capture by its path in the results @throws where a capture can't be read, or an example is not in it */
export async function packRace(given: RaceResult, read: (capture: string) => Promise<Uint8Array>): Promise<PackedRace> {
  const captures = new Map<string, Uint8Array>();
  const pairs: Pair[] = [];
  for (const pair of given.pairs) {
    if (pair.example === null) {
      pairs.push(pair);
      continue;
    }
    const whole = await read(pair.example.capture);
    const decoded = await decodeFile(whole, { frames: true });
    const bytes = cutTo(whole, decoded, pair.example.detail);
    const { target, clientStream } = pair.example.detail;
    const clientPort = decoded.connections.find(({ stream }) => stream === clientStream)?.server.port ?? 0;
    const { connections } = await decodeFile(bytes);
    const detail = attemptsOf(connections, clientPort, (one) => one === target)[pair.method].example;
    if (detail === null) throw new Error(`${pair.example.capture}: its example is not in it: ${target}`);
    const capture = `captures/${pair.upstream}/${pair.server}-${pair.method.toLowerCase()}.pcapng`;
    captures.set(capture, bytes);
    pairs.push({ ...pair, example: { capture, frames: detail.frames, detail } });
  }
  const upstreams = given.upstreams.map((row) => ({ ...row, habitsCapture: null }));
  const servers = given.servers.map((row) => ({ ...row, timerCapture: null }));
  return { result: { ...given, upstreams, servers, pairs }, captures };
}

/** The connections of an example, each until the next request after it. */
function cutTo(bytes: Uint8Array, { connections, frames = [] }: Awaited<ReturnType<typeof decodeFile>>, detail: Detail): Uint8Array {
  const wanted = new Set([detail.stream, detail.clientStream, detail.repeatStream]);
  const until = new Map(
    connections
      .filter(({ stream }) => wanted.has(stream))
      .map(({ stream, exchanges }) => {
        const place = exchanges.findIndex(({ request }) => request?.target === detail.target);
        return [stream, exchanges[place + 1]?.request?.frames[0] ?? Number.POSITIVE_INFINITY];
      }),
  );
  const kept = new Set(frames.filter(({ stream, frame }) => frame < (until.get(stream) ?? 0)).map(({ frame }) => frame));
  return keepPackets(bytes, (frame) => kept.has(frame));
}
