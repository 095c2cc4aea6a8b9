import { cellId, type RunResult } from '../compare/run-result.ts';
import { type Varied, variedValues } from '../compare/spread.ts';
import { neighbouringVersions } from '../compare/versions.ts';
import type { Language } from '../model.ts';
import { printableData } from './escape.ts';
import { CHANGES, DIFFERENCES } from './file-names.ts';
import { baselineLines, countsOf, notObserved } from './findings.ts';
import { type GridColumn, layOut } from './grid.ts';
import { highlights, highlightText } from './highlights.ts';
import { isMarkedVariant, type MainTable, mainTables, rowName, type Tone } from './main-table.ts';
import { ownClaimLines } from './own-claims.ts';
import { inLanguage } from './phrases/in-language.ts';
import { TABLE_WORDS, type TableWords } from './phrases/tables.ts';
import { defineReporter, type ReportInput, STANDARD_OUTPUT } from './reporter.ts';
import { runInLanguage } from './run-in-language.ts';
import { NO_BREAK, spreadText, variedLegend } from './value-text.ts';
import { truncate, wrapProse } from './width.ts';

/** Most reasons why something was not observed that are printed; table.md has all of them. */
const REASONS = 12;
/** Most cells that are named for one value that varied. */
const VARIED_SHOWN = 4;
const NARROWEST = 40;
/** Most characters of a reason, which may be a whole stack trace; table.md has all of it. */
const REASON = 400;
/** The column of versions is left out before any other. */
const LAST_RANK = 100;

type Style = 'bold' | 'dim' | 'yellow' | 'red';
const CODES: Record<Style, string> = { bold: '1', dim: '2', yellow: '33', red: '31' };
const STYLE_OF: Record<Tone, Style | null> = { usual: null, differs: 'yellow', absent: 'dim', failed: 'red' };

type Paint = (text: string, style: Style | null) => string;

/** The results table and the highlights of the run, for a terminal of any width; the files have the rest. */
export const terminal = defineReporter({
  id: 'terminal',
  describe: 'prints the table and the highlights',
  files: (input) => [
    { path: STANDARD_OUTPUT, content: renderTerminal({ ...input, run: runInLanguage(input.run, input.found, input.language) }) },
  ],
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
  const [table, ...others] = mainTables(run, { ...words, openAfter: words.openShort, closing: words.closingShort });
  const sections = [
    notObservedLines(run, words, width, paint),
    variedLines(run, words, width, paint),
    table ? tableLines(table, others, words, width, paint) : [],
    highlightLines(run, table?.client?.id ?? null, words, width, paint),
    claimLines(run, language, width, paint),
    endLines(run, words, width),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
    .replaceAll(NO_BREAK, ' ')}\n`;
}

function tableLines(table: MainTable, others: readonly MainTable[], words: TableWords, width: number, paint: Paint): string[] {
  const names = table.servers.map((server) => rowName(server, words));
  const columns: GridColumn[] = [
    { header: words.server, rank: 0, texts: names },
    ...table.columns.map(({ id, rank, texts }) => ({
      header: words.columns[id],
      rank,
      texts: texts.map(({ text }) => text),
    })),
    { header: words.version, rank: LAST_RANK, texts: table.servers.map(({ version }) => version ?? '–') },
  ];
  const style = (column: number, row: number): Style | null => {
    if (row < 0) return 'bold';
    return column === 0 ? null : STYLE_OF[table.columns[column - 1]?.texts[row]?.tone ?? 'usual'];
  };
  const grid = layOut(columns, width, (text, column, row) => paint(text, style(column, row)));
  const failed = table.empty
    .filter(({ state }) => state === 'failed')
    .map(({ server, state, reason }) =>
      paint(truncate(`${rowName(server, words)}  ${words.state[state]}${words.colon}${inLanguage(words.language, reason)}`, width), 'red'),
    );
  const lines = [...(table.servers.length > 0 ? [...grid.header, ...grid.rows.flat()] : []), ...failed];
  if (table.client) {
    lines.unshift(paint(truncate(words.tableTitle(table.client.title, table.client.provenance, table.client.version), width), 'bold'));
  }
  if (table.servers.length === 0) return lines;
  const legend = [words.tableSources(table.sources.join(words.list))];
  if (grid.rows.flat().some((line) => line.includes(words.openShort('')))) legend.push(words.openLegend);
  if (table.columns.some(({ id }) => id === 'closes-first')) legend.push(words.closingLegend);
  if (table.servers.some(isMarkedVariant)) legend.push(words.variantLegend);
  if (table.servers.some((server) => server.provenance === 'model')) legend.push(words.modelLegend);
  const leftOut = grid.leftOut.filter((index) => columns[index]?.rank !== LAST_RANK);
  if (leftOut.length > 0) legend.push(words.columnsLeftOut(leftOut.map((index) => columns[index]?.header).join(words.list), 'table.md'));
  if (others.length > 0) legend.push(words.otherTables(others.map(({ client }) => client?.title ?? '').join(words.list), 'table.md'));
  return [...lines, ...wrapProse(legend.join(words.gap), width).map((line) => paint(line, 'dim'))];
}

function highlightLines(run: RunResult, client: string | null, words: TableWords, width: number, paint: Paint): string[] {
  const all = highlights(run, words, client);
  if (all.length === 0) return [];
  return [paint(words.highlightsTitle, 'bold'), ...all.flatMap((one) => bulleted(highlightText(one, words, REASON), width))];
}

function claimLines(run: RunResult, language: Language, width: number, paint: Paint): string[] {
  const all = ownClaimLines(run, language);
  return all.length === 0 ? [] : [paint(TABLE_WORDS[language].ownClaimsTitle, 'bold'), ...all.flatMap((line) => bulleted(line, width))];
}

const bulleted = (text: string, width: number): string[] =>
  wrapProse(text, width - 4).map((line, at) => (at === 0 ? `  • ${line}` : `    ${line}`));

/** How much was observed, and how much differs. */
function endLines(run: RunResult, words: TableWords, width: number): string[] {
  const lines = [words.runSummary(countsOf(run))];
  const count = run.differences.filter(({ against }) => against === 'majority').length;
  if (count > 0) lines.push(words.allDifferences(count, DIFFERENCES));
  if (run.baseline) lines.push(words.baselineCount(baselineLines(run, words).length, run.baseline.startedAt, 'table.md'));
  if (neighbouringVersions(run.servers.map(({ id }) => id)).length > 0) lines.push(words.versionsIn(CHANGES));
  return lines.flatMap((line) => wrapProse(line, width));
}

/** What varied between the runs of one cell, alone. */
export function renderVaried(given: RunResult, language: Language, columns: number): string {
  const lines = variedLines(printableData(given), TABLE_WORDS[language], Math.max(NARROWEST, columns), (text) => text);
  return `${lines.join('\n').replaceAll(NO_BREAK, ' ')}\n`;
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
        .map(({ cell, observation, spread, windowS }) => spreadText(spread, observation.unit, words, windowS) + words.aside(cellId(cell)));
      return hanging(
        name,
        words,
        paint,
        width,
        varied.length > VARIED_SHOWN ? [...shown, words.andMore(varied.length - VARIED_SHOWN, DIFFERENCES)] : shown,
      );
    }),
    ...wrapProse(variedLegend(all, words), width - 2).map((line) => paint(`  ${line}`, 'dim')),
  ];
}

function notObservedLines(run: RunResult, words: TableWords, width: number, paint: Paint): string[] {
  const all = notObserved(run);
  if (all.length === 0) return [];
  const lines = [paint(words.notShownTitle, 'bold')];
  // What failed first: it is what the user has to look at.
  const ordered = [...all.filter(({ state }) => state === 'failed'), ...all.filter(({ state }) => state !== 'failed')];
  for (const { state, reason, remedy, names } of ordered.slice(0, REASONS)) {
    const shown = names.slice(0, 4).join(words.list) + (names.length > 4 ? `${words.list}…${words.aside(String(names.length))}` : '');
    const text = truncate(`${shown} ${words.state[state]}${words.colon}${inLanguage(words.language, reason)}`, REASON);
    lines.push(...wrapProse(text, width - 2).map((line) => paint(`  ${line}`, state === 'failed' ? 'red' : null)));
    // A command is copied: it is not broken into lines.
    if (remedy) lines.push(`    ${words.remedy(inLanguage(words.language, remedy))}`);
  }
  if (all.length > REASONS) lines.push(`  ${words.andMore(all.length - REASONS, 'table.md')}`);
  return lines;
}

/** `head` in bold, then the parts with a semicolon between, wrapped and indented. */
function hanging(head: string, words: TableWords, paint: Paint, width: number, parts: string[]): string[] {
  const indent = '      ';
  const [first = '', ...rest] = wrapProse(`${head} ${parts.join(words.and)}`, width - indent.length);
  const painted = first.startsWith(head) ? paint(head, 'bold') + first.slice(head.length) : first;
  return [`  ${painted}`, ...rest.map((line) => indent + line)];
}
