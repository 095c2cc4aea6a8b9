import { parsers as questions } from '../probe/questions/parsers.ts';
import { askEach } from './ask-each.ts';

export const parsers = askEach('parsers', 'Requests that parsers read differently', questions);
