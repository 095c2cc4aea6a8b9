import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../harness/findings/findings-of.ts';
import { type FindingId, RULES } from '../../harness/findings/rules/index.ts';
import { FINDING_LANGUAGES } from '../../harness/findings/wording/index.ts';
import { CASES, expecting } from './cases.ts';

const subject = { server: 'yours', cell: null };

describe('the registry', () => {
  it('has each id once, as group.name', () => {
    const ids = RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+\.[a-z0-9]+(?:-[a-z0-9]+)*$/);
  });

  it('names a level only with the section that has it', () => {
    for (const { id, level, spec } of RULES) expect(level === null || spec !== null, id).toBe(true);
  });
});

describe.each(Object.entries(CASES))('%s', (id, { fires, frames, silent }) => {
  it('is found, with its frames and its words in each language', async () => {
    const on = await fires();
    for (const language of Object.keys(FINDING_LANGUAGES) as (keyof typeof FINDING_LANGUAGES)[]) {
      const found = findingsOf(on, { ...subject, language }).find((finding) => finding.id === id);
      expect(found, `${id} in ${language}`).toBeDefined();
      expect(found!.where[0]?.frames).toEqual(frames);
      const texts = [found!.title, found!.seen, found!.consequence, found!.remedy];
      for (const text of texts) expect(text, id).toMatch(language === 'zh' ? /[\u4e00-\u9fff:：]/ : /^[^\u4e00-\u9fff]+$/);
      for (const text of texts) expect(text, id).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  it('is not found close by', async () => {
    expect(findingsOf(await silent(), subject).map((finding) => finding.id)).not.toContain(id as FindingId);
  });
});

it('expects no 100 for a request of HTTP/1.0, which can not have one (RFC 9110 §10.1.1)', async () => {
  expect(findingsOf(await expecting(1_000, '1.0')(), subject).map(({ id }) => id)).not.toContain('expect.no-100');
});
