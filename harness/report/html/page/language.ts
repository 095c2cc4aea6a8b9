/** Sentences in the language that the reader chose. */

import type { Language } from '../../../model.ts';
import type { PhraseKey } from '../../phrases/en.ts';
import { inLanguage } from '../../phrases/in-language.ts';
import { durationText, type Phrase, phrase, say, TITLES } from '../../phrases/phrases.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The reader's settings. */
export const state: { language: Language; theme: Theme } = { language: 'en', theme: 'auto' };

/** Whether the page has a theme of this name. */
export const isTheme = (theme: string | null): theme is Theme => THEMES.some((one) => one === theme);

/** A sentence in the reader's language. */
export const textOf = (one: Phrase): string => say(state.language, one);

/** The sentence of a key, in the reader's language unless another is named. */
export const t = (key: PhraseKey, args: Record<string, string | number> = {}, language = state.language): string =>
  say(language, phrase(key, args));

/** A title of the run in the reader's language. @param id `observation.…` or `scenario.…` @param text the title in the run */
export const title = (id: string, text: string): string => TITLES[state.language][id] ?? text;

/** A sentence that the run has in English, in the reader's language. */
export const said = (english: string): string => inLanguage(state.language, english);

/** A length of time, the same in every language. @param us microseconds */
export const duration = (us: number): string => durationText(us * 1e3);

/** Sentences one after the other. */
export const joined = (sentences: readonly string[]): string => sentences.join(state.language === 'zh' ? '' : ' ');
