/** What a run has in English is there in every language: each sentence that the sources can write into a run, and the whole reference run. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseAst } from 'rolldown/parseAst';
import { describe, expect, it } from 'vitest';
import { clients } from '../../clients/index.ts';
import { sourcesOfClient } from '../../clients/sources.ts';
import type { RunResult } from '../../harness/compare/run-result.ts';
import { PRODUCTS, type Product } from '../../harness/findings/products.ts';
import { SETTINGS_ZH } from '../../harness/findings/wording/settings-zh.ts';
import { observations } from '../../harness/observe/index.ts';
import { DOCUMENTED } from '../../harness/race/documented.ts';
import { DEFINITIONS, inLanguage, SENTENCES, valueInLanguage } from '../../harness/report/phrases/in-language.ts';
import { TITLES } from '../../harness/report/phrases/phrases.ts';
import { servers } from '../../servers/index.ts';
import { MODEL_SOURCES } from '../../servers/models/sources.ts';

const ROOT = path.join(import.meta.dirname, '../..');

/** Three words of English one after the other, outside of what is the same in every language: code, quotations, addresses, names of files and programs. */
const ENGLISH = /(?:\b[A-Za-z][a-z']+[ ,;:]+){2,}[a-z][a-z']+/;
const SAME_EVERYWHERE =
  /`[^`]*`|“[^”]*”|"[^"]*"|\S*[/.=][^\s，。；：）]*|--[\w-]+|\b(?:Content|Transfer|Accept|Keep|Last|If|Cache)-[\w-]+|max-age|no-cache|close-delimited|internal dummy connection|[\w-]+ app:app/g;
/** Names of fields, one after the other. */
const NAMES = /^[a-z-]+(?:, [a-z-]+)*$/;
const hasEnglish = (text: string): boolean => !NAMES.test(text) && ENGLISH.test(text.replace(SAME_EVERYWHERE, '·'));

/** Placeholders without their names: the sources and the catalogue name them differently. */
const bare = (text: string): string => text.replaceAll(/\{\w*\}/g, '{}');
/** What a placeholder at the end stands for may be empty. */
const withoutLast = (text: string): string => text.replace(/\{\}$/, '');
const catalogue = new Set(Object.keys(SENTENCES.zh).map(bare).map(withoutLast));
const isKnown = (text: string): boolean => catalogue.has(withoutLast(text));

interface Found {
  text: string;
  /** The property or the function that it is given to. */
  place: string;
}

/** What is read of a node of the syntax tree, by its type. */
interface Node {
  type: string;
  value: unknown;
  quasis: { value: { cooked: string } }[];
  key: { name?: string; value?: unknown };
  callee: { name?: string };
}

/** The texts of a source, `{}` in place of what a template fills in. */
function textsOf(file: string): Found[] {
  const found: Found[] = [];
  const visit = (node: unknown, place: string): void => {
    if (Array.isArray(node)) for (const one of node) visit(one, place);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { type, value, quasis, key, callee } = node as Node;
    if (type === 'ImportDeclaration' || type === 'ThrowStatement') return;
    if (type === 'Literal' && typeof value === 'string') found.push({ text: value, place });
    if (type === 'TemplateLiteral') found.push({ text: quasis.map((one) => one.value.cooked).join('{}'), place });
    const inner =
      type === 'Property' ? String(key.name ?? key.value) : type === 'CallExpression' && callee.name ? `${callee.name}()` : place;
    for (const [name, child] of Object.entries(node)) if (name !== 'key') visit(child, inner);
  };
  visit(parseAst(readFileSync(path.join(ROOT, file), 'utf8'), { lang: 'ts' }).body, '');
  return found;
}

const filesIn = (...folders: string[]): string[] =>
  folders.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`),
  );

/** Sentences among the texts: three words or more. */
const sentencesOf = (files: string[], isSaid: (found: Found) => boolean): string[] => {
  const texts = files.flatMap(textsOf).filter(isSaid);
  return [...new Set(texts.map(({ text }) => text).filter((text) => ENGLISH.test(text.replaceAll('{}', '1'))))];
};

describe('what a run says in English is there in Chinese', () => {
  it('for the definition of every observation', () => {
    expect(observations.map(({ id }) => id).filter((id) => !DEFINITIONS.zh[id])).toEqual([]);
    const ids = new Set(observations.map(({ id }) => id));
    expect(Object.keys(DEFINITIONS.zh).filter((id) => !ids.has(id))).toEqual([]);
    for (const [id, text] of Object.entries(DEFINITIONS.zh)) expect(hasEnglish(text), `${id}: ${text}`).toBe(false);
  });

  it('for the title and summary of every server and client that are more than a name', () => {
    const words = /, | with(out)? | on |\(|questions|built-in/;
    const titles = [
      ...servers.map(({ id, title }): [string, string] => [`server.${id}`, title]),
      ...clients.map(({ id, title }): [string, string] => [`client.${id}`, title]),
    ];
    expect(titles.filter(([id, title]) => words.test(title) && !TITLES.zh[id])).toEqual([]);
    const summaries = servers.map(({ id, summary }): [string, string] => [id, TITLES.zh[`summary.${id}`] ?? summary]);
    expect(summaries.filter(([, summary]) => hasEnglish(summary))).toEqual([]);
  });

  it('for every ruling', () => {
    const lacking = sentencesOf(['harness/observe/conformance.ts', 'harness/observe/judge.ts'], () => true);
    expect(lacking.length).toBeGreaterThan(100);
    expect(lacking.filter((text) => !isKnown(text))).toEqual([]);
  });

  it('for every note', () => {
    const isNote = ({ place }: Found) => place === 'note' || place === 'because';
    const notes = sentencesOf(filesIn('harness/observe'), isNote);
    expect(notes.length).toBeGreaterThan(20);
    expect(notes.filter((text) => !isKnown(text))).toEqual([]);
  });

  it('for every problem of a message', () => {
    const problems = sentencesOf(filesIn('harness/http'), () => true).map((text) => text.replace(/^, \{\}/, '{} inside the body, {}'));
    expect(problems.length).toBeGreaterThan(40);
    expect(problems.filter((text) => !isKnown(text))).toEqual([]);
  });

  it('for every reason and remedy', () => {
    const isReason = ({ place }: Found) => /^(?:reason|remedy|LaneFailure\(\)|notStarted\(\)|failed\(\)|failedCell\(\))$/.test(place);
    const files = [
      ...filesIn('harness/lab', 'harness/lab/capture', 'servers', 'clients/real'),
      'harness/results/assemble.ts',
      'harness/system/packages.ts',
    ];
    const commands = /^(?:apt-get|npx|npm|--package) /;
    const reasons = sentencesOf(files, isReason).filter((text) => !commands.test(text));
    expect(reasons.length).toBeGreaterThan(20);
    expect(reasons.filter((text) => !isKnown(text))).toEqual([]);
  });

  it('for every source, known difference and remark on a documented time-out', () => {
    const browsers = ['chromium', 'firefox', 'ie11'].map(sourcesOfClient);
    const texts = [
      ...Object.values(MODEL_SOURCES).flatMap((sources) => sources.map(({ text }) => text)),
      ...browsers.flatMap((one) => [
        ...(one?.sources ?? []).map(({ text }) => text),
        ...(one?.known ?? []).flatMap(({ what, because }) => [what, because]),
      ]),
      ...DOCUMENTED.flatMap(({ note }) => note ?? []),
    ];
    expect(texts.length).toBeGreaterThan(80);
    // Titles of documents and names of files stay.
    const stays = /^(?:Microsoft|Chromium|Firefox|RFC|nginx|Apache|Django|CPython|Werkzeug) /;
    expect(texts.filter((text) => !stays.test(text) && inLanguage('zh', text) === text)).toEqual([]);
  });

  it('for every setting of a product that is more than code', () => {
    const settings = Object.values(PRODUCTS).flatMap((product: Product) => Object.values(product.settings));
    const words = / (?:or|of|in|with|before|by|the) |event loop/;
    expect(settings.filter((setting) => words.test(setting) && !SETTINGS_ZH[setting])).toEqual([]);
  });

  it('for all that the reference run says', () => {
    const run = JSON.parse(gunzipSync(readFileSync(path.join(ROOT, 'results/reference/run.json.gz'))).toString()) as RunResult;
    const said = run.cells.flatMap((cell) => [
      ...cell.notes,
      ...(cell.reason === null ? [] : [cell.reason]),
      ...cell.exchanges.flatMap(({ problems }) => problems.map(({ detail }) => detail)),
      ...Object.values(cell.values).flatMap(({ note, conformance }) => [
        ...(note ? [note] : []),
        ...(conformance ? [conformance.because] : []),
      ]),
    ]);
    expect(said.length).toBeGreaterThan(1_000);
    expect([...new Set(said.map((text) => inLanguage('zh', text)).filter(hasEnglish))]).toEqual([]);
    const values = run.cells.flatMap((cell) =>
      Object.values(cell.values).flatMap(({ value }) => (typeof value === 'string' ? [value] : [])),
    );
    expect([...new Set(values.map((value) => valueInLanguage('zh', value)).filter(hasEnglish))]).toEqual([]);
  });
});

describe('a sentence of a run', () => {
  it.each([
    ['the ETag matches, so the condition is false, and the answer MUST be 304', 'ETag 匹配，因此条件不成立，响应必须（MUST）是 304'],
    ['named 5 s, closed after 6.01 s; others: 4 error-response', '通告 5 s，6.01 s 后关闭；其余：4 条返回错误后关闭'],
    ['200, 400, then FIN', '200, 400，随后 FIN'],
    ['nginx is not installed', '未安装 nginx'],
    [
      'the capture was cut short: the statistics that end it are missing, and again when the cell was repeated',
      '抓包被截断：缺少末尾的统计，重做该单元格后仍然如此',
    ],
  ])('takes its figures along: %s', (english, chinese) => {
    expect(inLanguage('zh', english)).toBe(chinese);
    expect(inLanguage('en', english)).toBe(english);
  });

  it('stays as it is where nobody knows it, and so does what came from the wire', () => {
    expect(inLanguage('zh', 'frobnicated by a server of tomorrow')).toBe('frobnicated by a server of tomorrow');
    expect(valueInLanguage('zh', 'public, max-age=0')).toBe('public, max-age=0');
    expect(valueInLanguage('zh', 'keep-alive')).toBe('keep-alive');
  });
});
