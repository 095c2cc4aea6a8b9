import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyParts } from '../../harness/http/multipart.ts';

const parse = (text: string) => {
  const { parts, isClosed } = bodyParts(Buffer.from(text, 'latin1'), 'b');
  return { isClosed, parts: parts.map(({ headers, content }) => [headers, content && Buffer.from(content).toString('latin1')]) };
};
const RANGE = 'Content-Range: bytes 0-1/9';
const FIELD = ['Content-Range', 'bytes 0-1/9'];

describe('multipart/byteranges', () => {
  it('has parts with a head and content each', () => {
    const text = `--b\r\nContent-Type: text/plain\r\n${RANGE}\r\n\r\n01\r\n--b\r\n${RANGE}\r\n\r\n\r\n2\r\n--b--\r\n`;
    expect(parse(text)).toEqual({
      isClosed: true,
      parts: [
        [[['Content-Type', 'text/plain'], FIELD], '01'],
        [[FIELD], '\r\n2'],
      ],
    });
  });

  it('may begin with an empty line or a preamble, and blanks may follow a boundary', () => {
    expect(parse(`\r\n--b \r\n${RANGE}\r\n\r\n01\r\n--b--`).parts).toEqual([[[FIELD], '01']]);
    expect(parse(`before\r\n--b\r\n\r\n01\r\n--b--after`).parts).toEqual([[[], '01']]);
    expect(parse(`--b\r\n${RANGE}\r\n\r\n\r\n--b--`).parts).toEqual([[[FIELD], '']]);
  });

  it('knows no content where the empty line is left out', () => {
    expect(parse(`--b\r\n${RANGE}\r\n01\r\n--b--`).parts).toEqual([[[FIELD], null]]);
    expect(parse(`--b\r\n${RANGE}\r\nline one\r\n\r\nline two\r\n--b--`).parts).toEqual([[[FIELD], null]]);
    expect(parse(`--b\r\n${RANGE}\r\n01\r\n--b\r\n${RANGE}\r\n\r\n01\r\n--b--`).parts.map(([, content]) => content)).toEqual([null, '01']);
  });

  it('is not closed without its last delimiter', () => {
    expect(parse(`--b\r\n${RANGE}\r\n\r\n01`)).toEqual({ isClosed: false, parts: [[[FIELD], '01']] });
    expect(parse('nothing of the kind')).toEqual({ isClosed: false, parts: [] });
    expect(parse('')).toEqual({ isClosed: false, parts: [] });
  });

  it('is read whatever its bytes are', () => {
    const pieces = fc.array(fc.constantFrom('--b', '--', '\r\n', '\r', RANGE, ': ', 'x', 'b'), { maxLength: 30 });
    fc.assert(
      fc.property(pieces, (list) => {
        expect(bodyParts(Buffer.from(list.join('')), 'b').parts.length).toBeLessThanOrEqual(list.length);
      }),
    );
  });
});
