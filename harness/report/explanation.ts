/** A cell as text for a terminal: the story, a ladder for each connection, the values with their frames. */
import { cellResult } from '../compare/cell-result.ts';
import type { ObservationRow, ObservedCell, RunResult } from '../compare/run-result.ts';
import { cellId } from '../compare/run-result.ts';
import type { CellEvidence } from '../decode/cell-evidence.ts';
import type { Language, ObservedValue } from '../model.ts';
import { observations } from '../observe/index.ts';
import { observationRow } from '../results/assemble.ts';
import { escapeTerminal } from './escape.ts';
import { framesByStream, ladderOf } from './ladder.ts';
import { ladderText } from './ladder-text.ts';
import { displayFilter, type Phrase, phrase, say } from './phrases/phrases.ts';
import { TABLE_WORDS } from './phrases/tables.ts';
import type { CapturedEvidence } from './reporter.ts';
import { type Sentence, storyOf, type Titles, valueWords } from './story.ts';
import { NO_BREAK, spreadText } from './value-text.ts';
import { padEnd, textWidth, truncate, wrapProse } from './width.ts';

/** The cell that `explain` describes, and how: language, ASCII only, width in columns. */
export interface ExplainInput {
  cell: ObservedCell;
  evidence: CapturedEvidence;
  titles: Titles;
  /** Where the capture is, as the user would name it. */
  capture: string;
  language: Language;
  ascii: boolean;
  columns: number;
}

/** Most connections whose ladder is drawn. */
const CONNECTIONS_DRAWN = 24;
const FRAMES_LISTED = 8;

/** The whole explanation of one cell. */
export function renderExplanation(input: ExplainInput): string {
  const { cell, evidence, language, columns, ascii } = input;
  const word = (one: Phrase): string => escapeTerminal(say(language, one));
  const heading = (text: string): string => `${text}\n${(ascii ? '-' : '─').repeat(textWidth(text))}\n`;
  const drawn = evidence.connections.slice(0, CONNECTIONS_DRAWN);
  const frames = framesByStream(evidence.frames ?? []);
  const ladders = drawn.map((connection) => {
    const ladder = ladderOf(connection, frames.get(connection.stream) ?? [], { steps: evidence.steps, endNs: evidence.capture.endNs });
    const { stream, client, server } = ladder;
    const title = word(phrase('ladder.title', { stream, client, server }));
    const start = ladder.midStream ? [word(phrase('ladder.mid-stream'))] : [];
    return [
      `${title}   ${word(phrase('explain.filter'))}${MARKS[language].colon}tcp.stream eq ${stream}`,
      ...start,
      ...ladderText(ladder, { language, columns, ascii }),
    ].join('\n');
  });
  const left = evidence.connections.length - drawn.length;
  if (left > 0) ladders.push(word(phrase('explain.more-connections', { n: left })));
  const sections = [
    `${heading(escapeTerminal(cellId(cell)))}${word(phrase('explain.capture', { file: input.capture }))}`,
    heading(word(phrase('explain.happened'))) +
      storyOf(cell, input.titles)
        .map((one) => sentenceText(one, input))
        .join('\n'),
    heading(word(phrase('explain.ladders'))) + ladders.join('\n\n'),
    heading(word(phrase('explain.values'))) + valueLines(input).join('\n'),
  ];
  const text = `${sections.join('\n\n')}\n`;
  return ascii ? text.replace(/…/g, '...').replace(/ × /g, ' x ').replace(/ → /g, ' -> ').replace(/µs/g, 'us') : text;
}

const MARKS: Readonly<Record<Language, { comma: string; colon: string; open: string; close: string }>> = {
  en: { comma: ', ', colon: ': ', open: ' (', close: ')' },
  zh: { comma: '、', colon: '：', open: '（', close: '）' },
};

function sentenceText({ phrases, frames, tone }: Sentence, { language, columns, ascii }: ExplainInput): string {
  const mark = tone === 'note' ? '!' : ascii ? '-' : '•';
  const { comma, open, close } = MARKS[language];
  const shown = frames.slice(0, FRAMES_LISTED).join(comma) + (frames.length > FRAMES_LISTED ? `${comma}…` : '');
  const where = frames.length > 0 ? `${open}${say(language, phrase('ui.frames', { n: frames.length, list: shown }))}${close}` : '';
  const text = phrases.map((one) => say(language, one)).join(language === 'zh' ? '' : ' ') + where;
  return wrapProse(escapeTerminal(text), columns - 2)
    .map((line, index) => `${index === 0 ? mark : ' '} ${line}`)
    .join('\n');
}

function valueLines({ cell, titles, language, columns, ascii }: ExplainInput): string[] {
  const rows = titles.observations.flatMap(({ id, unit }) => {
    const value = cell.values[id];
    if (!value) return [];
    const shown = value.frames.slice(0, FRAMES_LISTED);
    return [
      {
        id: escapeTerminal(id),
        text: escapeTerminal(say(language, valueWords(value, unit))),
        filter: displayFilter(shown),
        spread: spreadLine(value, unit, language),
      },
    ];
  });
  const idWidth = Math.max(0, ...rows.map((row) => textWidth(row.id)));
  const textWide = Math.min(28, Math.max(0, ...rows.map((row) => textWidth(row.text))));
  return rows.map((row) => {
    const short = truncate(row.text, textWide);
    const value = ascii ? short.replace(/…/g, '~') : short;
    const line = `${padEnd(row.id, idWidth)}  ${padEnd(value, textWide)}  ${truncate(row.filter, Math.max(20, columns - idWidth - textWide - 4))}`;
    return [line.trimEnd(), ...row.spread.map((one) => `${' '.repeat(idWidth)}  ${ascii ? one.replace(/–/g, '-') : one}`)].join('\n');
  });
}

/** How a value varied where its cell was run several times. */
function spreadLine({ spread, windowS }: ObservedValue, unit: ObservationRow['unit'], language: Language): string[] {
  if (!spread) return [];
  const words = TABLE_WORDS[language];
  const text = spreadText(spread, unit, words, windowS).replaceAll(NO_BREAK, ' ');
  // Nothing is said of what did not vary.
  return text === '' ? [] : [escapeTerminal(words.inRuns(spread.runs, text))];
}

/** The row of a cell and what a reader needs beside it, from its capture alone where there is no run. */
export function explained(
  evidence: CellEvidence,
  run: RunResult | null,
  capture: string,
): Pick<ExplainInput, 'cell' | 'evidence' | 'titles' | 'capture'> {
  const windowS = evidence.header ? evidence.header.windowMs / 1000 : null;
  const shown = cellResult(evidence, observations, { capture, captureSha256: '', windowS });
  const own = ownValues(run, cellId(evidence.cell));
  const cell = { ...shown, values: { ...withSpreads(shown.values, run, cellId(evidence.cell)), ...own.values } };
  const titles = {
    servers: run?.servers ?? [],
    clients: run?.clients ?? [],
    scenarios: run?.scenarios ?? [],
    observations: [...observations.map(observationRow), ...own.rows],
  };
  return { cell, evidence, titles, capture };
}

/** The values with the spreads that the run has of them. */
function withSpreads(values: ObservedCell['values'], run: RunResult | null, id: string): ObservedCell['values'] {
  const row = run?.cells.find((one) => cellId(one) === id);
  if (row?.state !== 'observed' || row.repeats === undefined) return values;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const spread = row.values[name]?.spread;
      return [name, spread ? { ...value, spread } : value];
    }),
  );
}

/** What the run's configuration defined, as the run has it. */
function ownValues(run: RunResult | null, id: string): { rows: ObservationRow[]; values: ObservedCell['values'] } {
  const own = new Set(run?.run.own?.observations ?? []);
  const rows = run?.observations.filter((row) => own.has(row.id) && !observations.some((one) => one.id === row.id)) ?? [];
  const cell = run?.cells.find((one) => cellId(one) === id);
  const values = rows.flatMap((row) => {
    const value = cell?.state === 'observed' ? cell.values[row.id] : undefined;
    return value ? [[row.id, value] as const] : [];
  });
  return { rows, values: Object.fromEntries(values) };
}
