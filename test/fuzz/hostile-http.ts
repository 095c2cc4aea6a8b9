/** Conversations that a hostile client and server could have: whole, broken, endless and huge. */
import type { Turn } from './packets.ts';
import type { Random } from './random.ts';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const REQUESTS = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
  'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999999999999999999\r\n\r\n',
  'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
  'GET /\r\n',
  'GET / HTTP/1.1\nHost : a\n x\n\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'GET',
  '\r\n\r\n',
];

const RESPONSES = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n',
  'HTTP/1.1 200 OK\r\n\r\nuntil the end',
  'HTTP/1.0 200 OK\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n',
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\n\r\n\0\x01\x02',
  'HTTP/1.1 206 Partial\r\nContent-Length: 9007199254740993\r\n\r\n',
  'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 200\nContent-Length: 0\n\n',
  'HTTP/1.1 2',
  'ICY 200 OK\r\n\r\n',
];

/** A few turns made of known pieces, some cut off. */
export function conversationOfPieces(random: Random): Turn[] {
  const turns: Turn[] = [];
  for (let n = 1 + random.below(6); n > 0; n--) {
    const from = random.once(2) ? 'client' : 'server';
    let text = '';
    for (let pieces = 1 + random.below(3); pieces > 0; pieces--) {
      const piece = random.pick(from === 'client' ? REQUESTS : RESPONSES);
      text += random.once(8) ? piece.slice(0, random.below(piece.length)) : piece;
    }
    turns.push([from, latin1(text)]);
  }
  return turns;
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const GET = latin1(REQUESTS[0]!);

/** Things of up to some megabytes, each against one way to spend time or memory. */
const LARGE: readonly ((random: Random) => Turn[])[] = [
  // A head that never ends, in one line, in many lines, and in lines that fold.
  (random) => [['client', latin1(`GET /${'a'.repeat(random.below(2_000_000))}`)]],
  (random) => [
    ['client', GET],
    ['server', latin1(`HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(random.below(300_000))}`)],
  ],
  (random) => [['client', latin1(`GET / HTTP/1.1\r\nX: y\r\n${' z\r\n'.repeat(random.below(100_000))}\r\n`)]],
  (random) => [
    ['client', GET],
    ['server', latin1(`${CHUNKED}${'1\r\na\r\n'.repeat(random.below(200_000))}${random.once(2) ? '0\r\n\r\n' : ''}`)],
  ],
  (random) => [
    ['client', GET],
    ['server', latin1(`${CHUNKED}1;${'x'.repeat(random.below(1_000_000))}`)],
  ],
  (random) => [
    ['client', GET],
    ['server', latin1(`${CHUNKED}0\r\n${'X: y\r\n'.repeat(random.below(200_000))}`)],
  ],
  (random) => [
    ['client', GET],
    ['server', latin1(`${CHUNKED}${'0'.repeat(random.below(1_000_000))}`)],
  ],
  // Many messages: pipelined without an answer, interim without an end, answers without a question.
  (random) => [['client', latin1(REQUESTS[0]!.repeat(random.below(30_000)))]],
  (random) => [
    ['client', GET],
    ['server', latin1('HTTP/1.1 100 Continue\r\n\r\n'.repeat(random.below(30_000)))],
  ],
  (random) => [['server', latin1('HTTP/1.1 408 X\r\nContent-Length: 0\r\n\r\n'.repeat(random.below(20_000)))]],
  // Colons, blanks and quotes that could make a regular expression walk back.
  (random) => [['client', latin1(`GET ${' '.repeat(random.below(100_000))} HTTP/1.1\r\n${' :'.repeat(10_000)}\r\n\r\n`)]],
  (random) => [
    ['client', GET],
    [
      'server',
      latin1(
        `HTTP/1.1 200 OK\r\nConnection: ${'close ,'.repeat(random.below(15_000))}x\r\nContent-Length: ${'1,'.repeat(10_000)}1\r\n\r\n`,
      ),
    ],
  ],
  (random) => [
    ['client', latin1('\r\n'.repeat(random.below(200_000)))],
    ['client', GET],
  ],
];

export const largeConversation = (random: Random): Turn[] => random.pick(LARGE)(random);
