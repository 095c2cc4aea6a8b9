import { describe, expect, it } from 'vitest';
import { againstBaseline } from '../../harness/compare/baseline.ts';
import { type GateOptions, gateOf, gateReasons } from '../../harness/compare/gate.ts';
import { diffRuns, isSame } from '../../harness/compare/run-diff.ts';
import { type FindingRow, parseRunResult, type RunResult, writtenRun } from '../../harness/compare/run-result.ts';
import { isWithinSpread } from '../../harness/compare/spread.ts';
import { isWorse } from '../../harness/compare/worse.ts';
import type { ObservedValue, Spread, ValueJson } from '../../harness/model.ts';
import { diffText } from '../../harness/report/diff-text.ts';
import { gateLines } from '../../harness/report/gate-text.ts';
import { cell, sampleRun } from '../report/sample-run.ts';

const CELL = 'express/probe/idle-used';

const finding = (id: string, severity: FindingRow['severity'], more: Partial<FindingRow> = {}): FindingRow => ({
  id,
  severity,
  level: 'MUST',
  spec: 'RFC 9112 §6.3',
  title: `title of ${id}`,
  seen: 'seen',
  consequence: 'what follows',
  remedy: 'what mends it',
  server: 'express',
  where: [{ cell: CELL, stream: 0, frames: [6, 8] }],
  ...more,
});

const KNOWN = { findings: ['a.fault', 'a.risk', 'a.advice', 'a.note'], observations: ['connections.opened', 'idle.used-s'] };
const FAULT = finding('a.fault', 'fault');
const RISK = finding('a.risk', 'risk');
const ADVICE = finding('a.advice', 'advice');
const NOTE = finding('a.note', 'note');

const runWith = (...findings: FindingRow[]): RunResult => ({ ...sampleRun(), findings });
const reasons = (run: RunResult, options: GateOptions = {}) => gateLines(gateReasons(run, gateOf(options, KNOWN)), run);
const against = (run: RunResult, before: RunResult): RunResult => ({ ...run, baseline: againstBaseline(run, before) });
const changed = (values: Parameters<typeof cell>[1]): RunResult => {
  const run = sampleRun();
  return { ...run, cells: run.cells.map((one) => (`${one.server}/${one.client}/${one.scenario}` === CELL ? cell(CELL, values) : one)) };
};

describe('--fail-on', () => {
  const all = runWith(FAULT, RISK, ADVICE, NOTE);
  const ids = (failOn: string) => gateReasons(all, gateOf({ failOn }, KNOWN)).map((one) => one.kind === 'finding' && one.finding.id);

  it('fails on this severity and worse ones', () => {
    expect(ids('fault')).toEqual(['a.fault']);
    expect(ids('risk')).toEqual(['a.fault', 'a.risk']);
    expect(ids('advice')).toEqual(['a.fault', 'a.risk', 'a.advice']);
  });

  it('fails on ids, alone and beside a severity', () => {
    expect(ids('a.note')).toEqual(['a.note']);
    expect(ids('fault, a.advice')).toEqual(['a.fault', 'a.advice']);
  });

  it('fails on nothing where nothing was asked for', () => expect(reasons(all)).toEqual([]));

  it('names the finding, the cell and the frames', () =>
    expect(reasons(all, { failOn: 'fault' })).toEqual([`fault a.fault: title of a.fault (${CELL}, frames 6, 8)`]));

  it('leaves out what is ignored, and other servers than the one that counts', () => {
    expect(reasons(all, { failOn: 'fault', ignore: [{ id: 'a.fault', reason: 'known' }] })).toEqual([]);
    expect(reasons(all, { failOn: 'fault', ignore: [{ id: 'a.fault', server: 'koa', reason: 'known' }] })).toHaveLength(1);
    expect(reasons(all, { failOn: 'fault', server: 'koa' })).toEqual([]);
  });

  it.each([
    ['a.typo', /there is no finding "a\.typo"; .*of a there are: a\.fault/],
    ['FAULT', /there is no finding "FAULT"/],
    [' , ', /names nothing/],
  ])('refuses %j', (failOn, message) => expect(() => gateOf({ failOn }, KNOWN)).toThrow(message));
});

describe('--max', () => {
  const run = runWith(FAULT, finding('a.fault', 'fault', { server: 'koa' }), NOTE);
  it('counts findings by their places, severities by their findings, and compares the numbers of an observation', () => {
    expect(reasons(run, { max: ['a.fault=2'] })).toEqual([]);
    expect(reasons(run, { max: ['a.fault=1', 'fault=0'] })).toEqual(['a.fault: 2; at most 1 allowed', 'fault: 2; at most 0 allowed']);
    expect(reasons(run, { max: ['connections.opened=4'] })).toEqual([
      expect.stringContaining('connections.opened: 5 in python-http/chromium/first-visit (frames'),
    ]);
    expect(reasons(run, { max: ['connections.opened=5'] })).toEqual([]);
  });

  it.each([
    ['a.fault', /takes ID=N/],
    ['a.fault=', /takes ID=N/],
    ['a.fault=-1', /takes ID=N/],
    ['a.fault=x', /takes ID=N/],
    ['nothing=1', /there is no finding, observation or severity "nothing"/],
  ])('refuses %j', (text, message) => expect(() => gateOf({ max: [text] }, KNOWN)).toThrow(message));
});

describe('a baseline', () => {
  it('fails on what is new only, and by default not on notes', () => {
    const run = against(runWith(FAULT, ADVICE, NOTE), runWith(FAULT));
    expect(run.baseline?.findings).toEqual({ appeared: [ADVICE, NOTE], gone: [] });
    expect(reasons(run)).toEqual([expect.stringMatching(/^new advice a\.advice/)]);
    expect(reasons(run, { failOn: 'risk' })).toEqual([]);
    expect(reasons(run, { failOn: 'a.note' })).toEqual([expect.stringMatching(/^new note a\.note/)]);
  });

  it('does not fail on what is gone or better', () => {
    const run = against(changed({ 'idle.used-s': 60, 'keepalive.advertised-s': 5 }), runWith(FAULT));
    expect(run.baseline?.findings?.gone).toEqual([FAULT]);
    expect(run.baseline?.differences).toHaveLength(1);
    expect(reasons(run)).toEqual([]);
  });

  it('fails on a value that is worse, and on a cell that is no longer observed', () => {
    const worse = against(changed({ 'idle.used-s': 1, 'keepalive.advertised-s': 5 }), sampleRun());
    expect(reasons(worse)).toEqual([
      expect.stringMatching(/^worse than the baseline: express\/probe\/idle-used idle\.used-s: 6(\.0)? s → 1 s \(frame/),
    ]);
    const lost = against(sampleRun(), { ...sampleRun(), cells: [...sampleRun().cells, cell('fastify/chromium/revisit', {})] });
    expect(reasons(lost)).toEqual(['no longer observed: fastify/chromium/revisit']);
  });

  it('says nothing of findings in cells that the other run did not observe', () => {
    const elsewhere = finding('a.fault', 'fault', { where: [{ cell: 'express/probe/range', stream: 0, frames: [1] }] });
    expect(against(runWith(elsewhere), sampleRun()).baseline?.findings).toEqual({ appeared: [], gone: [] });
    expect(against(sampleRun(), runWith(elsewhere)).baseline?.findings).toEqual({ appeared: [], gone: [] });
  });
});

describe('a baseline of another version', () => {
  const of = (run: RunResult, lookedFor: string[]): RunResult => ({ ...run, lookedFor });

  it('does not count as new what it did not look for, and names it', () => {
    const run = against(runWith(FAULT, RISK), of(runWith(), ['a.fault']));
    expect(run.baseline).toMatchObject({ findings: { appeared: [FAULT], gone: [] }, notLookedFor: ['a.risk'] });
    expect(reasons(run)).toEqual([expect.stringMatching(/^new fault a\.fault/)]);
    expect(diffText(diffRuns(of(runWith(), ['a.fault']), run), run.observations, 100)).toContain(
      'Not looked for in the earlier run\n  a.risk\n',
    );
  });

  it('compares values alone where it has no findings at all', () => {
    const { findings: _, ...without } = writtenRun(sampleRun());
    const old = parseRunResult(without, 'run.json');
    const run = against({ ...changed({ 'idle.used-s': 1, 'keepalive.advertised-s': 5 }), findings: [FAULT] }, old);
    expect(run.baseline).toMatchObject({ findings: { appeared: [], gone: [] }, notLookedFor: ['a.fault'] });
    expect(reasons(run)).toEqual([expect.stringMatching(/^worse than the baseline: .* idle\.used-s/)]);
  });

  it('says nothing of it where both looked for the same', () =>
    expect(against(runWith(FAULT), runWith()).baseline).not.toHaveProperty('notLookedFor'));
});

describe('a known spread', () => {
  const spreads = (spread: Spread, values: Parameters<typeof cell>[1]): RunResult => {
    const run = changed(values);
    for (const one of run.cells)
      if (one.state === 'observed' && `${one.server}/${one.client}/${one.scenario}` === CELL)
        one.values['idle.used-s'] = { ...one.values['idle.used-s']!, spread };
    return run;
  };
  const used = (value: number | null) => ({ 'idle.used-s': value, 'keepalive.advertised-s': 5 });
  const wide = { runs: 5, min: 3, median: 6, max: 9 };

  it.each<[string, RunResult, RunResult, number]>([
    ['within the range of the baseline', changed(used(3.1)), spreads(wide, used(6)), 0],
    ['within the tolerance of its edge', changed(used(2.8)), spreads(wide, used(6)), 0],
    ['beyond it', changed(used(1)), spreads(wide, used(6)), 1],
    ['within the range of this run', spreads(wide, used(3)), changed(used(8)), 0],
    ['of ranges that do not meet', spreads({ runs: 2, min: 1, max: 2 }, used(1)), spreads(wide, used(6)), 1],
    ['that did not vary in any run', changed(used(3.1)), spreads({ runs: 5 }, used(6)), 1],
    ['that was missing in a run of the baseline', changed({ 'keepalive.advertised-s': 5 }), spreads({ runs: 5, absent: 1 }, used(6)), 0],
  ])('a value %s', (_what, run, before, differences) => {
    expect(against(run, before).baseline?.differences).toHaveLength(differences);
    expect(diffRuns(before, run).values).toHaveLength(differences);
  });

  it('counts a value that the other side showed in one of its runs as the same', () => {
    const value = (given: ValueJson, values: [ValueJson, number][] = []): ObservedValue => ({
      value: given,
      frames: [1],
      ...(values.length > 0 ? { spread: { runs: 5, values: values.map(([value, times]) => ({ value, times })) } } : {}),
    });
    const exact = { tolerance: { kind: 'exact' as const } };
    const varied = value('server', [
      ['server', 4],
      ['client', 1],
    ]);
    expect(isWithinSpread(varied, value('client'), exact)).toBe(true);
    expect(isWithinSpread(value('client'), varied, exact)).toBe(true);
    expect(isWithinSpread(varied, value('none'), exact)).toBe(false);
    expect(isWithinSpread(value('server'), value('client'), exact)).toBe(false);
    expect(isWithinSpread(varied, null, exact)).toBe(false);
  });
});

describe('isWorse', () => {
  const value = (given: ValueJson, verdict?: 'conforms' | 'deviates'): ObservedValue => ({
    value: given,
    frames: [1],
    ...(verdict ? { conformance: { verdict, section: 'RFC 9110 §1', because: 'so' } } : {}),
  });
  const worse = (observation: string, before: ObservedValue, after: ObservedValue) =>
    isWorse({ observation, left: { cell: CELL, value: before }, right: { cell: CELL, value: after } });

  it.each<[string, ValueJson, ValueJson]>([
    ['http.version', '1.1', '1.0'],
    ['cache.etag', 'strong', 'none'],
    ['range.from-zero', '206 bytes 0-9/10', '200'],
    ['framing.body', 'chunked', 'close'],
    ['idle.used-s', null, 5],
    ['pipelining.answered', 3, 1],
    ['conditional.if-none-match', 304, 500],
    ['conditional.if-none-match', 304, null],
    ['http.statuses', '200 200', '200 503'],
    ['trap.self-request', 'no', 'yes'],
  ])('%s: %j → %j, and not the other way round', (observation, before, after) => {
    expect(worse(observation, value(before), value(after))).toBe(true);
    expect(worse(observation, value(after), value(before))).toBe(false);
  });

  it.each<[string, ValueJson, ValueJson]>([
    ['framing.body', 'content-length', 'chunked'],
    ['range.from-zero', '206 bytes 0-499/500', '206 bytes 0-509/510'],
    ['cache.control', 'none', 'no-store'],
    ['http.statuses', '200 304', '304 200'],
    ['load.bytes', 500, 503],
    ['close.how', 'none', 'RST'],
  ])('%s: %j → %j is no worse in either direction', (observation, before, after) => {
    expect(worse(observation, value(before), value(after))).toBe(false);
    expect(worse(observation, value(after), value(before))).toBe(false);
  });

  it('goes by what the RFC says, where it says something', () => {
    expect(worse('conditional.star', value(304, 'conforms'), value(200, 'deviates'))).toBe(true);
    expect(worse('conditional.star', value(200, 'deviates'), value(304, 'conforms'))).toBe(false);
    expect(worse('conditional.star', value(200, 'deviates'), value(201, 'deviates'))).toBe(false);
  });
});

describe('diff', () => {
  it('finds nothing between a run and itself', () => {
    const diff = diffRuns(sampleRun(), sampleRun());
    expect(isSame(diff)).toBe(true);
    expect(diffText(diff, sampleRun().observations, 100)).toContain('nothing changed beyond the tolerances');
  });

  it('says in words what is new, gone, worse, changed, and no longer there', () => {
    const from = { ...sampleRun(), findings: [FAULT], servers: sampleRun().servers.map((one) => ({ ...one, version: '0.9' })) };
    const to = { ...changed({ 'idle.used-s': 1, 'keepalive.advertised-s': 9 }), findings: [RISK] };
    to.cells = to.cells.filter((one) => one.scenario !== 'revisit');
    const text = diffText(diffRuns(from, to), to.observations, 200);
    expect(text).toMatch(/Versions\n {2}node-http: 0\.9 → 20\.20\.2/);
    expect(text).toMatch(/New findings\n {2}risk a\.risk: title of a\.risk \(express\/probe\/idle-used, frames 6, 8\): seen/);
    expect(text).toMatch(/Findings that are gone\n {2}fault a\.fault/);
    expect(text).toMatch(/Values that are worse\n {2}express\/probe\/idle-used idle\.used-s: 6 s → 1 s/);
    expect(text).toMatch(/Values that changed\n {2}express\/probe\/idle-used keepalive\.advertised-s: 5 s → 9 s/);
    expect(text).toMatch(/No longer observed\n(?: {2}\S+\/revisit\n)+/);
  });
});
