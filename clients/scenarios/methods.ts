import { methods as questions } from '../probe/questions/methods.ts';
import { askEach } from './ask-each.ts';

export const methods = askEach('methods', 'Methods', questions);
