import { pipelining as questions } from '../probe/questions/pipelining.ts';
import { askEach } from './ask-each.ts';

export const pipelining = askEach('pipelining', 'Pipelined requests', questions);
