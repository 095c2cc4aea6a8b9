/** Every sentence is there in Chinese, with the same arguments, the punctuation of Chinese, and one term for one thing. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenarios } from '../../clients/scenarios/index.ts';
import { observations } from '../../harness/observe/index.ts';
import { argumentsOf, isPhraseKey, PHRASES, TITLES } from '../../harness/report/phrases/phrases.ts';

const HARNESS = path.join(import.meta.dirname, '../../harness');
const FOLDERS = ['report/phrases', 'report/race', 'report/site', 'claims/wording', 'findings/wording'];

/** Terms that another one stands for everywhere. */
const FORMER = /个连接|管线化|回环|裁定|推翻|证伪|得到重现|复位|单元(?!格)|半个请求|报文是唯一|请求体|消息|基准|界定|中间响应/;

/** The string literals and templates of the files in Chinese, each placeholder as one character. */
const texts: [where: string, text: string][] = FOLDERS.flatMap((folder) => {
  const files = readdirSync(path.join(HARNESS, folder)).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) =>
    readFileSync(path.join(HARNESS, folder, file), 'utf8')
      .split('\n')
      .flatMap((line, at): [string, string][] => {
        const text = line.replaceAll(/\$?\{[^{}]*\}/g, '□');
        return /\p{Script=Han}/u.test(text) && !/^\s*(\/\*\*|\*|\/\/)/.test(text) ? [[`${folder}/${file}:${at + 1}`, text]] : [];
      }),
  );
});

describe('the Chinese sentences', () => {
  it('are there for every sentence in English, with the same arguments', () => {
    expect(Object.keys(PHRASES.zh).sort()).toEqual(Object.keys(PHRASES.en).sort());
    const argsIn = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name))].sort();
    for (const [key, text] of Object.entries(PHRASES.zh)) {
      expect(text, key).not.toBe('');
      if (isPhraseKey(key)) expect([...argumentsOf(key)].sort(), key).toEqual(expect.arrayContaining(argsIn(text)));
    }
  });

  it('are there for the title of every observation and scenario', () => {
    const ids = [...observations.map(({ id }) => `observation.${id}`), ...scenarios.map(({ id }) => `scenario.${id}`)];
    expect(ids.filter((id) => !TITLES.zh[id])).toEqual([]);
  });

  it('have no half-width punctuation between Chinese characters', () => {
    expect(texts.length).toBeGreaterThan(500);
    // Also beside a placeholder, and at the end of a sentence.
    const half = /[\p{Script=Han}」”）] ?[,;:?!](?![\w/=*]) ?[\p{Script=Han}□`']|\p{Script=Han}\(|\)\p{Script=Han}|\p{Script=Han}\.['"`]/u;
    expect(texts.filter(([, text]) => half.test(text.replaceAll(/',$/g, '')))).toEqual([]);
  });

  it('use one term for one thing', () => {
    expect(texts.filter(([, text]) => FORMER.test(text))).toEqual([]);
  });

  it('use the same terms and punctuation in the README', () => {
    const readme = readFileSync(path.join(HARNESS, '../README.zh.md'), 'utf8');
    // Without what a terminal shows, and code.
    const prose = readme.replaceAll(/```.*?```/gs, (block) => '\n'.repeat(block.split('\n').length - 1)).replaceAll(/`[^`\n]*`/g, '□');
    const lines = prose.split('\n').map((text, at): [number, string] => [at + 1, text]);
    expect(lines.filter(([, text]) => FORMER.test(text))).toEqual([]);
    const half =
      /[\p{Script=Han}」”）□] ?[,;:?!](?![\w/=*]) ?[\p{Script=Han}□]|\p{Script=Han}\(|\)\p{Script=Han}|[\p{Script=Han}□）][,;.]$|"\p{Script=Han}/u;
    expect(lines.filter(([, text]) => half.test(text))).toEqual([]);
  });
});
