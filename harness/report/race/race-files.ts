import { LANGUAGES } from '../../model.ts';
import type { RaceResult } from '../../race/judge/pair.ts';
import type { ReportFile } from '../reporter.ts';
import { laddersOf } from './race-ladders.ts';
import { renderRaceMarkdown } from './race-markdown.ts';

/** The files of a race, beside its captures. @param dir the folder that holds the captures */
export async function* raceFiles(result: RaceResult, dir: string): AsyncGenerator<ReportFile> {
  yield { path: 'race.json', content: `${JSON.stringify(result, null, 1)}\n` };
  for (const language of LANGUAGES)
    yield {
      path: language === 'en' ? 'race.md' : `race.${language}.md`,
      content: renderRaceMarkdown(result, await laddersOf(result, dir, language), language),
    };
}
