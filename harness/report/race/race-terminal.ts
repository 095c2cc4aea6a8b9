/** The race's matrix for a terminal. */
import type { Language } from '../../model.ts';
import type { FrontPrediction } from '../../race/behind.ts';
import { lostOf, type RaceResult } from '../../race/judge/pair.ts';
import { escapeTerminal, printableData } from '../escape.ts';
import { layOut } from '../grid.ts';
import { wrapProse } from '../width.ts';
import { RACE_WORDS } from './race-catalogue.ts';
import { cellText, marginText } from './race-cell.ts';
import { frontLifetimeText, pairsOf, racingEnds, shownIn } from './race-rows.ts';

const RED = '\x1b[31m';
const YELLOW = '\x1b[33m';
const RESET = '\x1b[0m';
/** A space at which no line ends. */
const UNBROKEN = '\u00a0';

/** The matrix, in at most `columns` columns, and where the page is. */
export function renderRaceTerminal(
  given: RaceResult,
  { columns, color, page }: { columns: number; color: boolean; page: string },
  language: Language,
): string {
  const result = printableData(given);
  const words = RACE_WORDS[language];
  const { upstreams, servers } = shownIn(result);
  const grid = layOut(
    [
      { header: words.upstream, rank: 0, texts: upstreams.map(({ id }) => id) },
      ...servers.map(({ id }, place) => ({
        header: id,
        rank: 1 + place,
        texts: upstreams.map((upstream) => cellText(pairsOf(result, upstream.id, id), words)),
      })),
    ],
    columns,
    (text, column, row) => {
      const server = servers[column - 1];
      const upstream = upstreams[row];
      if (!color || server === undefined || upstream === undefined || text.trim() === '') return text;
      const pairs = pairsOf(result, upstream.id, server.id);
      if (pairs.some((pair) => lostOf(pair) > 0)) return `${RED}${text}${RESET}`;
      return pairs.some(({ repeated }) => repeated > 0) ? `${YELLOW}${text}${RESET}` : text;
    },
  );
  const ends = racingEnds(result, words).flatMap(([text, ids]) => ['', ...wrapProse(words.named(ids.join(words.list), text), columns)]);
  return `${[...grid.header, ...grid.rows.flat(), '', ...wrapProse(words.matrixNote, columns), ...ends, '', words.where(escapeTerminal(page))].join('\n')}\n`;
}

/** What stands in front of the user's own server, and whether it races it: the lines under `probe`'s output. */
export function renderFronts(fronts: readonly FrontPrediction[], columns: number, language: Language): string {
  const words = RACE_WORDS[language];
  const lines = fronts.flatMap(({ documented, idleS, isSetByUser, prediction }) =>
    wrapProse(
      escapeTerminal(
        words.front({
          title: documented.title,
          idle: idleS !== null ? `${idleS} s` : documented.unlimited ? words.noLimit : words.notDocumented,
          isSetByUser,
          predicted: words.predicted[prediction.predicted],
          // No line ends between a figure and its unit.
          margin: marginText(prediction.marginS).replace(' ', UNBROKEN),
          because: words.because[prediction.because],
          lifetime: frontLifetimeText(documented, words),
        }),
      ),
      columns - 2,
    ).map((line, place) => `${place === 0 ? '•' : ' '} ${line.replaceAll(UNBROKEN, ' ')}`),
  );
  return `${words.behind}\n${lines.join('\n')}\n`;
}
