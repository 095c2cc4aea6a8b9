import { expect, it } from 'vitest';
import { namesThere, nearName } from '../../harness/system/near-name.ts';

const ALL = ['express', 'nginx', 'node-http@18', 'node-http@20', 'php', 'reporters'];

it.each([
  ['expres', 'express'],
  ['exprses', 'express'],
  ['Express', 'express'],
  ['ngnix', 'nginx'],
  ['node_http@18', 'node-http@18'],
  ['pho', 'php'],
])('%s: %s was meant', (name, meant) => expect(nearName(name, ALL)).toBe(meant));

it.each(['node-http@19', 'koa', 'exp', ''])('%j: none of them', (name) => expect(nearName(name, ALL)).toBeUndefined());

it('says which was meant, or what there is', () => {
  expect(namesThere('phpp', ALL)).toBe('did you mean php?');
  expect(namesThere('koa', ['php', 'nginx'])).toBe('there are: php, nginx');
});
