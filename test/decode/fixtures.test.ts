import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type DecodedCapture, decodeFile } from '../../harness/decode/decode-capture.ts';
import type { Connection, Exchange, Message, SideStats } from '../../harness/model.ts';
import { fixtures } from '../packets/fixtures.ts';

const FIXTURES = new URL('../fixtures/packets/', import.meta.url);
const GOLDEN = new URL('../golden/packets/', import.meta.url);
const update = process.env.UPDATE_GOLDEN === '1';

/** Everything that was decoded, in a form that reads well in a diff: a line a frame, a message, a side. */
function describeCapture({ capture, connections, frames = [] }: DecodedCapture): string {
  const { baseEpochNs, frameComments, ...rest } = capture;
  const lines = [
    `capture ${JSON.stringify(rest)}`,
    `base ${baseEpochNs}`,
    ...frameComments.map((comment) => `comment ${JSON.stringify(comment)}`),
  ];
  for (const connection of connections)
    lines.push('', ...describeConnection(connection), ...frames.filter(({ stream }) => stream === connection.stream).map(describeFrame));
  return `${lines.join('\n')}\n`;
}

function describeConnection(connection: Connection): string[] {
  const { stream, client, server, sides, exchanges, handshake, firstClose, waits, ...rest } = connection;
  return [
    `stream ${stream}: ${client.address}:${client.port} -> ${server.address}:${server.port}`,
    `  ${JSON.stringify(rest)}`,
    `  handshake ${JSON.stringify(handshake)}`,
    `  first close ${JSON.stringify(firstClose)}`,
    `  client ${describeSide(sides.client)}`,
    `  server ${describeSide(sides.server)}`,
    ...waits.map((wait) => `  wait ${JSON.stringify(wait)}`),
    ...exchanges.flatMap(describeExchange),
  ];
}

const describeSide = (side: SideStats): string => JSON.stringify(side);

function describeExchange({ index, request, response, interim }: Exchange): string[] {
  const message = (what: string, found: Message | null): string =>
    found
      ? `    ${what} ${JSON.stringify(found.startLine)} ${found.framing} frames ${found.frames.join('-')} head ${found.headFrames.join('-')} body ${found.bodyBytes} ${found.complete ? 'complete' : 'incomplete'} ${found.problems.map(({ kind }) => kind).join(',')}`.trimEnd()
      : `    no ${what}`;
  return [
    `  exchange ${index}`,
    message('request', request),
    ...interim.map((found) => message('interim', found)),
    message('response', response),
  ];
}

const describeFrame = ({
  frame,
  from,
  flags,
  seq,
  ack,
  payload,
  window,
  analysis,
}: NonNullable<DecodedCapture['frames']>[number]): string =>
  `  frame ${frame} ${from} flags ${flags} seq ${seq} ack ${ack} payload ${payload} window ${window} ${analysis.join(',')}`.trimEnd();

describe('hand-made captures', () => {
  for (const { name, about, bytes } of fixtures) {
    it(`${name}: ${about}`, async () => {
      const file = new URL(name, FIXTURES);
      const golden = new URL(`${name}.txt`, GOLDEN);
      const decoded = describeCapture(await decodeFile(bytes, { frames: true }));
      if (update) {
        await Promise.all([mkdir(FIXTURES, { recursive: true }), mkdir(GOLDEN, { recursive: true })]);
        await Promise.all([writeFile(file, bytes), writeFile(golden, decoded)]);
      }
      // gzip's own bytes may differ between versions of zlib: what is packed counts.
      if (!name.endsWith('.gz')) expect(Buffer.compare(await readFile(file), bytes), `${name} is not what test/packets makes`).toBe(0);
      expect(describeCapture(await decodeFile(fileURLToPath(file), { frames: true }))).toBe(decoded);
      expect(decoded).toBe(await readFile(golden, 'utf8'));
    });
  }
});
