import { createHash } from 'node:crypto';
import { findingKey } from '../compare/findings-diff.ts';
import { cellId, type FindingRow, type RunResult } from '../compare/run-result.ts';
import { projectVersion } from '../system/version.ts';
import { printable } from './escape.ts';
import { captureOf, placeText, reportedFindings } from './for-machines.ts';
import { renderJson } from './json.ts';
import { defineReporter } from './reporter.ts';

/** `findings.sarif`: findings in the Static Analysis Results Interchange Format 2.1.0, for code scanning. */
export const sarif = defineReporter({
  id: 'sarif',
  describe: 'writes findings.sarif: the findings as SARIF 2.1.0, for code scanning',
  onRequest: true,
  files: ({ run }) => [{ path: 'findings.sarif', content: renderJson(sarifOf(run)) }],
});

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const LEVELS = { fault: 'error', risk: 'warning', advice: 'note', note: 'note' } as const satisfies Record<FindingRow['severity'], string>;
/** Code scanning takes no more of one result. */
const PLACES = 10;

/** The log: one run, a rule for each kind of finding, and the cells that failed as notifications. */
export function sarifOf(run: RunResult): object {
  const findings = reportedFindings(run);
  const kinds = [...new Map(findings.map((finding) => [finding.id, finding])).values()];
  const failed = run.cells.filter(({ state }) => state === 'failed');
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'wirematrix', version: projectVersion(), rules: kinds.map(ruleOf) } },
        invocations: [
          {
            executionSuccessful: failed.length === 0,
            startTimeUtc: run.run.startedAt,
            toolExecutionNotifications: failed.map((cell) => ({
              level: 'error',
              message: { text: printable(`${cellId(cell)}: ${cell.reason}`) },
            })),
          },
        ],
        results: findings.map((finding) =>
          resultOf(
            finding,
            kinds.findIndex(({ id }) => id === finding.id),
            run,
          ),
        ),
      },
    ],
  };
}

const ruleOf = ({ id, title, consequence, remedy, severity, level, spec }: FindingRow): object => ({
  id,
  shortDescription: { text: printable(title) },
  fullDescription: { text: printable(consequence) },
  help: { text: printable(remedy) },
  defaultConfiguration: { level: LEVELS[severity] },
  properties: { severity, ...(level === null ? {} : { level }), ...(spec === null ? {} : { spec, tags: [spec] }) },
});

function resultOf(finding: FindingRow, ruleIndex: number, run: RunResult): object {
  const { id, severity, title, seen, server, where } = finding;
  const locations = where.slice(0, PLACES).map((place) => {
    const capture = captureOf(run, place.cell);
    return {
      ...(capture === null ? {} : { physicalLocation: { artifactLocation: { uri: uriOf(capture) } } }),
      logicalLocations: [{ fullyQualifiedName: place.cell ?? server, kind: 'resource' }],
      message: { text: printable(placeText(place)) },
      properties: { stream: place.stream, frames: place.frames },
    };
  });
  return {
    ruleId: id,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: printable(`${title}: ${seen}`) },
    locations,
    // The same in every run, so that a finding is known again.
    partialFingerprints: { 'finding/v1': createHash('sha256').update(findingKey(finding)).digest('hex') },
  };
}

/** A path as a relative reference (RFC 3986). */
const uriOf = (file: string): string => file.split('/').map(encodeURIComponent).join('/');
