/** The words of the results table in every language. */
import type { Catalogue } from '../../model.ts';
import { type TableWords, tablesEn } from './tables-en.ts';
import { tablesZh } from './tables-zh.ts';

export type { ColumnId, RunCounts, TableWords } from './tables-en.ts';

export const TABLE_WORDS: Catalogue<TableWords> = { en: tablesEn, zh: tablesZh };
