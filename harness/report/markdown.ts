import { documentedTimers } from '../compare/documented.ts';
import { matrices } from '../compare/matrix.ts';
import { cellId, type RunResult } from '../compare/run-result.ts';
import { variedValues } from '../compare/spread.ts';
import { FINDING_LANGUAGES } from '../findings/wording/index.ts';
import type { Language } from '../model.ts';
import { judgedObservations } from './conformance.ts';
import { codeSpan, escapeMarkdown } from './escape.ts';
import { CHANGES, DIFFERENCES } from './file-names.ts';
import { baselineLines, countsOf, findings, labelOf, notObserved, variantFindings, versionFindings } from './findings.ts';
import { isMarkedVariant, type MainTable, mainTables, rowName } from './main-table.ts';
import { fileOf, table } from './markdown-parts.ts';
import { ownClaimLines } from './own-claims.ts';
import { inLanguage } from './phrases/in-language.ts';
import { TABLE_WORDS, type TableWords } from './phrases/tables.ts';
import { defineReporter, type Reporter, type ReportFile, type ReportInput } from './reporter.ts';
import { runInLanguage } from './run-in-language.ts';
import { differencesThatMatter } from './that-matter.ts';
import { documentedText, framesText, placeOf, spreadText, valueText, variedLegend } from './value-text.ts';
import { renderChanges } from './what-changed.ts';

const TABLE = 'table.md';
const MATRICES = 'matrices.md';

/**
 * `table.md`: the same table as in the terminal with all its columns, and the differences that matter most. The others are in files of their own, so that
 * it can be read: `differences.md`, `what-changed.md` where there are versions, `matrices.md`.
 */
export const markdown = defineReporter({
  id: 'markdown',
  describe: `writes ${TABLE} (the table, and what differs most), ${DIFFERENCES}, ${CHANGES} (from version to version) and ${MATRICES}`,
  files(given) {
    const input = { ...given, run: runInLanguage(given.run, given.found, given.language) };
    return [...readable(input), { path: MATRICES, content: renderMatrices(input) }];
  },
});

/** What `pack` writes: without the matrices, whose values are in `values.csv` too. */
export const readableMarkdown: Reporter = { ...markdown, files: readable };

function* readable(input: Input): Iterable<ReportFile> {
  yield { path: TABLE, content: renderMarkdown(input) };
  yield { path: DIFFERENCES, content: renderDifferences(input) };
  const changes = renderChanges(input);
  if (changes !== null) yield { path: CHANGES, content: changes };
}

type Input = Pick<ReportInput, 'run' | 'language'>;

/** The whole of `table.md`. */
export function renderMarkdown({ run, language }: Input): string {
  const words = TABLE_WORDS[language];
  const tables = mainTables(run, words);
  return fileOf([
    ...tables.map((table) => mainSection(table, words)),
    claimSection(run, language),
    mattersSection(run, words),
    documentedSection(run, words, true),
    baselineSection(run, words),
    notObservedSection(run, words),
    [words.restIn(DIFFERENCES, versionFindings(run, words).length > 0 ? CHANGES : null), words.runSummary(countsOf(run))].join('\n\n'),
  ]);
}

/** The whole of `differences.md`. */
export function renderDifferences({ run, language }: Input): string {
  const words = TABLE_WORDS[language];
  return fileOf([
    findingSection(run, mainTables(run, words), words),
    variantSection(run, words),
    documentedSection(run, words),
    variedSection(run, words),
    wrongSection(run, language),
    conformanceSection(run, words),
  ]);
}

/** The whole of `matrices.md`. */
export function renderMatrices({ run, language }: Input): string {
  return fileOf([matrixSection(run, TABLE_WORDS[language])]);
}

function mainSection({ client, servers, empty, columns, sources }: MainTable, words: TableWords): string {
  const rows = servers.map((server, index) => {
    return [rowName(server, words), server.version ?? '–', ...columns.map((column) => column.texts[index]?.text ?? '–')];
  });
  for (const { server, state, reason } of empty) {
    rows.push([
      rowName(server, words),
      server.version ?? '–',
      `${words.state[state]}${words.colon}${inLanguage(words.language, reason)}`,
      ...columns.slice(1).map(() => ''),
    ]);
  }
  const title = client ? `## ${escapeMarkdown(words.tableTitle(client.title, client.provenance, client.version))}\n\n` : '';
  const legend = [words.tableSources(sources.join(words.list))];
  if (servers.some(isMarkedVariant)) legend.push(words.variantLegend);
  if (servers.some((server) => server.provenance === 'model')) legend.push(words.modelLegend);
  return `${title}${table([words.server, words.version, ...columns.map((column) => words.columns[column.id])], rows)}\n\n${escapeMarkdown(legend.join(words.gap))}`;
}

function claimSection(run: RunResult, language: Language): string {
  const lines = ownClaimLines(run, language).map((line) => `- ${escapeMarkdown(line)}`);
  return lines.length === 0 ? '' : `## ${TABLE_WORDS[language].ownClaimsTitle}\n\n${lines.join('\n')}`;
}

/** The differences that matter most, one line each. */
function mattersSection(run: RunResult, words: TableWords): string {
  const all = differencesThatMatter(run, words);
  if (all.length === 0) return run.differences.some(({ against }) => against === 'majority') ? '' : words.noDifferences;
  const lines = all.map(({ observation, title, usual, agreeing, voting, values, more }) => {
    const shown = values.map(({ text, deviates, servers, others, first }) => {
      const names = `${servers.join(words.list)}${others > 0 ? ` ${words.moreServers(others)}` : ''}`;
      return `${deviates ? '§ ' : ''}${text}${words.colon}${names}${words.aside(`${first.cell} ${framesText(first.value, words)}`.trim())}`;
    });
    const rest = more > 0 ? words.and + words.moreValues(more) : '';
    const all = words.usual(usual, agreeing, voting) + words.and + shown.join(words.and) + rest;
    return `1. **${escapeMarkdown(title)}**${words.aside(codeSpan(observation))}${words.comma}${escapeMarkdown(all)}`;
  });
  const legend = all.some(({ values }) => values.some(({ deviates }) => deviates)) ? `\n\n${words.deviatesLegend}` : '';
  return `## ${words.mattersTitle}\n\n${lines.join('\n')}${legend}`;
}

function findingSection(run: RunResult, tables: MainTable[], words: TableWords): string {
  const all = findings(run, words);
  const split = [...new Set(tables.flatMap((one) => one.split))];
  if (all.length === 0 && split.length === 0) return words.noDifferences;
  const blocks = all.map((finding) => {
    const lines = finding.deviations.map(({ server, text, first, others }) => {
      const also = others > 0 ? words.comma + words.alsoIn(others) : '';
      const place = `${first.cell} ${framesText(first.value, words)}`.trim() + also;
      return `  - ${escapeMarkdown(`${server}${words.colon}${text}${words.aside(place)}`)}`;
    });
    const example = `${finding.example.cell} ${framesText(finding.example.value, words)}`.trim();
    const usual = words.usual(finding.usual, finding.agreeing, finding.voting) + words.comma + example;
    return [`- **${escapeMarkdown(finding.observation)}** ${escapeMarkdown(usual)}`, ...lines].join('\n');
  });
  if (split.length > 0) blocks.push(`- ${escapeMarkdown(words.noMajority(split.join(words.list)))}`);
  return `## ${words.differencesTitle}\n\n${blocks.join('\n')}`;
}

function variantSection(run: RunResult, words: TableWords): string {
  const all = variantFindings(run, words);
  if (all.length === 0) return '';
  const blocks = all.map((finding) => {
    const summary = finding.summary === null ? '' : words.colon + finding.summary;
    const lines = finding.changes.map(({ observation, from, to, first, others }) => {
      const also = others > 0 ? words.comma + words.alsoIn(others) : '';
      const place = `${first.cell} ${framesText(first.value, words)}`.trim() + also;
      return `  - ${escapeMarkdown(`${observation}${words.colon}${from} → ${to}${words.aside(place)}`)}`;
    });
    return [`- **${escapeMarkdown(words.variantOf(finding.variant, finding.base))}**${escapeMarkdown(summary)}`, ...lines].join('\n');
  });
  return `## ${words.variantTitle}\n\n${blocks.join('\n')}`;
}

/** What the documentation says of each timer, beside what was measured. @param differing those alone where the two differ */
function documentedSection(run: RunResult, words: TableWords, differing = false): string {
  const all = documentedTimers(run).filter(({ verdict }) => !differing || verdict === 'differs');
  if (all.length === 0) return '';
  const header = [words.server, ...words.documentedHeader];
  const rows = all.map(({ server, timer, documented, source: from, cell, measured, verdict }) => {
    const unit = timer === 'requests' ? null : 's';
    const shown = valueText(measured, unit, words) + words.aside(`${cell} ${framesText(measured, words)}`);
    const source = from ? words.documentedSource(from.source, from.read) : '–';
    return [
      labelOf(run, server, words),
      words.timers[timer],
      documentedText(documented, unit, words),
      shown,
      words.documentedVerdicts[verdict],
      source,
    ];
  });
  return `## ${differing ? words.documentedDiffers : words.documentedTitle}\n\n${table(header, rows)}`;
}

/** Every value that varied between the runs of its cell. */
function variedSection(run: RunResult, words: TableWords): string {
  const { repeat } = run.run;
  if (repeat === undefined) return '';
  const all = variedValues(run);
  if (all.length === 0) return words.nothingVaried(repeat);
  const rows = all.map(({ cell, observation, spread, windowS }) => [
    cellId(cell),
    observation.race === undefined ? observation.id : words.race(observation.id),
    spreadText(spread, observation.unit, words, windowS),
  ]);
  return `## ${words.variedTitle(repeat)}\n\n${table(words.variedHeader, rows)}\n\n${variedLegend(all, words)}`;
}

function baselineSection(run: RunResult, words: TableWords): string {
  if (!run.baseline) return '';
  const lines = baselineLines(run, words).map((line) => `- ${escapeMarkdown(line)}`);
  return `## ${escapeMarkdown(words.baselineTitle(run.baseline.run, run.baseline.startedAt))}\n\n${lines.length > 0 ? lines.join('\n') : words.asBaseline}`;
}

/** Every kind of finding with the servers that show it, the worst first. */
function wrongSection({ findings: all }: RunResult, language: Language): string {
  if (all.length === 0) return '';
  const words = FINDING_LANGUAGES[language];
  const { list } = TABLE_WORDS[language];
  const kinds = new Map<string, RunResult['findings']>();
  for (const finding of all) kinds.set(finding.id, [...(kinds.get(finding.id) ?? []), finding]);
  const rows = [...kinds.values()].map((kind) => {
    const [{ severity, level, spec, title: name }] = kind as [RunResult['findings'][number]];
    const rule = [spec, level].filter((part) => part !== null).join(words.comma);
    const shown = kind.map(({ server, where: [place] }) => {
      const frames = place && place.frames.length > 0 ? ` ${words.frames(place.frames.slice(0, 4))}` : '';
      return server + words.aside(`${place?.cell?.split('/').slice(1).join('/') ?? ''}${frames}`);
    });
    return [words.severities[severity], rule === '' ? name : name + words.aside(rule), shown.join(list)];
  });
  return `## ${words.findingsTitle}\n\n${table(['', words.findingsTitle, TABLE_WORDS[language].server], rows)}`;
}

/** Each value with its verdict, and the frames of those that deviate. */
function conformanceSection(run: RunResult, words: TableWords): string {
  const all = judgedObservations(run, words);
  if (all.length === 0) return '';
  const blocks = all.map(({ observation, title, section, values }) => {
    const lines = values.map(({ verdict, text, because, servers }) => {
      const names = servers.map(({ server, frames }) => (verdict === 'deviates' ? server + words.aside(frames) : server)).join(words.list);
      return `  - ${words.verdicts[verdict]}${words.colon}${escapeMarkdown(`${text}${words.colon}${names}${words.and}${inLanguage(words.language, because)}`)}`;
    });
    return [`- **${escapeMarkdown(observation)}** ${escapeMarkdown(title + words.comma + section)}`, ...lines].join('\n');
  });
  return `## ${words.conformanceTitle}\n\n${blocks.join('\n')}`;
}

function notObservedSection(run: RunResult, words: TableWords): string {
  const all = notObserved(run);
  if (all.length === 0) return '';
  const lines = all.map((one) => {
    const remedy = one.remedy === null ? '' : words.aside(words.remedy(inLanguage(words.language, one.remedy)));
    return `- ${escapeMarkdown(`${one.names.join(words.list)} ${words.state[one.state]}${words.colon}${inLanguage(words.language, one.reason)}${remedy}`)}`;
  });
  return `## ${words.notShownTitle}\n\n${lines.join('\n')}`;
}

/** One matrix for each client × scenario: servers as rows, every observation that a cell has as a column. */
function matrixSection(run: RunResult, words: TableWords): string {
  const blocks = matrices(run).flatMap((matrix) => {
    const [first] = matrix.cells;
    if (!first || matrix.columns.length === 0) return [];
    const servers = matrix.columns[0]?.entries.map((entry) => entry.cell.server) ?? [];
    const rows = servers.map((server, index) => [
      labelOf(run, server, words),
      ...matrix.columns.map(({ observation, entries }) => valueText(entries[index]?.value, observation.unit, words)),
    ]);
    const body = table([words.server, ...matrix.columns.map((column) => column.observation.id)], rows);
    return [`<details><summary>${escapeMarkdown(placeOf(first))}</summary>\n\n${body}\n\n</details>`];
  });
  return blocks.length > 0 ? `## ${words.allValuesTitle}\n\n${blocks.join('\n\n')}` : '';
}
