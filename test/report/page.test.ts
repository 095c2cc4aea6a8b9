/** The page's parts that need no browser: its policy, its script, its sentences. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scenarios } from '../../clients/scenarios/index.ts';
import { LANGUAGES } from '../../harness/model.ts';
import { CAUSES } from '../../harness/observe/close-cause.ts';
import { observations } from '../../harness/observe/index.ts';
import { printable } from '../../harness/report/escape.ts';
import { documentEnd, documentStart, embedded } from '../../harness/report/html/document.ts';
import { unpackPhrase } from '../../harness/report/html/packed-phrase.ts';
import { StringTable } from '../../harness/report/html/strings.ts';
import { EN, type PhraseKey } from '../../harness/report/phrases/en.ts';
import { argumentsOf, durationText, PHRASES, type Phrase, phrase, say, TITLES, verbatim } from '../../harness/report/phrases/phrases.ts';

const PAGE = new URL('../../harness/report/html/page/', import.meta.url);
const sourceOf = (name: string): string => readFileSync(new URL(name, PAGE), 'utf8');
const PAGE_MODULES = readdirSync(PAGE).filter((name) => name.endsWith('.ts'));
const AsyncFunction = (async () => {}).constructor as new (source: string) => unknown;

/** The script as it stands in the document. */
const pageScript = (): string => /<script type="module">([\s\S]*)<\/script>/.exec(documentEnd())?.[1] ?? '';

describe('the document', () => {
  it('allows its own script and style by their hashes, and nothing else', () => {
    const [start, end] = [documentStart('a <title> & more'), documentEnd()];
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(start)?.[1] ?? '';
    const hashOf = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src ${hashOf(/<style>([\s\S]*)<\/style>/.exec(start)?.[1])};`);
    expect(policy).toContain(`script-src ${hashOf(/<script type="module">([\s\S]*)<\/script>/.exec(end)?.[1])};`);
    expect(policy).not.toContain('unsafe');
    expect(start).not.toContain('<title>a <title>');
  });

  it('has one script, which nothing in it can end and which needs no other file', () => {
    const script = pageScript();
    // A module, which may wait at its top.
    expect(() => new AsyncFunction(script)).not.toThrow();
    expect(script).not.toMatch(/<\/script|<!--/i);
    expect(script).not.toMatch(/\b(?:import|require)\s*\(|^\s*(?:import|export)\b/m);
  });

  it('uses every module of the page', () => {
    const imported = PAGE_MODULES.flatMap((name) => [...sourceOf(name).matchAll(/from '\.\/([\w.-]+)';/g)].map((match) => match[1]));
    expect(PAGE_MODULES.filter((name) => !imported.includes(name))).toEqual(['main.ts']);
  });

  it('never parses text as markup, and asks for nothing over a network but what serves it', () => {
    expect(pageScript()).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function|XMLHttpRequest|sendBeacon|WebSocket/,
    );
    const asked = PAGE_MODULES.flatMap((name) => [...sourceOf(name).matchAll(/(?:fetch|EventSource)\((.)([^$'`]*)/g)]);
    expect(asked.map(([, quote, start]) => `${quote}${start}`)).toEqual(['`data/', "'events", '`again/']);
    expect(documentStart('a file')).toContain("default-src 'none'");
    expect(documentStart('a file')).not.toContain('connect-src');
  });

  it('embeds any data so that no script element ends', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('</script>', '<!--', '\u2028', ']]>'))), (data) => {
        const text = embedded(data);
        expect(text).not.toMatch(/[<\u2028\u2029]/);
        expect(JSON.parse(text)).toEqual(data);
      }),
    );
  });
});

describe('the sentences', () => {
  const keys = Object.keys(EN) as PhraseKey[];
  const placesIn = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? ''))].sort();

  it.each(Object.keys(PHRASES))('in %s use arguments that English has too', (language) => {
    for (const key of keys) {
      const own = placesIn(PHRASES[language as keyof typeof PHRASES][key]);
      expect(argumentsOf(key), key).toEqual(expect.arrayContaining(own));
    }
  });

  it('in Chinese are Chinese, but for what stands on the wire', () => {
    const same = keys.filter((key) => PHRASES.zh[key] === EN[key] && !/^(?:arrow\.|text|title|said|value|ui\.har)/.test(key));
    expect(same).toEqual([]);
  });

  it('have a Chinese title for every observation and scenario', () => {
    const wanted = [...observations.map(({ id }) => `observation.${id}`), ...scenarios.map(({ id }) => `scenario.${id}`)];
    expect(wanted.filter((id) => !Object.hasOwn(TITLES.zh, id))).toEqual([]);
  });

  it('name every cause of a close as the observation does', () => {
    for (const [cause, words] of Object.entries(CAUSES)) expect(EN[`cause.${cause}` as PhraseKey]).toBe(words);
  });

  it('are all used', () => {
    const sources = [
      ...PAGE_MODULES.map(sourceOf),
      ...['story', 'ladder-words', 'ladder-text', 'explanation'].map((name) => readFileSync(new URL(`../../${name}.ts`, PAGE), 'utf8')),
    ].join('\n');
    const byPart =
      /^(?:question\.|plain\.|search\.|idle\.(?:because-|races$|safe$|unknown$)|arrow|analysis|cause|finding|ui\.theme-|language$|listed$|text$|title$|client$|server$)/;
    const states = [
      'ui.real',
      'ui.model',
      'ui.emulated',
      'ui.failed',
      'ui.skipped',
      'ui.not-applicable',
      'ui.conforms',
      'ui.deviates',
      'ui.unspecified',
    ];
    const verdicts = [
      'ui.reproduced',
      'ui.reproduced-other-cause',
      'ui.contradicted',
      'ui.not-observable',
      'ui.line-added',
      'ui.line-missing',
      'ui.differs',
      'ui.equal',
      'ui.only-left',
      'ui.only-right',
    ];
    const composed = new Set([
      ...states,
      ...['ui.pending', 'live.begins', 'live.server', 'live.capture', 'live.client', 'live.step'],
      ...verdicts,
      'ui.connect',
      'ui.ready',
      'ui.send',
      'ui.wait',
      'ui.receive',
      'ui.head',
      'ui.body',
      'value.yes',
      'value.no',
    ]);
    const sections = new Set(['ui.happened', 'ui.waterfall', 'ui.ladders', 'ui.messages', 'ui.values', 'ui.findings', 'ui.servers']);
    expect(keys.filter((key) => !byPart.test(key) && !composed.has(key) && !sections.has(key) && !sources.includes(`'${key}'`))).toEqual(
      [],
    );
  });

  it('count and nest', () => {
    expect(say('en', phrase('arrow.segments', { n: 1 }))).toBe('1 segment');
    expect(say('en', phrase('arrow.segments', { n: 1200 }))).toBe('1,200 segments');
    expect(say('zh', phrase('story.time-wait', { side: phrase('server'), n: 2 }))).toContain('服务器');
    expect([0, 400, 1_500_000, 6.004e9, 95e9, 125e9].map(durationText)).toEqual(['0 s', '0 µs', '1.5 ms', '6 s', '95 s', '2 min 5 s']);
  });
});

describe('a packed sentence', () => {
  const keys = (Object.keys(EN) as PhraseKey[]).filter((key) => key !== 'text' && key !== 'title');
  // Texts may come from the wire: packing makes them printable.
  const text = fc.string();
  const simple = fc.constantFrom<Phrase>(phrase('server'), phrase('client'), phrase('value.none'));
  const title = fc
    .record({ id: fc.constantFrom('observation.close.first', 'scenario.reload', 'x'), text })
    .map((args) => phrase('title', args));
  const arg = fc.oneof(text, fc.nat(), simple, title, text.map(verbatim));
  const sentence = fc
    .constantFrom(...keys)
    .chain((key) => fc.record(Object.fromEntries(argumentsOf(key).map((name) => [name, arg]))).map((args) => phrase(key, args)));

  it('says in the page what it says in the reports', () => {
    fc.assert(
      fc.property(fc.oneof(sentence, title, text.map(verbatim)), fc.constantFrom(...LANGUAGES), (one, language) => {
        const table = new StringTable();
        const packed = JSON.parse(JSON.stringify(table.phrase(one)));
        expect(say(language, unpackPhrase(packed, table.strings))).toBe(printable(say(language, one)));
      }),
      { numRuns: 1_000 },
    );
  });
});
