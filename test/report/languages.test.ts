import { describe, expect, it } from 'vitest';
import type { Rule } from '../../harness/findings/finding.ts';
import { RULES } from '../../harness/findings/rules/index.ts';
import { isLanguage, LANGUAGES } from '../../harness/model.ts';
import { renderDifferences, renderMarkdown } from '../../harness/report/markdown.ts';
import { TABLE_WORDS } from '../../harness/report/phrases/tables.ts';
import { findingsIn, runInLanguage } from '../../harness/report/run-in-language.ts';
import { renderTerminal } from '../../harness/report/terminal.ts';
import { sampleRun } from './sample-run.ts';

it('knows its languages and no others', () => {
  expect(LANGUAGES.every(isLanguage)).toBe(true);
  expect(isLanguage('de')).toBe(false);
});

describe.each(LANGUAGES)('the tables in %s', (language) => {
  it('say everything, with nothing left empty', () => {
    const input = { run: sampleRun(), language, terminal: { columns: 200, color: false } };
    const texts = [renderMarkdown(input), renderDifferences(input), renderTerminal(input)];
    for (const text of texts) expect(text).not.toMatch(/undefined|NaN|\[object|\(\)/);
    expect(texts[0]).toContain(TABLE_WORDS[language].mattersTitle);
    expect(texts[1]).toContain(TABLE_WORDS[language].differencesTitle);
    expect(texts[2]).toContain(TABLE_WORDS[language].highlightsTitle);
  });
});

it('findings in Chinese say in Chinese what the parser found too', () => {
  const rule = RULES.find(({ id }) => id === 'framing.bare-lf') as Rule;
  const found = { rule, server: 'a', product: null, args: { detail: 'a line ends with LF alone' }, times: 1, connections: 1, where: [] };
  expect(findingsIn([found], 'zh')[0]?.seen).toBe('响应中：有一行仅以 LF 结束。');
  expect(findingsIn([found], 'en')[0]?.seen).toBe('In a response a line ends with LF alone.');
});

it('the tables in Chinese have the punctuation of Chinese, and its titles', () => {
  const run = runInLanguage(sampleRun(), [], 'zh');
  const input = { run, language: 'zh' as const, terminal: { columns: 200, color: false } };
  const half = /[\p{Script=Han}，。；：（）、] ?[,;:?!()]|[,;:?!()] ?[\p{Script=Han}，。；：（）、]/u;
  for (const text of [renderMarkdown(input), renderDifferences(input), renderTerminal(input)])
    expect(text.split('\n').filter((line) => half.test(line.replaceAll(/`[^`]*`/g, '`')))).toEqual([]);
  expect(renderMarkdown(input)).toContain('**先关闭的一方**');
});

it.each(LANGUAGES.filter((language) => language !== 'en'))('the words of the tables in %s are not in English', (language) => {
  const { en } = TABLE_WORDS;
  const same = Object.entries(TABLE_WORDS[language]).filter(
    ([key, text]) => typeof text === 'string' && text === en[key as keyof typeof en],
  );
  expect(same).toEqual([]);
});
