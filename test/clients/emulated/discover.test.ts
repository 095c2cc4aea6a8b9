import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Resource, scanCss, scanHtml } from '../../../clients/emulated/discover.ts';

const BASE = new URL('http://here/folder/page.html');

function scan(html: string, pieces = [html]): { found: string[]; favicon: string } {
  const scanner = scanHtml(BASE);
  const resources: Resource[] = pieces.flatMap((piece) => scanner.write(piece));
  const rest = scanner.end();
  const found = [...resources, ...rest.resources].map(({ kind, url, inHead, deferred }) =>
    [kind, url.href, ...(inHead ? ['head'] : []), ...(deferred ? ['deferred'] : [])].join(' '),
  );
  return { found, favicon: rest.favicon.href };
}

const cases: [string, string, string[]][] = [
  ['stylesheet', '<head><link rel=stylesheet href=a.css>', ['stylesheet http://here/folder/a.css head']],
  ['alternate stylesheet', '<link rel="alternate stylesheet" href=a.css>', []],
  [
    'scripts',
    '<head><script src=/a.js defer></script></head><body><script src=b.js></script>',
    ['script http://here/a.js head deferred', 'script http://here/folder/b.js'],
  ],
  ['module', '<body><script type=module src=a.js></script>', ['script http://here/folder/a.js deferred']],
  ['image', '<body><img src="a.png?x=1&amp;y=2#part">', ['image http://here/folder/a.png?x=1&y=2']],
  ['data address', '<body><img src="data:image/png;base64,AAAA">', []],
  ['empty address', '<body><img src="">', []],
  ['audio', '<body><audio preload=auto src=a.wav>', ['media http://here/folder/a.wav']],
  ['audio without preload', '<body><audio preload=none src=a.wav>', []],
  ['first source', '<body><audio><source src=a.ogg><source src=a.wav></audio>', ['media http://here/folder/a.ogg']],
  ['source outside of media', '<body><picture><source src=a.png></picture>', []],
  ['poster', '<body><video poster=p.png src=v.mp4></video>', ['image http://here/folder/p.png', 'media http://here/folder/v.mp4']],
  ['in a comment', '<!-- <img src=a.png> -->', []],
  ['in a script', '<script>"<img src=a.png>"</script>', []],
  [
    'style element',
    '<head><style>@import "a.css"; p { background: url(b.png) }</style>',
    ['stylesheet http://here/folder/a.css head', 'image http://here/folder/b.png head'],
  ],
  ['another origin', '<body><img src="//there/a.png">', ['image http://there/a.png']],
];

test.each(cases)('html: %s', (_, html, expected) => {
  expect(scan(html).found).toEqual(expected);
});

test('the favicon is /favicon.ico unless a link names another', () => {
  expect(scan('<p>').favicon).toBe('http://here/favicon.ico');
  expect(scan('<link rel="shortcut icon" href="i.png">').favicon).toBe('http://here/folder/i.png');
});

test('css: imports, images and fonts', () => {
  const css =
    '@import url("a.css"); @font-face { src: url(f.woff2) format("woff2") } p { background: url("i.png"), url(data:,) } /* url(no.png) */';
  expect(scanCss(css, BASE).map(({ kind, url }) => `${kind} ${url.pathname}`)).toEqual([
    'stylesheet /folder/a.css',
    'font /folder/f.woff2',
    'image /folder/i.png',
  ]);
});

test('broken css is read as far as it goes', () => {
  expect(scanCss('p { background: url(a.png); } } @media { q { color: ', BASE)).toHaveLength(1);
});

test('the same is found however the bytes are cut', () => {
  const html = cases.map(([, part]) => part).join('\n');
  const whole = scan(html);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: html.length }), { maxLength: 20 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), html.length];
      const pieces = at.slice(1).map((end, n) => html.slice(at[n], end));
      expect(scan(html, pieces)).toEqual(whole);
    }),
  );
});

test('no bytes make it fail', () => {
  fc.assert(fc.property(fc.string(), (text) => void scan(text)));
  fc.assert(fc.property(fc.string(), (text) => void scanCss(text, BASE)));
});
