/** Every sentence about claims, once for each language. The type is that of the English record: a language that lacks a sentence does not compile. */
import { en } from './en.ts';
import { zh } from './zh.ts';

export type Sentences = typeof en;
export type ClaimId = keyof Sentences['claims'];

export const CLAIM_LANGUAGES = ['en', 'zh'] as const;
export type ClaimLanguage = (typeof CLAIM_LANGUAGES)[number];

const RECORD: Record<ClaimLanguage, Sentences> = { en, zh };

export const sentencesOf = (language: ClaimLanguage): Sentences => RECORD[language];
