import { conditional as questions } from '../probe/questions/conditional.ts';
import { askEach } from './ask-each.ts';

export const conditional = askEach('conditional', 'Conditional requests', questions);
