import type { Question } from '../question.ts';
import { bodies } from './bodies.ts';
import { coding } from './coding.ts';
import { conditional } from './conditional.ts';
import { identify } from './identify.ts';
import { idle } from './idle.ts';
import { keepalive } from './keepalive.ts';
import { limits } from './limits.ts';
import { methods } from './methods.ts';
import { parsers } from './parsers.ts';
import { pipelining } from './pipelining.ts';
import { range } from './range.ts';
import { shutdown } from './shutdown.ts';
import { starvation } from './starvation.ts';
import { versions } from './versions.ts';

/** Every question, in the order in which they are asked: one line a family. */
export const questions: readonly Question[] = [
  ...identify,
  ...idle,
  ...keepalive,
  ...pipelining,
  ...conditional,
  ...range,
  ...methods,
  ...versions,
  ...coding,
  ...bodies,
  ...parsers,
  ...limits,
  ...starvation,
  ...shutdown,
];
