import { range as questions } from '../probe/questions/range.ts';
import { askEach } from './ask-each.ts';

export const range = askEach('range', 'Range requests', questions);
