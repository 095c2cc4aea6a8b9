import type { Found } from '../../findings/findings-of.ts';
import { LANGUAGES, type Language } from '../../model.ts';
import { findingsIn } from '../run-in-language.ts';
import type { FindingText, PageFinding } from './page-format.ts';

/** What was found, in every language of the page, the worst first. */
export function pageFindings(found: readonly Found[]): PageFinding[] {
  const spoken = LANGUAGES.map((language) => [language, findingsIn(found, language)] as const);
  const [, first] = spoken[0]!;
  return first.map(({ id, severity, level, spec, server, where }, place) => ({
    ...{ id, severity, level, spec, server, where },
    words: Object.fromEntries(
      spoken.map(([language, findings]): [Language, FindingText] => {
        const { title, seen, consequence, remedy } = findings[place]!;
        return [language, { title, seen, consequence, remedy }];
      }),
    ) as Record<Language, FindingText>,
  }));
}
