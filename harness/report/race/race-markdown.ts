/** `race.md` and `race.zh.md`. */
import type { Language } from '../../model.ts';
import { lostOf, type Pair, type RaceResult } from '../../race/judge/pair.ts';
import { escapeMarkdown } from '../escape.ts';
import { displayFilter } from '../phrases/phrases.ts';
import { RACE_WORDS } from './race-catalogue.ts';
import { cellText } from './race-cell.ts';
import { factsOfRace, type RaceFacts } from './race-facts.ts';
import {
  cureTexts,
  documentedTexts,
  exampleText,
  habitTexts,
  pairsOf,
  pairTexts,
  runFacts,
  settingTexts,
  shownIn,
  timerTexts,
  titleOf,
} from './race-rows.ts';
import type { RaceWords } from './race-words.ts';

/** Ladders that are drawn; the other examples name their frames alone. */
export const LADDERS_DRAWN = 8;

/** The ladders of the examples, by `keyOf` of their pair: lines of text. */
export type Ladders = ReadonlyMap<string, readonly string[]>;

/** Names a pair's row. */
export const keyOf = ({ upstream, server, method }: Pick<Pair, 'upstream' | 'server' | 'method'>): string =>
  `${upstream} ${server} ${method}`;

/** Pairs of which an example is told: the lost ones first, one for each upstream side before a second one. */
export function exampled(pairs: readonly Pair[]): Pair[] {
  const withExample = pairs.filter(({ example }) => example !== null);
  const worst = (upstream: string): Pair | undefined =>
    withExample.filter((pair) => pair.upstream === upstream).sort((a, b) => lostOf(b) - lostOf(a))[0];
  return [...new Set(withExample.map(({ upstream }) => upstream))].flatMap((upstream) => worst(upstream) ?? []);
}

/** Heads as they are; the texts of the rows are escaped. */
const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${heads.join(' | ')} |`,
  `| ${heads.map(() => '---').join(' | ')} |`,
  ...rows.map((row) => `| ${row.map((text) => (text === '' ? '–' : escapeMarkdown(text))).join(' | ')} |`),
];

/** The matrix: upstream sides down, servers across. */
function matrixLines(result: RaceResult, words: RaceWords): string[] {
  const { upstreams, servers } = shownIn(result);
  return table(
    [words.upstream, ...servers.map(({ title }) => escapeMarkdown(title))],
    upstreams.map(({ id, title }) => [title, ...servers.map((server) => cellText(pairsOf(result, id, server.id), words))]),
  );
}

/** The matrix alone, of real servers that were tried: small enough for a README. */
export function renderRaceMatrix(result: RaceResult, language: Language): string {
  const tried = new Set(result.pairs.flatMap((pair) => (pair.tried > 0 ? [pair.server] : [])));
  const servers = result.servers.filter(({ id }) => tried.has(id) && !id.startsWith('planted'));
  return `${matrixLines({ ...result, servers }, RACE_WORDS[language]).join('\n')}\n`;
}

/** The whole report. */
export function renderRaceMarkdown(result: RaceResult, ladders: Ladders, language: Language): string {
  const words = RACE_WORDS[language];
  const { upstreams, servers } = shownIn(result);
  const facts = factsOfRace(result);
  const lacking = [...result.upstreams, ...result.servers].filter(({ skipped, reason }) => skipped !== null || reason !== null);
  const sections: string[][] = [
    [`# ${words.title}`, '', ...words.intro(runFacts(result)).flatMap((paragraph) => [paragraph, ''])],
    [`## ${words.matrix}`, '', words.matrixNote, ''],
    matrixLines(result, words),
    [`## ${words.habits}`, '', words.habitsNote, ''],
    table(
      words.habitHeads,
      upstreams.map((row) => [row.title, ...habitTexts(row, words)]),
    ),
    [`## ${words.timers}`, ''],
    table(
      words.timerHeads,
      servers.map((row) => [row.title, ...timerTexts(row, facts, words)]),
    ),
    [`## ${words.examples}`, ''],
    examples(result, ladders, words),
    cures(result, facts, words),
    [`## ${words.pairs}`, ''],
    table(
      words.pairHeads,
      result.pairs.map((pair) => [
        titleOf(result.upstreams, pair.upstream),
        titleOf(result.servers, pair.server),
        ...pairTexts(pair, result.servers, words),
      ]),
    ),
    [`## ${words.documented}`, '', words.documentedNote, ''],
    documentedTable(result, facts, words),
    ...(lacking.length > 0
      ? [
          lacking.map(
            ({ title, skipped, reason }) =>
              `- ${escapeMarkdown(words.skipped(title, skipped?.reason ?? reason ?? '', skipped?.remedy ?? 'npm run doctor'))}`,
          ),
        ]
      : []),
  ];
  return `${sections
    .map((lines) => lines.join('\n').trimEnd())
    .filter((text) => text !== '')
    .join('\n\n')}\n`;
}

/** The documented time-outs, each with what it predicts for the servers of the run. */
function documentedTable({ servers }: RaceResult, { predictedFor, documented }: RaceFacts, words: RaceWords): string[] {
  const [id, title, idle, lifetime, settable, repeats, source] = words.documentedHeads;
  const heads = [
    id,
    title,
    idle,
    lifetime,
    ...predictedFor.map((server) => escapeMarkdown(titleOf(servers, server))),
    settable,
    repeats,
    source,
  ];
  const rows = documented.map((row) => {
    const { url, read, note } = row.documented;
    const [name = '', ...texts] = documentedTexts(row, words).map((text) => (text === '' ? '–' : escapeMarkdown(text)));
    const document = [url === null ? '' : `<${url}>`, words.readOn(read), note === undefined ? '' : escapeMarkdown(note)];
    return `| \`${name}\` | ${texts.join(' | ')} | ${document.filter((text) => text !== '').join(words.and)} |`;
  });
  return [...table(heads, []), ...rows];
}

function examples({ pairs }: RaceResult, ladders: Ladders, words: RaceWords): string[] {
  return exampled(pairs).flatMap((pair) => {
    const example = pair.example!;
    const ladder = ladders.get(keyOf(pair));
    return [
      escapeMarkdown(exampleText(pair, words)),
      '',
      `\`${example.capture}\`${words.list}${words.named(words.filter, `\`${displayFilter(example.frames)}\``)}`,
      '',
      ...(ladder === undefined ? [] : ['```', ...ladder, '```', '']),
    ];
  });
}

function cures(result: RaceResult, facts: RaceFacts, words: RaceWords): string[] {
  const told = [...cureTexts(result, words), ...settingTexts(result, facts, words)];
  if (told.length === 0) return [];
  return [`## ${words.cures}`, '', words.curesNote, '', ...told.map((text) => `- ${escapeMarkdown(text)}`)];
}
