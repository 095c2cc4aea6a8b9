import { describe, expect, it } from 'vitest';
import type { ValueJson } from '../../harness/model.ts';
import { conformanceRules } from '../../harness/observe/conformance.ts';
import { observations } from '../../harness/observe/index.ts';
import { judgeById as judge } from './judge-by-id.ts';

const verdict = (id: string, value: ValueJson) => judge(id, { value })?.verdict;

describe('conformance', () => {
  it('has a rule for every answer to a direct question, and no rule for an observation that is not there', () => {
    const groups = /^(idle|keepalive|conditional|range|pipelining|methods|versions|coding|limits|shutdown|bodies|parsers)\./;
    const ids = observations.map((observation) => observation.id);
    expect(ids.filter((id) => groups.test(id) && !conformanceRules[id])).toEqual([]);
    expect(Object.keys(conformanceRules).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it.each(Object.keys(conformanceRules))('%s names a section and one sentence, whatever the value', (id) => {
    for (const value of [null, 0, 200, 304, 400, 'none', '200', '206 bytes 0-9/100', 'no', true]) {
      const judgement = judge(id, { value });
      expect(judgement?.section).toMatch(/^RFC 911[012] (§\d+(\.\d+)*|App\. C\.2\.2)$/);
      expect(judgement?.because).toMatch(/^\S.{9,180}[^.]$/);
    }
  });

  it('says nothing of what the RFCs do not speak of', () => {
    expect(judge('load.ms', { value: 3 })).toBeNull();
  });

  it.each<[string, ValueJson, string]>([
    // MUST (RFC 9110 §13.1.2): weak comparison; precedence; *.
    ['conditional.if-none-match', 304, 'conforms'],
    ['conditional.if-none-match', 200, 'deviates'],
    ['conditional.weak-compare', 200, 'deviates'],
    ['conditional.star', 304, 'conforms'],
    ['conditional.precedence', 200, 'conforms'],
    ['conditional.precedence', 304, 'deviates'],
    ['conditional.if-modified-since-later', 200, 'deviates'],
    ['conditional.if-none-match-other', 200, 'conforms'],
    ['conditional.if-none-match-other', 304, 'deviates'],
    ['conditional.if-modified-since-earlier', 304, 'deviates'],
    ['range.if-range-date-later', '206 bytes 0-9/100', 'deviates'],
    ['conditional.with-no-cache', 200, 'deviates'],
    ['conditional.304-fields', 'clean', 'conforms'],
    ['conditional.304-fields', 'content-type', 'deviates'],
    ['conditional.304-fields', 'content-length', 'unspecified'],
    ['conditional.304-fields', 'content-length, no etag', 'deviates'],
    ['conditional.304-fields', 'wrong content-length', 'deviates'],
    ['parsers.length-beyond-chunks', 'refused', 'conforms'],
    ['parsers.length-beyond-chunks', 'closes', 'conforms'],
    ['parsers.length-beyond-chunks', 'Transfer-Encoding', 'deviates'],
    ['parsers.length-beyond-chunks', 'Content-Length', 'deviates'],
    ['parsers.length-beyond-chunks', 'no answer', 'unspecified'],
    ['parsers.lengths-equal', 'accepted', 'conforms'],
    ['parsers.lengths-differ', 'the first', 'deviates'],
    ['parsers.lengths-differ', 'closes', 'unspecified'],
    ['parsers.bare-cr', 'part of the value', 'unspecified'],
    ['parsers.bare-cr', 'end of the line', 'deviates'],
    ['bodies.length', 'closes', 'conforms'],
    ['bodies.length', 'answered as a request', 'deviates'],
    ['bodies.expect', '417', 'conforms'],
    ['bodies.expect', 'nothing', 'deviates'],
    ['bodies.expect-http10', '100', 'deviates'],
    // Range may be ignored, but never answered with something else.
    ['range.first-ten', '200', 'conforms'],
    ['range.first-ten', '206 bytes 0-9/485144', 'conforms'],
    ['range.first-ten', '206 bytes 0-10/485144', 'deviates'],
    // All of a file that is shorter than what was asked for.
    ['range.first-ten', '206 bytes 0-4/5', 'conforms'],
    ['range.first-ten', '206 bytes 0-3/5', 'deviates'],
    ['range.first-byte', '206 bytes 0-4/5', 'deviates'],
    ['range.suffix', '206 bytes 0-4/5', 'conforms'],
    ['range.multi', '206 bytes 0-4/5', 'conforms'],
    ['range.if-range-match', '206 bytes 0-4/5', 'conforms'],
    ['range.first-byte', '416 bytes */0', 'conforms'],
    ['range.suffix-long', '416 bytes */0', 'conforms'],
    ['range.first-byte', '416 bytes */5', 'deviates'],
    ['range.from-zero', '206 bytes 0-99/100', 'conforms'],
    ['range.from-zero', '206 bytes 0-50/100', 'unspecified'],
    ['range.suffix', '206 bytes 90-99/100', 'conforms'],
    ['range.suffix', '206 bytes 0-9/100', 'deviates'],
    ['range.beyond', '416 bytes */100', 'conforms'],
    ['range.beyond', '416', 'deviates'],
    ['range.beyond', '200', 'conforms'],
    ['range.beyond', '206 bytes 0-9/100', 'deviates'],
    ['range.multi', '206 multipart', 'conforms'],
    ['range.multi', '206 bytes 0-29/100', 'conforms'],
    ['range.multi', '206 bytes 0-9/100', 'conforms'],
    ['range.multi', '206 bytes 0-99/100', 'deviates'],
    ['range.malformed', '400', 'conforms'],
    ['range.malformed', '416 bytes */100', 'conforms'],
    ['range.malformed', '206 bytes 0-99/100', 'deviates'],
    ['range.unknown-unit', '416', 'deviates'],
    ['range.if-range-stale', '206 bytes 0-9/100', 'deviates'],
    ['range.if-range-weak', '206 bytes 0-9/100', 'deviates'],
    ['range.if-range-weak', '200', 'conforms'],
    ['range.if-none-match', '206 bytes 0-9/100', 'deviates'],
    ['range.head', '206 bytes 0-9/100', 'deviates'],
    // Requests that are not as they should be.
    ['versions.missing-host', 400, 'conforms'],
    ['versions.missing-host', 200, 'deviates'],
    ['versions.missing-host', null, 'deviates'],
    ['versions.bare-lf', 200, 'unspecified'],
    ['versions.bare-lf', 400, 'unspecified'],
    ['versions.absolute-form', 404, 'deviates'],
    ['versions.http10', 'keeps', 'deviates'],
    ['versions.http10-keep-alive', 'keeps', 'conforms'],
    ['versions.http10-keep-alive', 'closes', 'conforms'],
    ['versions.connection-close', 'keeps', 'deviates'],
    ['methods.unknown', 501, 'conforms'],
    ['methods.unknown', 405, 'deviates'],
    ['methods.post-allow', 'none', 'deviates'],
    ['methods.head-body', 10, 'deviates'],
    ['coding.etag', 'same strong', 'deviates'],
    ['coding.etag', 'weakened', 'conforms'],
    ['coding.vary', 'origin, accept-encoding', 'conforms'],
    ['coding.vary', 'origin', 'deviates'],
    ['pipelining.order', 'broken', 'deviates'],
    ['idle.used-s', 6, 'unspecified'],
    ['idle.used-s', null, 'unspecified'],
  ])('%s %j: %s', (id, value, expected) => {
    expect(verdict(id, value)).toBe(expected);
  });
});
