import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ObservedCell, RunResult } from '../../harness/compare/run-result.ts';
import type { Finding } from '../../harness/findings/finding.ts';
import type { Language, ObservedValue } from '../../harness/model.ts';
import { TLS_OFF } from '../../harness/report/phrases/tls-off.ts';
import { hasAnswered, type ProbeTextOptions, probeText } from '../../harness/report/probe-text.ts';
import { textWidth } from '../../harness/report/width.ts';
import { cellOf, runOf } from './probe-run.ts';

const finding = (severity: Finding['severity'], title: string): Finding => ({
  id: `a.${title}`,
  severity,
  level: 'MUST',
  spec: 'RFC 9110 §8.8.3',
  title,
  seen: 'What was seen, in a sentence that is long enough to be wrapped more than once in a narrow terminal.',
  consequence: 'What follows.',
  remedy: 'What mends it.',
  server: 'yours',
  where: [{ cell: 'yours/probe/range', stream: 0, frames: [4, 6] }],
});

const value = (given: ObservedValue['value'], more: Partial<ObservedValue> = {}): ObservedValue => ({
  value: given,
  frames: [1, 2],
  ...more,
});
const judged = (verdict: 'conforms' | 'deviates') => ({ conformance: { verdict, section: 'RFC 9110 §14.2', because: 'so it is' } });

const SOUND = {
  'idle.used-s': value(6.01),
  'keepalive.advertised-s': value(5),
  'range.first-ten': value('206 bytes 0-9/100', judged('conforms')),
  'range.suffix': value('206 bytes 90-99/100', judged('conforms')),
  'range.beyond': value('200', judged('deviates')),
};

const plain: ProbeTextOptions = { language: 'en', columns: 80, product: null };
const text = (given: Parameters<typeof cellOf>[0] = {}, findings: readonly Finding[] = [], options: Partial<ProbeTextOptions> = {}) =>
  probeText(runOf(cellOf(given)), findings, { ...plain, ...options });

describe('what probe prints', () => {
  it('begins with what the server is, how much is wrong, and what becomes of idle connections', () => {
    const lines = text({ values: SOUND }, [finding('risk', 'R'), finding('fault', 'F'), finding('note', 'N')]).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'GET / answers 200 (text/html); HTTP/1.1; Server: nginx/1.22.1.',
      '1 fault, 1 risk, 1 note.',
      'Idle connections: closed after 6 s; advertised: 5 s.',
    ]);
  });

  it('shows the worst first, and stays within the width', () => {
    for (const columns of [80, 100]) {
      const lines = text({ values: SOUND }, [finding('note', 'N'), finding('fault', 'F')], { columns }).split('\n');
      expect(lines.findIndex((line) => line.includes('fault  F'))).toBeLessThan(lines.findIndex((line) => line.includes('note   N')));
      for (const line of lines) expect(textWidth(line), line).toBeLessThanOrEqual(columns);
    }
  });

  it('folds the values that conform into one entry a group, and names those that deviate', () => {
    const shown = text({ values: SOUND });
    expect(shown).toContain('2 conform; 1 deviates (beyond 200)');
    expect(shown).not.toContain('206 bytes 90-99/100');
    expect(shown).toContain('--all');
  });

  it('lists every value with its frames where it is asked to', () => {
    const shown = text({ values: SOUND }, [], { all: true });
    expect(shown).toMatch(/range\.suffix +206 bytes 90-99\/100 {2}\(range, frames 1, 2\)/);
    expect(shown).toContain('deviates from RFC 9110 §14.2: so it is');
  });

  it('says so where nothing is wrong', () => {
    expect(text({ values: SOUND })).toContain('No fault and no risk found.');
  });

  it.each([
    ['tls', 7, 'TLS'],
    ['http/2', 9, 'HTTP/2 alone'],
    ['other', 3, 'something else'],
    ['none', 0, 'sent nothing'],
  ] as const)('names what it speaks in the place of HTTP/1.x: %s', (protocol, server, words) => {
    const run = runOf(cellOf({ values: SOUND, status: null, protocol, serverBytes: server }));
    expect(probeText(run, [], plain)).toContain(words);
    expect(probeText(run, [], plain)).not.toContain('No fault');
    expect(hasAnswered(run)).toBe(false);
  });

  describe('a port of TLS', () => {
    const tls = (title: string, status: number | null = 400) => {
      const run = runOf(cellOf({ values: SOUND, status }), cellOf({ values: SOUND, status: null, protocol: 'tls', serverBytes: 7 }));
      return { ...run, servers: run.servers.map((row) => ({ ...row, title })) };
    };
    const said = (run: RunResult, language: Language = 'en') => probeText(run, [], { ...plain, language }).replace(/\s+/g, ' ');

    it('is named where it answers plain HTTP with 400', () => {
      expect(said(tls('./server'))).toMatch(/^Plain HTTP is answered with 400: it speaks TLS\. .* To turn TLS off: nginx \(listen 3000 in/);
      expect(said(tls('./server'), 'zh')).toContain('对明文 HTTP 一律返回 400：该端口使用 TLS。');
      expect(hasAnswered(tls('./server'))).toBe(false);
      expect(said(tls('./server', 200))).toContain('GET / answers 200');
      expect(hasAnswered(tls('./server', 200))).toBe(true);
    });

    it.each([
      ['npx next dev --experimental-https', 'Next.js (leave out --experimental-https).'],
      ['python3 manage.py runserver_plus --cert-file x', 'Django (runserver in place of'],
      ['uvicorn app:app --ssl-keyfile k', 'uvicorn (leave out'],
      ['java -jar app.jar', 'Spring Boot (--server.ssl.enabled=false).'],
      ['./server', 'Next.js (leave out --experimental-https); Vite'],
    ])('%s', (command, how) => expect(said(tls(command, null))).toContain(`To turn TLS off: ${how}`));

    it('has the same table in the documentation', () => {
      const table = readFileSync(path.join(import.meta.dirname, '../../docs/https.md'), 'utf8');
      const rows = [...table.matchAll(/^\| (.+) \| (.+) \|$/gm)].slice(1).map(([, name, how]) => `${name}: ${how}`);
      expect(rows).toEqual(TLS_OFF.map(({ name, how }) => `${name}: ${how.en}`));
    });
  });

  it('says what to do where plain requests are redirected to https', () => {
    const one = cellOf({ values: SOUND, status: 301 });
    one.exchanges[0]?.responseHeaders.push(['Location', 'https://127.0.0.1/']);
    expect(probeText(runOf(one), [], plain)).toContain('redirects plain requests to https');
  });

  it('says what can not be judged of a page that is none, of a stream, and beside a rate limiter', () => {
    expect(text({ values: SOUND, status: 401 })).toContain('--header');
    expect(text({ values: SOUND, complete: false, framing: 'chunked', type: 'text/event-stream' })).toContain('stream');
    expect(text({ values: SOUND, alsoStatus: 429 })).toContain('rate limiter');
  });

  it('says how many cells failed, and why', () => {
    const run = runOf(cellOf({ values: SOUND }));
    const failed = {
      ...run.cells[0]!,
      state: 'failed',
      reason: 'the server ended in the middle of the visit: it exited with code 1; it wrote:\nx',
    };
    expect(probeText({ ...run, cells: [...run.cells, failed as never] }, [], plain).replace(/\s+/g, ' ')).toContain(
      '1 of 2 families of questions failed: the server ended in the middle of the visit: it exited with code 1',
    );
  });

  it('speaks Chinese', () => {
    const shown = text({ values: SOUND }, [finding('fault', 'F')], { language: 'zh' });
    expect(shown).toContain('1 个错误，0 个风险。');
    expect(shown).toContain('空闲连接：6 s 后由服务器关闭');
    expect(text({ values: { ...SOUND, 'close.first': value('none') } }, [], { language: 'zh' })).toContain('first 无');
    expect(shown).toContain('GET / 的响应为 200（text/html）；HTTP/1.1；');
    expect(shown).toContain('2 项符合；1 项不符合（beyond 200）');
    expect(text({ values: SOUND }, [], { language: 'zh', all: true })).toMatch(
      /range\.suffix +206 bytes 90-99\/100 （range，第 1、2 帧）\n/,
    );
  });

  it.each([
    ['en', 'The server showed nothing:\n  - the server did not start: it exited with code 7\n'],
    ['zh', '没有观测到服务器的任何行为：\n  - 服务器未能启动：it exited with code 7\n'],
  ] as const)('says in %s why nothing was shown', (language, said) => {
    const failed = { ...cellOf({}), state: 'failed', reason: 'the server did not start: it exited with code 7' } as unknown as ObservedCell;
    expect(probeText(runOf(failed), [], { ...plain, language })).toBe(said);
  });
});

describe('beside other servers', () => {
  const besideRun = (text: string) => {
    const run = runOf(cellOf({ values: SOUND }), { ...cellOf({ values: { ...SOUND, 'range.suffix': value(text) } }), server: 'express' });
    return probeText(run, [], plain);
  };

  it('shows what differs, with both values', () => {
    expect(besideRun('200')).toContain('  range.suffix\n      yours 206 bytes 90-99/100; express 200');
  });

  it('takes a part of a longer file for the same', () => {
    expect(besideRun('206 bytes 990-999/1000')).not.toContain('range.suffix\n');
  });
});
