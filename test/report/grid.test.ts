import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut } from '../../harness/report/grid.ts';
import { textWidth, truncate, wrap, wrapProse } from '../../harness/report/width.ts';

const plain = (text: string) => text;

describe('textWidth and truncate', () => {
  it.each([
    ['abc', 3],
    ['服务器', 6],
    ['e\u0301', 1],
    ['👍🏽', 2],
    ['👨‍👩‍👧', 2],
    ['ﾊﾝｶｸ', 4],
    ['', 0],
  ])('%j is %i wide', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  it('never cuts a character in two', () => {
    expect(truncate('服务器', 5)).toBe('服务…');
    expect(truncate('服务器', 4)).toBe('服…');
    expect(truncate('abc', 3)).toBe('abc');
  });

  it('gives lines that fit', () => {
    const words = fc.array(fc.string({ unit: 'grapheme' })).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(words, fc.integer({ min: 2, max: 60 }), (text, width) => {
        for (const line of [...wrap(text, width), ...wrapProse(text, width)]) expect(textWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('breaks ids in a table and keeps them whole in a sentence', () => {
    expect(wrap('express-keepalive-off', 12)).toEqual(['express-', 'keepalive-', 'off']);
    expect(wrap('4/4 2.5', 3)).toEqual(['4/4', '2.5']);
    expect(wrapProse('of express-no-etag now', 16)).toEqual(['of', 'express-no-etag', 'now']);
    // Chinese has no spaces: a line ends between two characters, and none begins with punctuation.
    expect(wrapProse('服务器关闭连接，丢失（RST）。nginx-proxy 空闲', 12)).toEqual([
      '服务器关闭连',
      '接，丢失',
      '（RST）。',
      'nginx-proxy',
      '空闲',
    ]);
  });
});

describe('layOut', () => {
  const columns = [
    { header: 'server', rank: 0, texts: ['node-http', '服务器'] },
    { header: 'who closes first', rank: 2, texts: ['server FIN at once', 'open after 95\u00a0s'] },
    { header: 'ETag', rank: 5, texts: ['weak', 'none'] },
    { header: 'Cache-Control', rank: 12, texts: ['public, max-age=0', 'none'] },
  ];

  it('shows everything on one line each where there is room', () => {
    const { header, rows, leftOut } = layOut(columns, 80, plain);
    expect(header).toEqual([
      'server     who closes first    ETag  Cache-Control',
      '─────────  ──────────────────  ────  ─────────────────',
    ]);
    expect(rows).toEqual([['node-http  server FIN at once  weak  public, max-age=0'], ['服务器     open after 95\u00a0s     none  none']]);
    expect(leftOut).toEqual([]);
  });

  it('leaves out what tells least before it wraps', () => {
    const { rows, leftOut } = layOut(columns, 40, plain);
    expect(leftOut).toEqual([3]);
    expect(rows[0]).toEqual(['node-http  server FIN at once  weak']);
  });

  it('wraps where leaving out is not enough, and keeps a number with its unit', () => {
    const { rows } = layOut(columns, 30, plain);
    expect(rows).toEqual([
      ['node-http  server FIN at  weak', '           once'],
      ['服务器     open after     none', '           95\u00a0s'],
    ]);
  });

  it('fits any width, with any text, and colours nothing but what is there', () => {
    const column = fc.record({
      header: fc.string({ unit: 'grapheme-ascii' }),
      rank: fc.nat(14),
      texts: fc.array(
        fc.string({ unit: 'grapheme' }).map((text) => text.replace(/\p{C}/gu, '')),
        { minLength: 3, maxLength: 3 },
      ),
    });
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 8 }), fc.integer({ min: 10, max: 200 }), (some, width) => {
        const { header, rows } = layOut(some, width, plain);
        expect(rows).toHaveLength(3);
        for (const line of [...header, ...rows.flat()]) expect(textWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
