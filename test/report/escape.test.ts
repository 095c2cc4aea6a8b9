import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codeSpan,
  escapeCsv,
  escapeJson,
  escapeLines,
  escapeMarkdown,
  escapeTerminal,
  linkToFile,
  printableData,
  textBlock,
} from '../../harness/report/escape.ts';

/** Any UTF-16, with what is dangerous in it often. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\x1b[31m', '\x07', '\r\n', '|', '`', '<b>', '](x)', '=1+1', '@me', 'https://a', '\u202e', '\ud800', '\\', '"'),
    ),
  )
  .map((parts) => parts.join(''));

describe('escapeTerminal', () => {
  it('shows controls as text', () => {
    expect(escapeTerminal('a\x1b[31mb\u009bc\r\nd\te\u202ef')).toBe('a\\x1b[31mb\\x9bc\\r\\nd\\te\\u202ef');
  });

  it('leaves ordinary text of any script alone', () => {
    for (const text of ['keep-alive', 'größer', '服务器', 'сервер', '👍🏽 e\u0301', 'a\u00a0b']) expect(escapeTerminal(text)).toBe(text);
  });

  it('lets no control through, whatever comes', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(escapeTerminal(text)).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe('escapeMarkdown', () => {
  it.each([
    ['a|b', 'a&#124;b'],
    ['*x* _y_ `z`', '\\*x\\* \\_y\\_ \\`z\\`'],
    ['<script>&amp;', '&lt;script&gt;&amp;amp;'],
    ['[a](javascript:b)', '\\[a\\](javascript:b)'],
    ['see https://evil.example @you', 'see https&#58;//evil.example &#64;you'],
    ['www.evil.example', 'www&#46;evil.example'],
    ['- item', '&#45; item'],
    ['1. item', '1&#46; item'],
    ['1.1', '1.1'],
    ['public, max-age=0', 'public, max-age=0'],
    ['a\nb', 'a\\\\nb'],
  ])('%j', (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected);
  });

  it('leaves nothing that ends a table cell, opens a tag or begins code, whatever comes', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const escaped = escapeMarkdown(text);
        expect(escaped).not.toMatch(/[|<>\n\r@]|:\/\//);
        // Each of these stands behind an odd number of backslashes.
        for (const match of escaped.matchAll(/(\\*)([`*_[\]~])/g)) expect(match[1]!.length % 2).toBe(1);
      }),
    );
  });
});

describe('escapeLines', () => {
  it('keeps the lines of a message, and nothing else that steers', () => {
    expect(escapeLines('it wrote:\n\x1b[2Kfine\r\n\u009b1m')).toBe('it wrote:\n\\x1b[2Kfine\\r\n\\x9b1m');
  });
});

describe('printableData', () => {
  it('escapes every text, however deep', () => {
    expect(printableData({ a: ['\x1b', { b: '\u202e' }], n: 1, none: null })).toEqual({ a: ['\\x1b', { b: '\\u202e' }], n: 1, none: null });
  });
});

describe('escapeJson', () => {
  it('gives the same data without what steers a terminal, whatever comes', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = escapeJson(JSON.stringify({ [text]: [text] }, null, 1));
        expect(JSON.parse(json)).toEqual({ [text]: [text] });
        expect(json).not.toMatch(/[^\n\P{Cc}]|[\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  it('leaves ordinary text of any script alone', () => {
    expect(escapeJson('{"a":"größer 服务器 👍"}')).toBe('{"a":"größer 服务器 👍"}');
  });
});

describe('code and links in Markdown', () => {
  it.each([
    ['tcp.stream eq 1', '`tcp.stream eq 1`'],
    ['a`b``c', '``` a`b``c ```'],
    ['a\nb', '`a\\nb`'],
  ])('%j as a span of code', (text, expected) => {
    expect(codeSpan(text)).toBe(expected);
  });

  it('has a longer fence around lines that have one of their own', () => {
    expect(textBlock(['a', '```', '<b>'])).toBe('````text\na\n```\n<b>\n````');
  });

  it.each([
    ['a/b', '../captures/a b.pcapng', '[a/b](../captures/a%20b.pcapng)'],
    ['a](x)', 'javascript:alert(1)', '[a\\](x)](javascript%3Aalert%281%29)'],
    ['\x1b', '\x1b\n<b>/\ud800', '[\\\\x1b](%1B%0A%3Cb%3E/%EF%BF%BD)'],
  ])('links %j to the file %j', (text, file, expected) => {
    expect(linkToFile(text, file)).toBe(expected);
  });
});

/** RFC 4180, one line: an oracle that knows nothing of how the line was written. */
function fieldsOf(line: string): string[] {
  const fields = [''];
  let quoted = false;
  for (let index = 0; index < line.length; index++) {
    const character = line[index]!;
    if (quoted && character === '"' && line[index + 1] === '"') {
      fields.push(`${fields.pop()}"`);
      index++;
    } else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) fields.push('');
    else fields.push(fields.pop() + character);
  }
  return fields;
}

describe('escapeCsv', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['=1+1', `"'=1+1"`],
    ['-1', `"'-1"`],
    ['@x', `"'@x"`],
    ['  +x', `"'  +x"`],
    [6.5, '6.5'],
    [-1, '-1'],
    [true, 'true'],
  ])('%j', (value, expected) => {
    expect(escapeCsv(value)).toBe(expected);
  });

  it('is read back as one field that is no formula, whatever comes', () => {
    fc.assert(
      fc.property(hostile, hostile, (first, second) => {
        const line = `${escapeCsv(first)},${escapeCsv(second)}`;
        expect(line).not.toMatch(/[\r\n]/);
        const fields = fieldsOf(line);
        expect(fields).toHaveLength(2);
        for (const [index, text] of [first, second].entries()) {
          expect(fields[index]).not.toMatch(/^\s*[=+\-@]/);
          expect([escapeTerminal(text), `'${escapeTerminal(text)}`]).toContain(fields[index]);
        }
      }),
    );
  });
});
