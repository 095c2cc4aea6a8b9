import type { Question } from '../question.ts';
import { idle } from './idle.ts';

/** Every question, in the order of the families: one line a family. */
export const questions: readonly Question[] = [
  ...idle, //
];
