/** `section-four.md`: each claim with what was seen, the verdict, why, its evidence and the connection that shows it best. */
import { type CellFacts, type Facts, type Judgement, type Shown, standInsOf } from '../claims/claim.ts';
import { usedConnections } from '../claims/facts.ts';
import { type Judged, wordsOf } from '../claims/index.ts';
import { MATRIX_CLIENTS, MATRIX_SERVERS } from '../claims/matrix-cells.ts';
import { hasRevisit, revisitOf } from '../claims/s4-2.ts';
import { endingOf } from '../claims/s4-4.ts';
import type { ClaimWords } from '../claims/wording/index.ts';
import { isAtOnce } from '../observe/timers.ts';
import { codeSpan, escapeMarkdown, escapeTerminal, linkToFile, textBlock } from './escape.ts';
import { padEnd, textWidth } from './width.ts';

/** Everything that `section-four.md` is made of. */
export interface SectionFourInput {
  judged: readonly Judged[];
  facts: Facts;
  words: ClaimWords;
  /** One sentence: when the run was made and how long it watched, or which folder the captures are from. */
  origin: string;
  /** Titles by id, for the matrix. */
  titles: ReadonlyMap<string, string>;
  /** The diagram of a connection; `null` where it can't be drawn. */
  ladder(judgement: Judgement): Promise<string[] | null>;
  /** Where the capture file of a cell is, relative to the report; `null` for one that is not there. */
  captureOf(cellId: string): string | null;
}

/** The whole of `section-four.md`. */
export async function sectionFourMarkdown(input: SectionFourInput): Promise<string> {
  const { judged, words, origin } = input;
  const { page } = words;
  const parts = [
    `# ${page.title}`,
    page.intro,
    escapeMarkdown(origin),
    `## ${page.verdictTable}`,
    verdictTable(judged, words),
    ...matrix(input),
  ];
  for (const one of judged) parts.push(...(await claimSection(one, input)));
  return `${parts.join('\n\n')}\n`;
}

function verdictTable(judged: readonly Judged[], words: ClaimWords): string {
  const { page } = words;
  return [
    `| ${page.claim} | ${page.says} | ${page.verdict} | ${page.why} |`,
    '|---|---|---|---|',
    ...judged.map(({ claim, judgement }) => {
      const { title, statement } = wordsOf(claim, words);
      const cells = [
        `[${claim.id}](#${anchor(claim.id)}) ${title}`,
        statement,
        words.verdicts[judgement.verdict],
        judgement.because(words),
      ];
      return `| ${cells.map((text, index) => (index === 0 ? text : escapeMarkdown(text))).join(' | ')} |`;
    }),
  ].join('\n');
}

/** A word of a table's head, as a label. */
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const anchor = (id: string): string => id.toLowerCase().replace('.', '-');

async function claimSection({ claim, judgement }: Judged, input: SectionFourInput): Promise<string[]> {
  const { words } = input;
  const { page } = words;
  const { title, statement, cause, cure } = wordsOf(claim, words);
  const ladder = await input.ladder(judgement);
  const facts = [
    `- **${page.report}**${page.aside(codeSpan(claim.source))}${page.colon}${escapeMarkdown(statement)}`,
    ...(cause === null
      ? []
      : [
          `- **${page.itsCause}**${page.colon}${escapeMarkdown(cause)}`,
          `- **${page.itsCure}**${page.colon}${escapeMarkdown(cure ?? page.noCure)}`,
        ]),
    `- **${capital(page.verdict)}**${page.colon}**${words.verdicts[judgement.verdict]}**`,
    `- **${capital(page.why)}**${page.colon}${escapeMarkdown(judgement.because(words))}`,
    ...(judgement.needed ? [`- **${page.needed}**${page.colon}${escapeMarkdown(judgement.needed(words))}`] : []),
  ];
  return [
    `<a id="${anchor(claim.id)}"></a>\n\n## ${claim.id} ${title}`,
    facts.join('\n'),
    ...(judgement.seen.length > 0 ? [`**${page.seen}**`, judgement.seen.map((say) => `- ${escapeMarkdown(say(words))}`).join('\n')] : []),
    ...(judgement.evidence.length > 0
      ? [`**${page.evidence}**`, judgement.evidence.map((shown) => evidenceLine(shown, input)).join('\n')]
      : []),
    ...(ladder && judgement.ladder
      ? [`**${escapeMarkdown(page.ladder(judgement.ladder.cell, judgement.ladder.stream))}**`, textBlock(ladder)]
      : []),
    ...(judgement.filter === null ? [] : [`**${page.wireshark}**${page.colon}${page.filter(codeSpan(judgement.filter))}`]),
  ];
}

function evidenceLine({ cell, observation, frames }: Shown, { words, captureOf }: SectionFourInput): string {
  const file = captureOf(cell);
  const shown = file === null ? escapeMarkdown(cell) : linkToFile(cell, file);
  return `- ${shown}${words.page.comma}${codeSpan(observation)}${words.page.colon}${words.page.frames(frames)}`;
}

function matrix({ facts, words, titles }: SectionFourInput): string[] {
  const { page } = words;
  const cell = (server: string, client: string): string => {
    // Edge may stand in for Chromium in a claim, but the matrix has a column for each.
    const own = (scenario: string) =>
      [facts.find({ server, client, scenario })].find((found) => found && standInsOf(client).includes(found.client)) ?? null;
    const [visit, again] = [own('close'), own('revisit')];
    const shown = visit ?? again;
    if (!shown) return page.notRun;
    const marks = [...new Set([shown.serverProvenance, shown.clientProvenance])]
      .filter((mark) => mark !== 'real')
      .map((mark) => page.provenance[mark]);
    const text = [...(visit ? connectionWords(visit, words) : []), ...(again && hasRevisit(again) ? [revisitWords(again, words)] : [])];
    return `${text.map((line) => escapeMarkdown(line)).join('<br>')}${marks.length > 0 ? `<br>*${marks.join(page.comma)}*` : ''}`;
  };
  const titleOf = (id: string): string => escapeMarkdown(titles.get(id) ?? id);
  const rows = MATRIX_SERVERS.map((server) => [titleOf(server), ...MATRIX_CLIENTS.map((client) => cell(server, client))]);
  return [
    `## ${page.matrix}`,
    page.matrixIntro,
    [
      `| ${page.server} | ${MATRIX_CLIENTS.map(titleOf).join(' | ')} |`,
      `|---|${MATRIX_CLIENTS.map(() => '---|').join('')}`,
      ...rows.map((row) => `| ${row.join(' | ')} |`),
    ].join('\n'),
    page.provenanceNote,
  ];
}

function connectionWords(cell: CellFacts, { page }: ClaimWords): string[] {
  const used = usedConnections(cell).length;
  const unused = cell.evidence.connections.filter((connection) => connection.handshake && connection.exchangeCount === 0).length;
  const ending = endingOf(cell);
  if (!ending) return [page.connections(used, unused)];
  const { by, how, beforeQuit, idleS } = ending;
  const seconds = isAtOnce(idleS * 1000) ? page.atOnce : `${idleS} s`;
  return [
    page.connections(used, unused),
    by !== null && how !== null && beforeQuit ? page.closes(by, how, seconds) : page.open(`${idleS} s`),
  ];
}

const revisitWords = (cell: CellFacts, { page }: ClaimWords): string => {
  const { asked, files, notModified } = revisitOf(cell);
  return page.revisit(asked, files, notModified);
};

/** The verdicts for a terminal: one line a claim. */
export function verdictLines(judged: readonly Judged[], words: ClaimWords): string[] {
  const width = Math.max(...Object.values(words.verdicts).map(textWidth));
  return judged.map(({ claim, judgement }) =>
    escapeTerminal(
      `${claim.id}  ${padEnd(words.verdicts[judgement.verdict], width)}  ${wordsOf(claim, words).title}${words.page.colon}${judgement.because(words)}`,
    ),
  );
}
