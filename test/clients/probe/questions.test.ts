import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SITE_TARGETS } from '../../../clients/client.ts';
import { fill, type Known, knownOf, learn } from '../../../clients/probe/known.ts';
import { defineQuestion, request } from '../../../clients/probe/question.ts';
import { questions } from '../../../clients/probe/questions/index.ts';
import { scenarios } from '../../../clients/scenarios/index.ts';

const steps = scenarios.filter((scenario) => scenario.for === 'probe').flatMap((scenario) => scenario.steps);
const asked = steps.flatMap((step) =>
  step.actions.flatMap((action) => (action.do === 'ask' ? [{ step: step.id, question: action.question }] : [])),
);

/** Steps in which several questions are asked. */
const TOLD_BY_CONNECTION = new Set(['shutdown-idle', 'idle-used']);

describe('the questions', () => {
  it('are all indexed', async () => {
    const folder = new URL('../../../clients/probe/questions/', import.meta.url);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'index.ts')) {
      const module: Record<string, unknown> = await import(new URL(file, folder).href);
      for (const family of Object.values(module)) {
        for (const question of family as unknown[]) expect(questions, `${file} is not in questions/index.ts`).toContain(question);
      }
    }
  });

  it('are each asked once, in a step that bears their name, but for those that are told apart by their connections', () => {
    expect([...new Set(asked.map(({ question }) => question))].sort()).toEqual(questions.map((question) => question.id).sort());
    for (const { step, question } of asked.filter(({ step }) => !TOLD_BY_CONNECTION.has(step)))
      expect(step.replace(/\.request$/, '')).toBe(question);
  });

  it('go on with a connection that an earlier question of their scenario holds', () => {
    for (const { steps } of scenarios.filter((scenario) => scenario.for === 'probe')) {
      const earlier = new Set<string>();
      for (const { question: id } of steps.flatMap(({ actions }) => actions.filter((action) => action.do === 'ask'))) {
        const question = questions.find((one) => one.id === id)!;
        for (const needed of [question.on, ...(question.release ?? []), question.onlyAfter?.question, question.onlyAfter?.plain])
          if (needed !== undefined) expect(earlier, `${id} needs ${needed}`).toContain(needed);
        if (question.on !== undefined) expect(questions.find((one) => one.id === question.on)?.hold, id).toBe(true);
        earlier.add(id);
      }
    }
  });

  it('can each be written out once everything is known', () => {
    const known = knownOf('localhost:1', SITE_TARGETS);
    learn(known, {
      version: '1.1',
      status: 200,
      headers: new Map([
        ['etag', '"x"'],
        ['content-length', '2000'],
        ['last-modified', 'Wed, 01 Jan 2020 00:00:00 GMT'],
      ]),
    });
    for (const question of questions) {
      const requests = [...question.send, ...(question.turns ?? []).flatMap((turn) => turn.send)];
      for (const { text } of requests) expect(fill(text, known), question.id).not.toMatch(/[{}]/);
    }
  });

  it('are refused where they make no sense', () => {
    expect(() => defineQuestion({ id: 'Two Words', title: '', spec: null, send: [] })).toThrow(/lower-case/);
    expect(() => defineQuestion({ id: 'x', title: '', spec: null, send: [], times: 3 })).toThrow(/only one request/);
    expect(() => defineQuestion({ id: 'x', title: '', spec: null, send: [request('GET')], times: 3, turns: [] })).toThrow(/no turns/);
  });
});

describe('a request', () => {
  it('has the bytes that it is asked to have', () => {
    expect(request('GET').text).toBe('GET {page} HTTP/1.1\r\nHost: {host}\r\n\r\n');
    expect(request('POST', { target: '/x', version: '1.0', host: null, headers: ['A: b'], lineEnd: '\n', body: 'hi' }).text).toBe(
      'POST /x HTTP/1.0\nA: b\n\nhi',
    );
  });
});

describe('what the probe learns', () => {
  const learned = (...headers: [string, string][]): Known => {
    const known: Known = new Map();
    learn(known, { version: '1.1', status: 200, headers: new Map(headers) });
    return known;
  };

  it('toggles the weakness of an ETag', () => {
    expect(learned(['etag', '"a"']).get('etag-toggled')).toBe('W/"a"');
    expect(learned(['etag', 'W/"a"']).get('etag-toggled')).toBe('"a"');
    expect(learned(['etag', 'W/"a"']).get('etag-weak')).toBe('W/"a"');
  });

  it('takes no weak ETag for a strong one', () => {
    expect(learned(['etag', '"a"']).get('etag-strong')).toBe('"a"');
    expect(learned(['etag', 'W/"a"']).has('etag-strong')).toBe(false);
  });

  it('moves the date by a day, in the form that HTTP wants', () => {
    expect(learned(['last-modified', 'Fri, 28 Feb 2020 23:00:00 GMT']).get('last-modified-later')).toBe('Sat, 29 Feb 2020 23:00:00 GMT');
    expect(learned(['last-modified', 'yesterday']).has('last-modified-later')).toBe(false);
  });

  it('knows the tenth byte from the end, where the file has so many', () => {
    expect(learned(['content-length', '2000']).get('near-end')).toBe('1990');
    for (const length of ['10', '', 'x', '-5']) expect(learned(['content-length', length]).has('near-end')).toBe(false);
  });

  it('prefers the ETag for a condition', () => {
    const date: [string, string] = ['last-modified', 'Fri, 28 Feb 2020 23:00:00 GMT'];
    expect(learned(['etag', '"a"'], date).get('condition')).toBe('If-None-Match: "a"');
    expect(learned(date).get('condition')).toBe('If-Modified-Since: Fri, 28 Feb 2020 23:00:00 GMT');
    expect(learned().has('condition')).toBe(false);
  });

  it('counts the bytes of a body, its values among them', () => {
    const text = 'POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{etag}\r\n\r\n';
    expect(fill(text, new Map([['etag', '"v1"']]))).toBe('POST / HTTP/1.1\r\nContent-Length: 8\r\n\r\n"v1"\r\n\r\n');
    expect(fill(text, new Map())).toBeNull();
  });

  it('knows a whole request that can stand in a body, and its length', () => {
    const known = knownOf('h:1', { ...SITE_TARGETS, page: '/a?b' });
    expect(known.get('hidden')).toBe('GET /a?b&wirematrix=hidden HTTP/1.1\r\nHost: h:1\r\n\r\n');
    expect(Number.parseInt(known.get('hidden-hex') ?? '', 16)).toBe(known.get('hidden')?.length);
  });

  it('does not fill in what it does not know', () => {
    expect(fill('If-None-Match: {etag}', new Map())).toBeNull();
    expect(fill('If-None-Match: {etag}', learned(['etag', '"$&"']))).toBe('If-None-Match: "$&"');
  });
});
