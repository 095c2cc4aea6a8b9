/** Every sentence about claims, once for each language. */
import type { Catalogue } from '../../model.ts';
import { type ClaimWords, en } from './en.ts';
import { zh } from './zh.ts';

export type { ClaimId, ClaimWords } from './en.ts';

export const CLAIM_WORDS: Catalogue<ClaimWords> = { en, zh };
