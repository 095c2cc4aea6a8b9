import { limits as questions } from '../probe/questions/limits.ts';
import { askEach } from './ask-each.ts';

export const limits = askEach('limits', 'Large request heads', questions);
