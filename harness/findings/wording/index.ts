/** The languages of findings. */
import { EN } from './en.ts';
import type { Language } from './words.ts';
import { ZH } from './zh.ts';

export const FINDING_LANGUAGES = { en: EN, zh: ZH } as const satisfies Record<string, Language>;

export type FindingLanguage = keyof typeof FINDING_LANGUAGES;
