import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endOfLine, parseRequestLine, readPlainRequestLine } from '../../harness/http/start-line.ts';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Lines of which many are nearly right. */
const line = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'M-SEARCH', 'get', '', 'G(T', ' GET'),
    fc.constantFrom(' ', '  ', '\t', ''),
    fc.string({ unit: fc.constantFrom('/', 'a', '?', '%', ' ', '\t', '\x7f', '\x00', '\xe9', ' HTTP/1.1'), maxLength: 8 }),
    fc.constantFrom(' HTTP/1.1', ' HTTP/1.0', ' HTTP/1.2', ' HTTP/2.0', ' HTTP/11', ' http/1.1', ''),
    fc.constantFrom('\r\n', '\n', '\r', ''),
  )
  .map((parts) => parts.join(''));

test('a plain request line is read as any other is, or left to the reader of all others', () => {
  fc.assert(
    fc.property(line, fc.nat({ max: 5 }), (text, at) => {
      const bytes = bytesOf(`${'x'.repeat(at)}${text}Host: a\r\n`);
      const plain = readPlainRequestLine(bytes, at, bytes.length);
      if (plain === null) return;
      const lineEnd = endOfLine(bytes, at, bytes.length);
      expect(plain.end).toBe(lineEnd + 2);
      expect(plain.text).toBe(text.slice(0, lineEnd - at));
      const { method, target, version, fault } = plain;
      expect({ method, target, version, fault }).toEqual(parseRequestLine(plain.text));
      expect(fault).toBeNull();
    }),
    { numRuns: 2000 },
  );
});

test.each(['GET / HTTP/1.1\r\n', 'GET /a?b=c%20d HTTP/1.0\r\n', 'M-SEARCH * HTTP/1.1\r\n', 'GET /\xe9 HTTP/1.1\r\n'])(
  '%j is plain',
  (text) => {
    expect(readPlainRequestLine(bytesOf(text), 0, text.length)?.text).toBe(text.trimEnd());
  },
);

test('a line that is not whole is left alone', () => {
  const text = 'GET / HTTP/1.1\r\n';
  for (let end = 0; end < text.length; end++) expect(readPlainRequestLine(bytesOf(text), 0, end)).toBeNull();
});
