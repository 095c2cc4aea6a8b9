/** Real conversations, whole: what is read of them is in the golden files. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import type { Exchange, Message } from '../../harness/model.ts';
import { expectGolden } from '../golden.ts';

const fixture = (name: string): string => path.join(import.meta.dirname, '../fixtures/captures', name);

function lines(label: string, message: Message): string[] {
  const { startLine, headers, trailers, framing, frames, headFrames, headBytes, bodyBytes, bodyWireBytes, segmentSizes, problems } =
    message;
  const segments = segmentSizes.join(' + ');
  return [
    `  ${label} ${startLine}`,
    `    frames ${frames.join('-')}, head ${headFrames.join('-')}; ${segments} bytes at ${message.offset}; head ${headBytes}, body ${bodyBytes} of ${bodyWireBytes} (${framing})` +
      `${message.headEndsWithBody ? ', begins in the segment of the head' : ''}${message.complete ? '' : ', not complete'}`,
    ...headers.map(([name, value]) => `    ${name}: ${value}`),
    ...trailers.map(([name, value]) => `    trailer ${name}: ${value}`),
    ...problems.map(({ kind, detail, frame }) => `    ! ${kind} (frame ${frame}): ${detail}`),
  ];
}

function reported({ index, request, interim, response }: Exchange): string[] {
  return [
    ` exchange ${index}`,
    ...(request === null ? ['  no request'] : lines('>', request)),
    ...interim.flatMap((message) => lines('<', message)),
    ...(response === null ? ['  no response'] : lines('<', response)),
  ];
}

test.each(['node-http.pcap', 'python-http.pcap', 'refused.pcap'])('%s', async (name) => {
  const { connections } = await decodeFile(fixture(name));
  const text = connections.flatMap((connection) => [`stream ${connection.stream}`, ...connection.exchanges.flatMap(reported)]);
  expectGolden(`http/${name}.txt`, `${text.join('\n')}\n`);
});

test('a pcapng copy of a pcap file gives the same', async () => {
  const [pcap, pcapng] = [await decodeFile(fixture('python-http.pcap')), await decodeFile(fixture('python-http.pcapng'))];
  expect(pcapng.connections).toEqual(pcap.connections);
});
