/** Content that responses keep: without its transfer coding, within limits. */
import { describe, expect, test } from 'vitest';
import { ContentBudget, type ContentLimits } from '../../harness/http/content-budget.ts';
import { createHttpStream } from '../../harness/http/http-stream.ts';
import type { Exchange, Side } from '../../harness/model.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const ok = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

type Step = readonly [Side, string] | readonly ['gap', number];

/** What each response keeps, as text. */
function contents(steps: readonly Step[], limits: ContentLimits = { message: 100, capture: 1000 }): (string | null | undefined)[] {
  const exchanges: Exchange[] = [];
  const budget = new ContentBudget(limits);
  const stream = createHttpStream((exchange) => exchanges.push(exchange), 0, undefined, false, { midStream: false }, budget);
  let frame = 0;
  for (const step of steps) {
    frame++;
    if (step[0] === 'gap') {
      stream.gap('server', step[1], frame);
      continue;
    }
    const bytes = Buffer.from(step[1], 'latin1');
    stream.data(step[0], bytes, 0, bytes.length, frame, frame * 1e6, 0);
    // The read buffer is used again.
    bytes.fill(0);
  }
  stream.fin('server', frame + 1);
  return exchanges.map(({ response }) => response?.content && Buffer.from(response.content).toString('latin1'));
}

const asked = (...answers: readonly string[]): Step[] => [['client', GET], ...answers.map((text): Step => ['server', text])];

describe('content', () => {
  test('is kept by its length, in segments', () => {
    expect(contents(asked(ok('hello')))).toEqual(['hello']);
    expect(contents(asked(ok('hello').slice(0, -3), 'l', 'lo'))).toEqual(['hello']);
  });

  test('is kept without its chunks, extensions and trailers', () => {
    expect(contents(asked(`${CHUNKED}5\r\nhel`, 'lo\r', '\n3;a=b\r\n wo\r\n0\r\nX: y\r\n\r\n'))).toEqual(['hello wo']);
  });

  test('is kept up to the close', () => {
    expect(contents(asked('HTTP/1.1 200 OK\r\n\r\nhel', 'lo'))).toEqual(['hello']);
  });

  test('is what came, where the rest did not', () => {
    expect(contents(asked('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello'))).toEqual(['hello']);
  });

  test('is not there where there can be none', () => {
    expect(
      contents([
        ['client', GET.replace('GET', 'HEAD')],
        ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
      ]),
    ).toEqual([undefined]);
  });

  test('is null where a byte is missing', () => {
    expect(contents([...asked(ok('hello').slice(0, -3)), ['gap', 3]])).toEqual([null]);
  });

  test('is null beyond the limit of one response, and none of it counts', () => {
    const limits = { message: 5, capture: 10 };
    const long = `${CHUNKED}5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n`;
    expect(contents([...asked(ok('hello!')), ...asked(long), ...asked(ok('hello')), ...asked(ok('world'))], limits)).toEqual([
      null,
      null,
      'hello',
      'world',
    ]);
  });

  test('is null beyond the limit of all', () => {
    expect(contents([...asked(ok('hello')), ...asked(ok('world')), ...asked(ok('a'))], { message: 5, capture: 9 })).toEqual([
      'hello',
      null,
      'a',
    ]);
  });
});
