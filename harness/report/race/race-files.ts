/** The files of a race's folder beside its captures. */
import path from 'node:path';
import { readEvidence } from '../../decode/cell-evidence.ts';
import { LANGUAGES, type Language } from '../../model.ts';
import type { RaceResult } from '../../race/judge/pair.ts';
import { renderRacePage } from '../html/race-page.ts';
import { isMissing } from '../missing.ts';
import type { CapturedEvidence, ReportFile } from '../reporter.ts';
import { laddersOf } from './race-ladders.ts';
import { renderRaceMarkdown } from './race-markdown.ts';

/** The results as data. */
export const RACE_FILE = 'race.json';

/** The results, `race.md` in each language, and the page. @param folder that has the captures @param language of the page at first @throws where a capture can't be read */
export async function* raceFiles(result: RaceResult, folder: string, language: Language): AsyncGenerator<ReportFile> {
  yield { path: RACE_FILE, content: `${JSON.stringify(result, null, 1)}\n` };
  for (const one of LANGUAGES)
    yield {
      path: one === 'en' ? 'race.md' : `race.${one}.md`,
      content: renderRaceMarkdown(result, await laddersOf(result, folder, one), one),
    };
  yield { path: 'race.html', content: await renderRacePage(result, language, (capture) => evidenceIn(path.join(folder, capture))) };
}

/** `null` where the capture is missing: the results may have been copied without. */
async function evidenceIn(file: string): Promise<CapturedEvidence | null> {
  try {
    return await readEvidence(file, { frames: true });
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
