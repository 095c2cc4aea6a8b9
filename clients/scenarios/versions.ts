import { versions as questions } from '../probe/questions/versions.ts';
import { askEach } from './ask-each.ts';

// A server that does not take a bare LF for the end of a line is given 5 s.
export const versions = { ...askEach('versions', 'HTTP/1.0 and unusual requests', questions), busyS: 5 };
