/** The files of a race's folder beside its captures. */
import path from 'node:path';
import { readEvidence } from '../../decode/cell-evidence.ts';
import { LANGUAGES, type Language } from '../../model.ts';
import type { RaceResult } from '../../race/judge/pair.ts';
import { isMissing } from '../../system/missing.ts';
import { renderRacePage } from '../html/race-page.ts';
import type { ReportFile } from '../reporter.ts';
import { type EvidenceOf, laddersOf } from './race-ladders.ts';
import { renderRaceMarkdown } from './race-markdown.ts';

/** The page. */
export const RACE_PAGE = 'race.html';

/** The text of `race.json`. */
export const raceJson = (result: RaceResult): string => `${JSON.stringify(result, null, 1)}\n`;

/** `race.md` in each language, and the page. @param language of the page at first @throws where a capture can't be read */
export async function* raceReports(result: RaceResult, evidenceOf: EvidenceOf, language: Language): AsyncGenerator<ReportFile> {
  for (const one of LANGUAGES) {
    const content = renderRaceMarkdown(result, await laddersOf(result, evidenceOf, one), one);
    yield { path: one === 'en' ? 'race.md' : `race.${one}.md`, content };
  }
  yield { path: RACE_PAGE, content: await renderRacePage(result, language, evidenceOf) };
}

/** Reads the captures of a folder of results. */
export const capturesIn =
  (folder: string): EvidenceOf =>
  async (capture) => {
    try {
      return await readEvidence(path.join(folder, capture), { frames: true });
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  };
