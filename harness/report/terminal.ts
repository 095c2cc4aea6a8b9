import { documentedTimers } from '../compare/documented.ts';
import { cellId, cellOfId, type Difference, type RunResult } from '../compare/run-result.ts';
import { type Varied, variedValues } from '../compare/spread.ts';
import { printableData } from './escape.ts';
import { CHANGES, DIFFERENCES } from './file-names.ts';
import { baselineLines, connectionsChanged, countsOf, findings, notObserved, variantFindings, versionFindings } from './findings.ts';
import { type GridColumn, layOut } from './grid.ts';
import { isMarkedVariant, type MainTable, mainTables, rowName, type Tone } from './main-table.ts';
import { TABLE_WORDS, type TableWords } from './phrases/tables.ts';
import { defineReporter, type ReportInput, STANDARD_OUTPUT } from './reporter.ts';
import { documentedText, framesText, NO_BREAK, placeOf, spreadText, valueText, variedLegend } from './value-text.ts';
import { truncate, wrapProse } from './width.ts';

/** Most findings that are printed; the files have all of them. */
const FINDINGS = 24;
/** Most cells that are named for one value that varied. */
const VARIED_SHOWN = 4;
const NARROWEST = 40;
/** Most characters of a reason, which may be a whole stack trace; table.md has all of it. */
const REASON = 400;

type Style = 'bold' | 'dim' | 'yellow' | 'red';
const CODES: Record<Style, string> = { bold: '1', dim: '2', yellow: '33', red: '31' };
const STYLE_OF: Record<Tone, Style | null> = { usual: null, differs: 'yellow', absent: 'dim', failed: 'red' };

type Paint = (text: string, style: Style | null) => string;

/** The results table and what differs in it, for a terminal of any width. */
export const terminal = defineReporter({
  id: 'terminal',
  describe: 'prints the table and what differs from the majority',
  files: (input) => [{ path: STANDARD_OUTPUT, content: renderTerminal(input) }],
});

/** The whole output. */
export function renderTerminal({
  run: given,
  language,
  terminal: { columns, color },
}: Pick<ReportInput, 'run' | 'language' | 'terminal'>): string {
  // All text of the run is escaped here, and only here.
  const run = printableData(given);
  const words = TABLE_WORDS[language];
  const width = Math.max(NARROWEST, columns);
  const paint: Paint = (text, style) => (color && style && text !== '' ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text);
  const tables = mainTables(run, words);
  const sections = [
    ...tables.map((table) => tableLines(table, words, width, paint)),
    findingLines(run, tables, words, width, paint),
    variantLines(run, words, width, paint),
    versionLines(run, words, width, paint),
    documentedLines(run, words, width, paint),
    variedLines(run, words, width, paint),
    baselineSection(run, words, width, paint),
    notObservedLines(run, words, width, paint),
    wrapProse(words.runSummary(countsOf(run)), width),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
    .replaceAll(NO_BREAK, ' ')}\n`;
}

function tableLines(table: MainTable, words: TableWords, width: number, paint: Paint): string[] {
  const names = table.servers.map((server) => rowName(server, words));
  const columns: GridColumn[] = [
    { header: words.server, rank: 0, texts: names },
    ...table.columns.map(({ id, rank, texts }) => ({
      header: words.columns[id],
      rank,
      texts: texts.map(({ text }) => text),
    })),
  ];
  const style = (column: number, row: number): Style | null => {
    if (row < 0) return 'bold';
    return column === 0 ? null : STYLE_OF[table.columns[column - 1]?.texts[row]?.tone ?? 'usual'];
  };
  const grid = layOut(columns, width, (text, column, row) => paint(text, style(column, row)));
  const empty = table.empty.map(({ server, state, reason }) => {
    const line = truncate(`${rowName(server, words)}  ${words.state[state]}: ${reason}`, width);
    return paint(line, state === 'failed' ? 'red' : 'dim');
  });
  const lines = [...(table.servers.length > 0 ? [...grid.header, ...grid.rows.flat()] : []), ...empty];
  if (table.client) {
    lines.unshift(paint(truncate(words.tableTitle(table.client.title, table.client.provenance, table.client.version), width), 'bold'));
  }
  if (table.servers.length === 0) return lines;
  const legend = [words.tableSources(table.sources.join(', '))];
  if (table.servers.some(isMarkedVariant)) legend.push(words.variantLegend);
  if (table.servers.some((server) => server.provenance === 'model')) legend.push(words.modelLegend);
  if (grid.leftOut.length > 0)
    legend.push(words.columnsLeftOut(grid.leftOut.map((index) => columns[index]?.header).join(', '), 'table.md'));
  return [...lines, ...wrapProse(legend.join(' '), width).map((line) => paint(line, 'dim'))];
}

/** The differences among the values that the tables show; differences.md has all. */
function findingLines(run: RunResult, tables: MainTable[], words: TableWords, width: number, paint: Paint): string[] {
  const majority = run.differences.filter((difference) => difference.against === 'majority');
  if (majority.length === 0 && tables.every((table) => table.split.length === 0)) return [paint(words.noDifferences, 'bold')];
  const inTable = ({ observation, right }: Difference) =>
    tables.some((table) => table.drawn.has(`${placeOf(cellOfId(right.cell))} ${observation}`));
  const all = findings(run, words, inTable);
  const lines = [paint(words.differencesTitle, 'bold')];
  for (const finding of all.slice(0, FINDINGS)) {
    const { observation, usual, agreeing, voting, deviations } = finding;
    const parts = deviations.map(
      ({ server, text, first }) => `${server}: ${text} (${[placeOf(cellOfId(first.cell)), framesText(first.value, words, 2)].join(' ')})`,
    );
    lines.push(...hanging(observation, paint, width, [words.usual(usual, agreeing, voting), ...parts]));
  }
  const split = [...new Set(tables.flatMap((table) => table.split))];
  if (split.length > 0)
    lines.push(...wrapProse(words.noMajority(split.join(', ')), width - 6).map((line, at) => (at === 0 ? `  ${line}` : `      ${line}`)));
  const elsewhere = majority.filter((difference) => !inTable(difference)).length;
  if (all.length > FINDINGS) lines.push(`  ${words.andMore(all.length - FINDINGS, DIFFERENCES)}`);
  if (elsewhere > 0) lines.push(`  ${paint(words.elsewhere(elsewhere, DIFFERENCES), 'dim')}`);
  return lines;
}

function variantLines(run: RunResult, words: TableWords, width: number, paint: Paint): string[] {
  const all = variantFindings(run, words);
  if (all.length === 0) return [];
  return [
    paint(words.variantTitle, 'bold'),
    ...all.flatMap((finding) =>
      hanging(
        words.variantOf(finding.variant, finding.base),
        paint,
        width,
        finding.changes.slice(0, 6).map(({ observation, from, to }) => `${observation}: ${from} → ${to}`),
      ),
    ),
  ];
}

function versionLines(run: RunResult, words: TableWords, width: number, paint: Paint): string[] {
  const all = versionFindings(run, words);
  if (all.length === 0) return [];
  const place = ({ cell, value }: Difference['left']) => [placeOf(cellOfId(cell)), framesText(value, words, 2)].join(' ');
  return [
    paint(words.versionTitle, 'bold'),
    ...all.flatMap(({ earlier, later, changes }) => {
      const parts = changes
        .slice(0, FINDINGS)
        .map(({ observation, from, to, before, after }) => `${observation}: ${from} → ${to} (${place(before)} → ${place(after)})`);
      if (changes.length > FINDINGS) parts.push(words.andMore(changes.length - FINDINGS, CHANGES));
      return hanging(words.fromVersion(earlier, later), paint, width, parts.length > 0 ? parts : [words.versionsAlike]);
    }),
    ...(connectionsChanged(all) ? wrapProse(words.connectionsVary, width - 2).map((line) => paint(`  ${line}`, 'dim')) : []),
  ];
}

/** The timers that are not as documented; differences.md has all of them with their sources. */
function documentedLines(run: RunResult, words: TableWords, width: number, paint: Paint): string[] {
  const all = documentedTimers(run).filter(({ verdict }) => verdict === 'differs');
  if (all.length === 0) return [];
  return [
    paint(words.documentedDiffers, 'bold'),
    ...all.flatMap(({ server, timer, documented, cell, measured }) => {
      const unit = timer === 'requests' ? null : 's';
      const place = [placeOf(cellOfId(cell)), framesText(measured, words, 2)].join(' ');
      const text = `${documentedText(documented, unit, words)} → ${valueText(measured, unit, words)} (${place})`;
      return hanging(`${server} ${words.timers[timer]}:`, paint, width, [text]);
    }),
  ];
}

/** What varied between the runs of one cell; differences.md has all of it. */
function variedLines(run: RunResult, words: TableWords, width: number, paint: Paint): string[] {
  const { repeat } = run.run;
  if (repeat === undefined) return [];
  const all = variedValues(run);
  if (all.length === 0) return [paint(words.nothingVaried(repeat), 'bold')];
  const kinds = new Map<string, Varied[]>();
  for (const one of all) kinds.set(one.observation.id, [...(kinds.get(one.observation.id) ?? []), one]);
  return [
    paint(words.variedTitle(repeat), 'bold'),
    ...[...kinds].flatMap(([id, varied]) => {
      const name = varied[0]?.observation.race === undefined ? id : words.race(id);
      const shown = varied
        .slice(0, VARIED_SHOWN)
        .map(({ cell, observation, spread, windowS }) => `${spreadText(spread, observation.unit, words, windowS)} (${cellId(cell)})`);
      return hanging(
        name,
        paint,
        width,
        varied.length > VARIED_SHOWN ? [...shown, words.andMore(varied.length - VARIED_SHOWN, DIFFERENCES)] : shown,
      );
    }),
    ...wrapProse(variedLegend(all, words), width - 2).map((line) => paint(`  ${line}`, 'dim')),
  ];
}

function baselineSection(run: RunResult, words: TableWords, width: number, paint: Paint): string[] {
  if (!run.baseline) return [];
  const all = baselineLines(run, words);
  const lines = [paint(truncate(words.baselineTitle(run.baseline.run, run.baseline.startedAt), width), 'bold')];
  if (all.length === 0) return [...lines, `  ${words.asBaseline}`];
  for (const line of all.slice(0, FINDINGS)) lines.push(...wrapProse(line, width - 2).map((one) => `  ${one}`));
  if (all.length > FINDINGS) lines.push(`  ${words.andMore(all.length - FINDINGS, DIFFERENCES)}`);
  return lines;
}

function notObservedLines(run: RunResult, words: TableWords, width: number, paint: Paint): string[] {
  const all = notObserved(run);
  if (all.length === 0) return [];
  const lines = [paint(words.notShownTitle, 'bold')];
  for (const { state, reason, remedy, names } of all) {
    const shown = names.slice(0, 4).join(', ') + (names.length > 4 ? `, … (${names.length})` : '');
    const text = truncate(`${shown} ${words.state[state]}: ${reason}`, REASON);
    lines.push(...wrapProse(text, width - 2).map((line) => paint(`  ${line}`, state === 'failed' ? 'red' : null)));
    // A command is copied: it is not broken into lines.
    if (remedy) lines.push(`    ${words.remedy(remedy)}`);
  }
  return lines;
}

/** `head` in bold, then the parts with a semicolon between, wrapped and indented. */
function hanging(head: string, paint: Paint, width: number, parts: string[]): string[] {
  const indent = '      ';
  const [first = '', ...rest] = wrapProse(`${head} ${parts.join('; ')}`, width - indent.length);
  const painted = first.startsWith(head) ? paint(head, 'bold') + first.slice(head.length) : first;
  return [`  ${painted}`, ...rest.map((line) => indent + line)];
}
