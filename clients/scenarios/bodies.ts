import { bodies as questions } from '../probe/questions/bodies.ts';
import { askEach } from './ask-each.ts';

export const bodies = askEach('bodies', 'Requests with bodies', questions);
