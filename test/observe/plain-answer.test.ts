import { describe, expect, it } from 'vitest';
import type { HeaderField } from '../../harness/model.ts';
import { plainAnswer } from '../../harness/observe/plain-answer.ts';
import { evidence, type RequestInput } from './evidence-builder.ts';
import { judgeById as judge } from './judge-by-id.ts';

const asked = (...requests: Partial<RequestInput>[]) =>
  evidence({ connections: [{ syn: 1, requests: requests.map((request, index) => ({ frame: 10 + index * 2, ...request })) }] });
const answered = (status: number, ...headers: HeaderField[]) => ({ response: { status, headers } });
const CONDITION: HeaderField[] = [['If-None-Match', '"1"']];

describe('what the target answers when nothing special is asked', () => {
  it('is that of the first plain GET', () => {
    expect(plainAnswer(asked({ headers: CONDITION, ...answered(304) }, answered(401)))).toEqual({ status: 401, changes: false });
    expect(plainAnswer(asked({ method: 'HEAD', ...answered(200) }, { headers: [['Range', 'bytes=0-9']], ...answered(206) }))).toMatchObject(
      {
        status: 200,
      },
    );
  });

  it('is not known of a server that has no HEAD, where only HEAD was asked', () => {
    expect(plainAnswer(asked({ method: 'HEAD', ...answered(405) }))).toBeNull();
    expect(plainAnswer(asked({ method: 'OPTIONS', ...answered(204) }))).toBeNull();
  });

  it('changes where answers to the same have other validators', () => {
    const tagged = (tag: string) => answered(200, ['ETag', tag]);
    expect(plainAnswer(asked(tagged('"1"'), { headers: CONDITION, ...tagged('"2"') }))?.changes).toBe(true);
    expect(plainAnswer(asked(tagged('"1"'), { headers: CONDITION, ...tagged('"1"') }))?.changes).toBe(false);
    expect(plainAnswer(asked(tagged('"1"'), { headers: [['Accept-Encoding', 'gzip']], ...tagged('"2"') }))?.changes).toBe(false);
  });
});

describe('judging beside it', () => {
  const verdict = (observation: string, value: string | number | null, status: number | null, changes = false) =>
    judge(observation, { value }, { status, changes })?.verdict;

  it.each([
    ['conditional.star', 302],
    ['range.first-ten', '401'],
    ['methods.post', 401],
    ['versions.absolute-form', 400],
    ['coding.vary', 'none'],
  ])('%s %s says nothing where the plain answer is no success', (observation, value) => {
    expect(verdict(observation, value, 404)).toBe('unspecified');
    expect(verdict(observation, value, null)).toBe('unspecified');
  });

  it('knows no parts of a success without content', () => {
    expect(verdict('range.first-ten', '204', 204)).toBe('unspecified');
    expect(verdict('versions.absolute-form', 204, 204)).toBe('conforms');
  });

  it('takes the answer of a rate limiter for no answer of the target', () => {
    expect(verdict('range.first-ten', '429', 200)).toBe('unspecified');
    expect(verdict('conditional.if-none-match', 429, 200)).toBe('unspecified');
    expect(judge('versions.two-hosts', { value: 429 }, null)?.verdict).toBe('unspecified');
  });

  it('HEAD conforms where it gets what GET gets', () => {
    expect(verdict('methods.head', 302, 302)).toBe('conforms');
    expect(verdict('methods.head', 405, 200)).toBe('deviates');
  });

  it('what no page is needed for is judged all the same', () => {
    expect(verdict('versions.two-hosts', 302, 302)).toBe('deviates');
    expect(verdict('trap.duplicate-date', 'yes', 500)).toBe('deviates');
  });

  it('conditions are not judged on a page that changes', () => {
    expect(verdict('conditional.if-none-match', 200, 200, true)).toBe('unspecified');
    expect(verdict('conditional.if-none-match', 200, 200, false)).toBe('deviates');
    expect(verdict('range.suffix', '206 bytes 0-10/300', 200, true)).toBe('deviates');
  });

  it('no answer is no deviation, but where 400 is due', () => {
    expect(verdict('range.reversed', null, 200)).toBe('unspecified');
    expect(verdict('versions.missing-host', null, 200)).toBe('deviates');
  });
});
