import { versions as questions } from '../probe/questions/versions.ts';
import { askEach } from './ask-each.ts';

export const versions = askEach('versions', 'HTTP/1.0 and unusual requests', questions);
