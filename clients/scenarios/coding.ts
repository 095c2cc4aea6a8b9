import { coding as questions } from '../probe/questions/coding.ts';
import { askEach } from './ask-each.ts';

export const coding = askEach('coding', 'Content coding', questions);
