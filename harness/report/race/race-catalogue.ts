import type { Catalogue } from '../../model.ts';
import { RACE_EN } from './race-en.ts';
import type { RaceWords } from './race-words.ts';
import { RACE_ZH } from './race-zh.ts';

/** The words of the race's reports, by language. */
export const RACE_WORDS: Catalogue<RaceWords> = { en: RACE_EN, zh: RACE_ZH };
