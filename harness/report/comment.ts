import type { FindingRow } from '../compare/run-result.ts';
import { escapeMarkdown } from './escape.ts';
import { baselineLines, countsOf } from './findings.ts';
import { placeText, reportedFindings, targetOf } from './for-machines.ts';
import { gateLines } from './gate-text.ts';
import { TABLE_WORDS } from './phrases/tables.ts';
import { defineReporter, type ReportInput } from './reporter.ts';
import { NO_BREAK } from './value-text.ts';

/** `comment.md`: the findings for a comment under a pull request. */
export const comment = defineReporter({
  id: 'comment',
  describe: 'writes comment.md: findings and changes for a comment under a pull request',
  onRequest: true,
  files: (input) => [{ path: 'comment.md', content: renderComment(input) }],
});

/** By this line the comment of an earlier run is found, to be replaced. */
export const COMMENT_MARK = '<!-- wirematrix -->';
/** GitHub takes no comment of 65,536 characters or more; counted in bytes, so that no way of counting exceeds it. */
const MOST_BYTES = 65_000;
/** Characters of one cell of the table. */
const CELL = 600;

/** The whole comment. What does not fit is counted in its place. */
export function renderComment({ run, gate }: Pick<ReportInput, 'run' | 'gate'>): string {
  const words = TABLE_WORDS.en;
  const findings = reportedFindings(run);
  const failed = gateLines(gate ?? [], run).map((line) => `- ${escapeMarkdown(shortened(line))}`);
  const changes = run.baseline ? baselineLines(run, words).map((line) => `- ${escapeMarkdown(shortened(line))}`) : [];
  const blocks: Block[] = [
    {
      head: [COMMENT_MARK, `### wirematrix: ${escapeMarkdown(shortened(targetOf(run)))}`, ''],
      lines: [verdict(findings, gate)],
      tail: [''],
    },
    { head: failed.length > 0 ? ['**Why it fails**', ''] : [], lines: failed, tail: failed.length > 0 ? [''] : [] },
    {
      head: findings.length > 0 ? ['| | finding | seen | what mends it |', '| --- | --- | --- | --- |'] : [],
      lines: findings.map(row),
      tail: findings.length > 0 ? [''] : [],
    },
    { head: changes.length > 0 ? ['**Against the baseline**', ''] : [], lines: changes, tail: changes.length > 0 ? [''] : [] },
  ];
  const end = words.runSummary(countsOf(run));
  let left = MOST_BYTES - Buffer.byteLength(end);
  const text = blocks.map((block) => {
    const written = fitted(block, left);
    left -= Buffer.byteLength(written);
    return written;
  });
  return `${text.join('')}${end}\n`.replaceAll(NO_BREAK, ' ');
}

interface Block {
  head: string[];
  lines: string[];
  tail: string[];
}

/** As many lines of a block as fit into this many bytes. */
function fitted({ head, lines, tail }: Block, most: number): string {
  const kept: string[] = [];
  // Room for the line that counts the rest.
  let left = most - Buffer.byteLength([...head, ...tail].join('\n')) - 100;
  for (const line of lines) {
    left -= Buffer.byteLength(line) + 1;
    if (left < 0) break;
    kept.push(line);
  }
  const more = lines.length - kept.length;
  const rest = more > 0 ? ['', `… and ${more} more: run.json has all of them.`] : [];
  return [...head, ...kept, ...rest, ...tail].map((line) => `${line}\n`).join('');
}

function verdict(findings: readonly FindingRow[], gate: ReportInput['gate']): string {
  const counts = (['fault', 'risk', 'advice', 'note'] as const).flatMap((severity) => {
    const number = findings.filter((finding) => finding.severity === severity).length;
    const noun = severity === 'advice' ? ['piece of advice', 'pieces of advice'] : [severity, `${severity}s`];
    return number === 0 ? [] : [`${number} ${noun[number === 1 ? 0 : 1]}`];
  });
  const found = counts.length === 0 ? 'Nothing was found.' : `${counts.join(', ')}.`;
  return gate === undefined ? found : `${gate.length === 0 ? 'Passed' : 'Failed'}: ${found.charAt(0).toLowerCase()}${found.slice(1)}`;
}

function row({ severity, id, title, seen, remedy, spec, level, where }: FindingRow): string {
  const [place] = where;
  const rule = [spec, level].filter((part) => part !== null).join(', ');
  const texts = [
    severity,
    `${title} (${[id, rule].filter((part) => part !== '').join('; ')})`,
    `${seen}${place ? ` (${placeText(place)})` : ''}`,
    remedy,
  ];
  return `| ${texts.map((text) => escapeMarkdown(shortened(text))).join(' | ')} |`;
}

const shortened = (text: string): string => (text.length <= CELL ? text : `${text.slice(0, CELL - 1).replace(/[\ud800-\udbff]$/, '')}…`);
