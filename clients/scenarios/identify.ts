import { identify as questions } from '../probe/questions/identify.ts';
import { askEach } from './ask-each.ts';

export const identify = { ...askEach('identify', 'What the port speaks', questions), ownOnly: true };
