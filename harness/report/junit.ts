import { cellId, type FindingRow, type RunResult } from '../compare/run-result.ts';
import { projectVersion } from '../system/version.ts';
import { failsRun, placeText, reportedFindings } from './for-machines.ts';
import { gateLines } from './gate-text.ts';
import { defineReporter, type ReportInput } from './reporter.ts';

/** `junit.xml`: cells and findings as tests, in the JUnit XML that CI servers read. */
export const junit = defineReporter({
  id: 'junit',
  describe: 'writes junit.xml: cells and findings as tests, for CI servers',
  onRequest: true,
  files: (input) => [{ path: 'junit.xml', content: renderJunit(input) }],
});

type Case = { name: string; className: string; kind: 'passed' | 'failure' | 'error' | 'skipped'; message: string; text: string };

/**
 * The whole file, as the schemas of Jenkins and of Ant have it. A finding that fails the gate is a failure (without
 * thresholds a fault or a risk), and so is each threshold that did not hold; the others pass, with their text in the suite's output.
 */
export function renderJunit({ run, gate }: Pick<ReportInput, 'run' | 'gate'>): string {
  const suites: [string, Case[]][] = [
    ['cells', run.cells.map(cellCase)],
    ['findings', reportedFindings(run).map((finding) => findingCase(finding, failsRun(finding, gate, ['fault', 'risk'])))],
    ...(gate === undefined ? [] : ([['gate', gateCases(gate, run)]] as [string, Case[]][])),
  ];
  const started = run.run.startedAt.replace(/(?:\.\d+)?Z$/, '');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...suites.flatMap(([name, cases], at) => [
      `  <testsuite id="${at}" package="wirematrix" name="${xml(name)}"${counts(cases)} hostname="localhost" timestamp="${xml(started)}" time="0">`,
      `    <properties><property name="wirematrix" value="${xml(projectVersion())}"/></properties>`,
      ...cases.map(caseText),
      `    <system-out>${xml(
        cases
          .filter((one) => one.kind === 'passed' && one.text !== '')
          .map(told)
          .join('\n\n'),
      )}</system-out>`,
      '    <system-err></system-err>',
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

const count = (cases: readonly Case[], kind: Case['kind']): number => cases.filter((one) => one.kind === kind).length;
const counts = (cases: readonly Case[]): string =>
  ` tests="${cases.length}" failures="${count(cases, 'failure')}" errors="${count(cases, 'error')}"`;

function cellCase(cell: RunResult['cells'][number]): Case {
  const kind = cell.state === 'observed' ? 'passed' : cell.state === 'failed' ? 'error' : 'skipped';
  return { name: cellId(cell), className: `wirematrix.cells.${cell.server}`, kind, message: cell.reason ?? '', text: '' };
}

function findingCase(finding: FindingRow, fails: boolean): Case {
  const { id, severity, title, seen, consequence, remedy, server, where } = finding;
  const places = where.map(placeText).join('\n');
  const text = [seen, places, `What follows: ${consequence}`, `What mends it: ${remedy}`].filter((part) => part !== '').join('\n');
  const kind = fails ? 'failure' : 'passed';
  return { name: `${id} (${server})`, className: `wirematrix.findings.${severity}`, kind, message: title, text };
}

function gateCases(gate: NonNullable<ReportInput['gate']>, run: RunResult): Case[] {
  const lines = gateLines(gate, run);
  if (lines.length === 0) return [{ name: 'every threshold holds', className: 'wirematrix.gate', kind: 'passed', message: '', text: '' }];
  return lines.map((line) => ({ name: line, className: 'wirematrix.gate', kind: 'failure', message: line, text: '' }));
}

const told = ({ name, message, text }: Case): string => `${name}: ${message}\n${text}`;

function caseText({ name, className, kind, message, text }: Case): string {
  const open = `    <testcase classname="${xml(className)}" name="${xml(name)}" time="0"`;
  if (kind === 'skipped') return `${open}><skipped>${xml(message)}</skipped></testcase>`;
  if (kind === 'passed') return `${open}/>`;
  return `${open}><${kind} message="${xml(message)}" type="${xml(className)}">${xml(text)}</${kind}></testcase>`;
}

/** Text or an attribute's value. Characters that XML 1.0 can't hold are written as `\x1b`. */
export const xml = (text: string): string =>
  text
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/\t/g, '&#9;')
    .replace(/\n/g, '&#10;')
    .replace(/\r/g, '&#13;');
