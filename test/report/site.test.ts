/** The site: every link leads somewhere, every page is whole without scripts, short, in both languages, and shows what came from the wire as text. */
import path from 'node:path';
import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../harness/compare/run-result.ts';
import type { RaceResult } from '../../harness/race/judge/pair.ts';
import { namesOf } from '../../harness/report/site/links.ts';
import { LONGEST_PAGE, siteFiles } from '../../harness/report/site/site.ts';
import { readRun } from '../../harness/results/read-run.ts';
import { cell, sampleRun } from './sample-run.ts';

const EVIL = '"><script>alert(1)</script>\x1b[2J</main>';

const claim = (id: string): RunResult['claims'][number] => ({
  id,
  statement: 'a statement',
  verdict: 'contradicted',
  because: 'the packets say otherwise',
  evidence: [{ cell: 'express/chromium/first-visit', observation: 'close.first', frames: [4, 9] }],
});

const race = {
  schemaVersion: 1,
  startedAt: '2026-01-02T03:04:05.000Z',
  durationMs: 60_000,
  windowS: 95,
  pathDelayMs: 20,
  upstreams: [{ id: 'nginx-proxy', title: 'nginx', habits: {} }],
  servers: [{ id: 'express', title: 'Express', timer: {} }],
  pairs: [{ upstream: 'nginx-proxy', server: 'express', method: 'POST', tried: 64, repeated: 0, failed: { '502': 3 }, verdict: 'races' }],
} as unknown as RaceResult;

function site(run: RunResult, url: string | null = null): Map<string, string> {
  const files = siteFiles({ run, race, url, version: '0.0.0' });
  return new Map([...files].map(({ path: name, content }) => [name, String(content)]));
}
const whole = (): RunResult => ({ ...sampleRun(), claims: [claim('S4.1'), claim('R9.9')] });
const pages = (files: ReadonlyMap<string, string>) => [...files].filter(([name]) => name.endsWith('.html'));

/** The elements of a page; what was left open or closed twice is in `broken`. */
function parsed(html: string) {
  const found = {
    ids: [] as string[],
    links: [] as string[],
    names: [] as string[],
    broken: [] as string[],
    lang: '',
    description: '',
    title: '',
  };
  const open: string[] = [];
  const parser = new Parser({
    onopentag(name, { id, href, lang, ...attributes }) {
      if (name === 'html') found.lang = lang ?? '';
      if (attributes.name === 'description') found.description = attributes.content ?? '';
      if (id) found.ids.push(id);
      if (href !== undefined) found.links.push(href);
      found.names.push(name, ...Object.keys(attributes));
      open.push(name);
    },
    ontext(text) {
      if (open.at(-1) === 'title') found.title += text;
    },
    onclosetag(name, isImplied) {
      const last = open.pop();
      if (last !== name || (isImplied && !['meta', 'link', 'br'].includes(name))) found.broken.push(name);
    },
  });
  parser.end(html);
  return { ...found, broken: [...found.broken, ...open] };
}

describe('the site', () => {
  it('has a page for each server, observation and claim, in each language', () => {
    const run = whole();
    const names = [...site(run).keys()];
    for (const folder of ['', 'zh/']) {
      for (const { id } of run.servers) expect(names).toContain(`${folder}servers/${id}.html`);
      expect(names).toEqual(
        expect.arrayContaining(['index.html', 'observations/idle-used.html', 'claims/s4-1.html', 'race.html'].map((one) => folder + one)),
      );
    }
    expect(names.filter((name) => name.endsWith('.html')).length % 2).toBe(0);
  });

  it('has no link that leads nowhere, and no page that is not whole', () => {
    const files = site(whole());
    const all = new Map(pages(files).map(([name, html]) => [name, parsed(html)]));
    let links = 0;
    for (const [name, page] of all) {
      expect(page.broken, name).toEqual([]);
      expect(new Set(page.ids).size, name).toBe(page.ids.length);
      expect(page.lang).toBe(name.startsWith('zh/') ? 'zh-CN' : 'en');
      expect(
        [page.title, page.description].every((text) => text.length > 5),
        name,
      ).toBe(true);
      expect(page.names).not.toContain('script');
      expect(page.names.filter((one) => one.startsWith('on') || one === 'src')).toEqual([]);
      for (const link of page.links.filter((one) => !one.startsWith('https://'))) {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? name : path.posix.join(path.posix.dirname(name), file);
        expect(files.has(target), `${name} → ${link}`).toBe(true);
        if (anchor) expect(all.get(target)?.ids, `${name} → ${link}`).toContain(anchor);
        links++;
      }
    }
    expect(links).toBeGreaterThan(500);
  });

  it('shows who loses requests to whom', () => {
    expect(site(whole()).get('race.html')).toContain('<td>lost 3/64</td>');
    expect(site(whole()).get('zh/race.html')).toContain('<td>丢失 3/64</td>');
  });

  it('keeps the addresses that others link to', () => {
    const names = namesOf(whole());
    expect(['idle.used-s', 'close.idle-ms', 'conditional.304-length', 'shutdown.idle', 'shutdown.idle-s'].map(names.observation)).toEqual([
      'idle-used',
      'close-idle',
      'conditional-304-length',
      'shutdown-idle',
      'shutdown-idle-s',
    ]);
    const odd = ['nginx-proxy>express', 'node-http@18', '../..', 'index', 'a b', 'a-b'];
    const servers = odd.map((id) => ({ ...whole().servers[0], id }) as RunResult['servers'][number]);
    const { server } = namesOf({ ...whole(), servers });
    expect(odd.map(server)).toEqual(['nginx-proxy-to-express', 'node-http@18', 'unnamed', 'index-', 'a-b', 'a-b-2']);
    expect(site(whole()).get('servers/express.html')).toContain('id="idle-used"');
  });

  it('shows what came from the wire as text', () => {
    const run = whole();
    run.servers[0] = { ...(run.servers[0] as RunResult['servers'][number]), title: EVIL, version: EVIL, summary: EVIL };
    run.cells.push(cell('express/chromium/revisit', { 'cache.control': EVIL }));
    for (const [name, html] of pages(site(run))) {
      expect(html, name).not.toMatch(/<script|\x1b/);
      expect(parsed(html).broken, name).toEqual([]);
    }
  });

  it('tells search engines of every page where its address is known, and of none where it is not', () => {
    const files = site(whole(), 'https://example.org/wm');
    const map = files.get('sitemap.xml') ?? '';
    expect(map).toContain('<loc>https://example.org/wm/servers/express</loc>');
    expect(map).toContain('<loc>https://example.org/wm/zh/</loc>');
    expect(map.match(/<url>/g)).toHaveLength(pages(files).length - 1);
    expect(files.get('servers/express.html')).toContain('<link rel="canonical" href="https://example.org/wm/servers/express">');
    expect(site(whole()).has('sitemap.xml')).toBe(false);
  });

  it('has no page of the reference above 300 KB', async () => {
    const run = await readRun(path.join(import.meta.dirname, '../../results/reference'));
    expect(run).not.toBeNull();
    const long = [...siteFiles({ run: run as RunResult, race: null, url: null, version: '0.0.0' })].filter(
      ({ content }) => Buffer.byteLength(content) >= LONGEST_PAGE,
    );
    expect(long.map((file) => file.path)).toEqual([]);
    // Thousands of cells; a busy machine takes many times as long.
  }, 120_000);
});

it('begins a title with a capital, unless it begins with syntax', () => {
  const sample = sampleRun();
  const run = { ...sample, cells: [...sample.cells, cell('express/probe/range', { 'range.first-ten': '206 bytes 0-9/100' })] };
  const list = site(run).get('observations/index.html') ?? '';
  expect(list).toContain('>bytes=0-9</a>');
  expect(list).toContain('>Connections opened</a>');
});

it('has no half-width punctuation in its Chinese sentences', () => {
  const half = /\p{Script=Han} ?[,;:()]|[,;:(] ?\p{Script=Han}/u;
  const chinese = pages(site(whole())).filter(([name]) => name.startsWith('zh/'));
  const texts = chinese.flatMap(([name, html]) =>
    html
      .replaceAll(/<(style|code|title)\b.*?<\/\1>|<meta[^>]*>|<[^>]*>/gs, '')
      .split('\n')
      .filter((line) => half.test(line))
      .map((line) => `${name}: ${line.trim().slice(0, 120)}`),
  );
  expect(chinese.length).toBeGreaterThan(20);
  expect(texts).toEqual([]);
});
