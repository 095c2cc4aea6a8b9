/** The page's parts that need no browser: its policy, its sentences, its comparison. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scenarios } from '../../clients/scenarios/index.ts';
import { diffKind } from '../../harness/compare/diff.ts';
import type { ObservedValue, Tolerance } from '../../harness/model.ts';
import { CAUSES } from '../../harness/observe/close-cause.ts';
import { observations } from '../../harness/observe/index.ts';
import { documentEnd, documentStart, embedded, PAGE_MODULES, pageScript } from '../../harness/report/html/document.ts';
import { EN, type PhraseKey } from '../../harness/report/phrases/en.ts';
import { argumentsOf, durationText, PHRASES, phrase, say, TITLES } from '../../harness/report/phrases/phrases.ts';

const PAGE = new URL('../../harness/report/html/page/', import.meta.url);
const sourceOf = (name: string): string => readFileSync(new URL(name, PAGE), 'utf8');

describe('the document', () => {
  it('allows its own script and style by their hashes, and nothing else', () => {
    const [start, end] = [documentStart('a <title> & more'), documentEnd()];
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(start)?.[1] ?? '';
    const hashOf = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src ${hashOf(/<style>([\s\S]*)<\/style>/.exec(start)?.[1])};`);
    expect(policy).toContain(`script-src ${hashOf(/<script>([\s\S]*)<\/script>/.exec(end)?.[1])};`);
    expect(policy).not.toContain('unsafe');
    expect(start).not.toContain('<title>a <title>');
  });

  it('joins every module of the page, each behind those that it imports', () => {
    expect([...PAGE_MODULES].sort()).toEqual(
      readdirSync(PAGE)
        .filter((name) => name.endsWith('.js'))
        .sort(),
    );
    for (const [place, name] of PAGE_MODULES.entries()) {
      for (const match of sourceOf(name).matchAll(/from '\.\/([\w.]+)';/g)) {
        expect(PAGE_MODULES.slice(0, place), `${name} imports ${match[1]}`).toContain(match[1]);
      }
    }
    expect(() => new Function(pageScript())).not.toThrow();
    expect(pageScript()).not.toMatch(/^(?:import|export) /m);
  });

  it('never parses text as markup', () => {
    expect(pageScript()).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function|fetch\(|XMLHttpRequest/,
    );
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
    const same = keys.filter((key) => PHRASES.zh[key] === EN[key] && !/^(?:arrow\.|text|title|ui\.har)/.test(key));
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
      pageScript(),
      ...['story', 'ladder-words', 'ladder-text', 'explanation'].map((name) => readFileSync(new URL(`../../${name}.ts`, PAGE), 'utf8')),
    ].join('\n');
    const byPart = /^(?:arrow|analysis|cause|ui\.theme-|language$|text$|title$|client$|server$)/;
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
    const sections = new Set(['ui.happened', 'ui.waterfall', 'ui.ladders', 'ui.messages', 'ui.values']);
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

describe("the page's comparison", async () => {
  const page: { diffKind(left: unknown, right: unknown, observation: unknown): string } = await import(new URL('compare.js', PAGE).href);
  const value = fc.oneof(
    fc.constantFrom('a', ' a', 'b  c', 'b c', true, false),
    fc.integer({ min: 0, max: 30 }),
    fc.double({ min: 0, max: 30, noNaN: true }),
    fc.constant(null),
  );
  const observed = fc.option(
    fc.record({ value, frames: fc.constant([1]), windowS: fc.integer({ min: 1, max: 20 }) }, { requiredKeys: ['value', 'frames'] }),
  );
  const tolerance: fc.Arbitrary<Tolerance> = fc.constantFrom({ kind: 'exact' }, { kind: 'relative', ratio: 0.15, absolute: 0.5 });
  const unit = fc.constantFrom('s' as const, 'ms' as const, null);
  const pack = (one: ObservedValue | null) => one && [0, one.value, one.frames, one.windowS ?? null];

  it('is the one of the reports', () => {
    fc.assert(
      fc.property(observed, observed, tolerance, unit, (left, right, allowed, inUnit) => {
        const observation = { id: 'x.y', unit: inUnit, tolerance: allowed };
        expect(page.diffKind(pack(left as ObservedValue | null), pack(right as ObservedValue | null), observation)).toBe(
          diffKind(left as ObservedValue | null, right as ObservedValue | null, observation),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
