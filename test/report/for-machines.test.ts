/** The reports that CI servers read: JUnit XML, SARIF, annotations, a comment, a badge. */
import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import type { FindingRow, RunResult } from '../../harness/compare/run-result.ts';
import { badgeOf } from '../../harness/report/badge.ts';
import { COMMENT_MARK, renderComment } from '../../harness/report/comment.ts';
import { annotation, renderGithub } from '../../harness/report/github.ts';
import { reporters } from '../../harness/report/index.ts';
import { renderJunit } from '../../harness/report/junit.ts';
import { sarifOf } from '../../harness/report/sarif.ts';
import { sampleRun } from './sample-run.ts';

const CELL = 'express/probe/idle-used';
const HARM = '</failure><b a="1">&\x1b[2J\n::error::\u0000%0A|]]>@x';

const finding = (id: string, severity: FindingRow['severity'], seen = 'seen'): FindingRow => ({
  id,
  severity,
  level: 'SHOULD',
  spec: 'RFC 9110 §8.8',
  title: `title ${seen}`,
  seen,
  consequence: 'what follows',
  remedy: 'what mends it',
  server: 'express',
  where: [{ cell: CELL, stream: 0, frames: [6, 8] }],
});

const runWith = (...findings: FindingRow[]): RunResult => ({ ...sampleRun(), findings });
const FINDINGS = [finding('a.fault', 'fault', HARM), finding('a.risk', 'risk'), finding('a.advice', 'advice'), finding('a.note', 'note')];
const GATE = [{ kind: 'finding' as const, finding: FINDINGS[0]! }];

interface Element {
  name: string;
  parent: string | null;
  attributes: Record<string, string>;
  text: string;
}

/** The elements of an XML text. @throws where a tag is not closed by its own name */
function elementsOf(text: string): Element[] {
  const all: Element[] = [];
  const open: Element[] = [];
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const element = { name, parent: open.at(-1)?.name ?? null, attributes, text: '' };
        all.push(element);
        open.push(element);
      },
      ontext(part) {
        const element = open.at(-1);
        if (element) element.text += part;
      },
      onclosetag(name, implied) {
        const element = open.pop();
        const isEmpty = element?.text === '' && text.includes('/>');
        if (element?.name !== name || (implied && !isEmpty)) throw new Error(`</${name}> does not close ${element?.name}`);
      },
    },
    { xmlMode: true },
  );
  parser.end(text);
  if (open.length > 0) throw new Error(`not closed: ${open.map(({ name }) => name).join()}`);
  return all;
}

describe('reporters for machines', () => {
  it('are written on request only', () => {
    const ids = reporters.filter(({ onRequest }) => onRequest).map(({ id }) => id);
    expect(ids).toEqual(['junit', 'sarif', 'github', 'comment', 'badge']);
  });
});

/** What the schemas of Jenkins and of Ant both allow: the parent, and the attributes, all of which one of them requires. */
const JUNIT: Record<string, { in: readonly (string | null)[]; attributes: readonly string[] }> = {
  testsuites: { in: [null], attributes: [] },
  testsuite: {
    in: ['testsuites'],
    attributes: ['errors', 'failures', 'hostname', 'id', 'name', 'package', 'tests', 'time', 'timestamp'],
  },
  properties: { in: ['testsuite'], attributes: [] },
  property: { in: ['properties'], attributes: ['name', 'value'] },
  testcase: { in: ['testsuite'], attributes: ['classname', 'name', 'time'] },
  skipped: { in: ['testcase'], attributes: [] },
  error: { in: ['testcase'], attributes: ['message', 'type'] },
  failure: { in: ['testcase'], attributes: ['message', 'type'] },
  'system-out': { in: ['testsuite'], attributes: [] },
  'system-err': { in: ['testsuite'], attributes: [] },
};

describe('junit', () => {
  it('has what the schemas require, in their order, for findings and for none', () => {
    for (const run of [runWith(...FINDINGS), { ...runWith(), cells: [] }]) {
      const elements = elementsOf(renderJunit({ run, gate: GATE }));
      for (const { name, parent, attributes } of elements) {
        expect(JUNIT[name]?.in, name).toContain(parent);
        expect(Object.keys(attributes).sort(), name).toEqual(JUNIT[name]?.attributes);
      }
      const order = elements.filter(({ parent }) => parent === 'testsuite').map(({ name }) => name);
      expect(order.join(' ')).toMatch(/^(?:properties (?:testcase )*system-out system-err ?)+$/);
    }
  });

  it('is well-formed, whatever was on the wire, and its counts are right', () => {
    const elements = elementsOf(renderJunit({ run: runWith(...FINDINGS), gate: GATE }));
    const count = (wanted: string) => elements.filter(({ name }) => name === wanted).length;
    const failures = elements.filter(({ name }) => name === 'failure');
    const total = (attribute: string) =>
      elements.reduce((sum, { name, attributes }) => sum + (name === 'testsuite' ? Number(attributes[attribute]) : 0), 0);
    expect([total('tests'), total('failures'), total('errors')]).toEqual([count('testcase'), failures.length, 1]);
    expect(failures.map(({ attributes }) => attributes.type)).toEqual(['wirematrix.findings.fault', 'wirematrix.gate']);
    expect(failures[0]?.attributes.message).toContain('</failure><b a="1">&');
    expect(failures[0]?.text).toContain('What mends it: what mends it');
    const suites = elements.filter(({ name }) => name === 'testsuite');
    expect(suites.map(({ attributes }) => attributes.name)).toEqual(['cells', 'findings', 'gate']);
    expect(suites[0]?.attributes.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    expect(elements.find(({ name }) => name === 'skipped')?.text).toBe('caddy is not installed');
    expect(elements.find(({ name, text }) => name === 'system-out' && text !== '')?.text).toMatch(/^a\.risk \(express\): title seen\n/);
  });
});

/** What the schema of SARIF 2.1.0 requires, with the values that it allows. */
function checkSarif(log: unknown): void {
  const { version, runs } = log as { version: string; runs: Record<string, unknown>[] };
  expect(version).toBe('2.1.0');
  expect(Array.isArray(runs)).toBe(true);
  for (const run of runs) {
    const { tool, results, invocations } = run as {
      tool: { driver: { name: string; rules: Record<string, unknown>[] } };
      results: Record<string, unknown>[];
      invocations: { executionSuccessful: boolean; toolExecutionNotifications: { message: { text: string } }[] }[];
    };
    expect(tool.driver.name).toBeTruthy();
    const ids = tool.driver.rules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const rule of tool.driver.rules)
      for (const name of ['shortDescription', 'fullDescription', 'help'])
        expect((rule[name] as { text: string }).text).toEqual(expect.any(String));
    for (const invocation of invocations) {
      expect(typeof invocation.executionSuccessful).toBe('boolean');
      for (const { message } of invocation.toolExecutionNotifications) expect(message.text).toEqual(expect.any(String));
    }
    for (const result of results) {
      const { message, level, ruleId, ruleIndex, locations, partialFingerprints } = result as {
        message: { text: string };
        level: string;
        ruleId: string;
        ruleIndex: number;
        locations: { physicalLocation?: { artifactLocation: { uri: string } } }[];
        partialFingerprints: Record<string, string>;
      };
      expect(message.text).toEqual(expect.any(String));
      expect(['none', 'note', 'warning', 'error']).toContain(level);
      expect(ids[ruleIndex]).toBe(ruleId);
      expect(Object.values(partialFingerprints).every((value) => typeof value === 'string')).toBe(true);
      for (const { physicalLocation } of locations) expect(physicalLocation?.artifactLocation.uri).toMatch(/^[\w./%-]+$/);
    }
  }
}

describe('sarif', () => {
  it('has what the schema requires, for findings and for none', () => {
    checkSarif(sarifOf(runWith(...FINDINGS)));
    checkSarif(sarifOf(runWith()));
  });

  it('points to the capture, its cell and its frames', () => {
    const { runs } = sarifOf(runWith(...FINDINGS)) as { runs: [{ results: { level: string; locations: object[] }[] }] };
    expect(runs[0].results.map(({ level }) => level)).toEqual(['error', 'warning', 'note', 'note']);
    expect(runs[0].results[0]?.locations).toEqual([
      {
        physicalLocation: { artifactLocation: { uri: `captures/${CELL}.pcapng` } },
        logicalLocations: [{ fullyQualifiedName: CELL, kind: 'resource' }],
        message: { text: `${CELL}, connection 0, frames 6, 8` },
        properties: { stream: 0, frames: [6, 8] },
      },
    ]);
  });
});

describe('github', () => {
  it('is one command a line, whatever was on the wire', () => {
    const lines = renderGithub({ run: runWith(...FINDINGS), gate: GATE })
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => /^::(error|warning|notice) title=[^:,]*::[^\n]/.exec(line)?.[1])).toEqual(['error', 'warning', 'notice']);
  });

  it('is an error only for what fails the gate, where thresholds were asked for', () => {
    const kinds = (gate: typeof GATE | undefined) =>
      [...renderGithub({ run: runWith(...FINDINGS), gate }).matchAll(/^::(\w+)/gm)].map(([, kind]) => kind);
    expect(kinds(undefined)).toEqual(['error', 'warning', 'notice']);
    expect(kinds([])).toEqual(['warning', 'warning', 'notice']);
    expect(kinds([{ kind: 'finding', finding: FINDINGS[1]! }])).toEqual(['error', 'warning', 'notice']);
    expect(renderGithub({ run: runWith(...FINDINGS), gate: [{ kind: 'finding', finding: FINDINGS[1]! }] })).toMatch(
      /^::error title=a\.risk/,
    );
  });

  it('has the same failures in junit.xml', () => {
    const failures = (gate: typeof GATE | undefined) =>
      /name="findings" tests="4" failures="(\d)"/.exec(renderJunit({ run: runWith(...FINDINGS), gate }))?.[1];
    expect([failures(undefined), failures([]), failures(GATE)]).toEqual(['2', '0', '1']);
  });

  it('escapes what separates the parts', () =>
    expect(annotation('error', 'a: b, c', '100%\nnext')).toBe('::error title=a%3A b%2C c::100%25%0Anext'));

  it('counts what GitHub would not show', () => {
    const lines = renderGithub({ run: runWith(...Array.from({ length: 14 }, (_, at) => finding(`a.f${at}`, 'fault'))) })
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe('::error title=wirematrix::… and 5 more');
  });
});

describe('comment', () => {
  it('begins with the line by which it is found again, and says whether the gate passed', () => {
    const text = renderComment({ run: runWith(...FINDINGS), gate: GATE });
    expect(text.startsWith(`${COMMENT_MARK}\n`)).toBe(true);
    expect(text).toContain('\nFailed: 1 fault, 1 risk, 1 piece of advice, 1 note.\n');
    expect(text).toContain('**Why it fails**');
    expect(text).not.toMatch(/<b |<\/failure>|\x1b|@x/);
    expect(renderComment({ run: runWith(), gate: [] })).toContain('\nPassed: nothing was found.\n');
    expect(renderComment({ run: runWith() })).toContain('\nNothing was found.\n');
  });

  it('stays below the limit of GitHub, and counts what is left out', () => {
    const many = Array.from({ length: 2_000 }, (_, at) => finding(`a.f${at}`, 'fault', '的@'.repeat(500)));
    const text = renderComment({ run: runWith(...many), gate: many.map((one) => ({ kind: 'finding', finding: one })) });
    expect(Buffer.byteLength(text)).toBeLessThan(65_536);
    expect(text).toMatch(/… and \d+ more: run\.json has all of them\./);
    expect(text).toMatch(/cells observed.*\n$/);
  });
});

describe('badge', () => {
  it('names the worst', () => {
    expect(badgeOf(runWith(...FINDINGS))).toEqual({ schemaVersion: 1, label: 'wirematrix', message: '1 fault, 1 risk', color: 'red' });
    expect(badgeOf(runWith(FINDINGS[1]!))).toMatchObject({ message: '1 risk', color: 'orange' });
    expect(badgeOf(runWith(FINDINGS[3]!))).toMatchObject({ message: 'no faults, no risks', color: 'brightgreen' });
    expect(badgeOf({ ...sampleRun(), cells: [] })).toMatchObject({ message: 'not observed' });
  });
});
