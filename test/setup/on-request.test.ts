import { describe, expect, it } from 'vitest';
import { wantedBy } from '../../harness/setup/on-request.mjs';
import { fetched } from '../../harness/system/fetched.mjs';

describe('what setup is asked for by name', () => {
  it.each([
    [['gunicorn'], { debian: ['gunicorn', 'python3-flask'], fetched: [] }],
    [['gunicorn', 'gunicorn-gthread'], { debian: ['gunicorn', 'python3-flask'], fetched: [] }],
    [['ruby'], { debian: ['puma', 'ruby-rack', 'unicorn', 'ruby', 'ruby-webrick'], fetched: [] }],
    [['node@18'], { debian: [], fetched: ['node@18'] }],
    [['node@18..22'], { debian: [], fetched: ['node@18', 'node@20', 'node@22'] }],
    [['node-http@18..26', 'express@node26'], { debian: [], fetched: ['node@18', 'node@20', 'node@22', 'node@24', 'node@26'] }],
    [['express@4'], { debian: [], fetched: ['express@4'] }],
    [['haproxy>express@4'], { debian: ['haproxy'], fetched: ['express@4'] }],
    [['proxies'], { debian: ['haproxy', 'varnish', 'squid', 'golang-go'], fetched: [] }],
    [['hapi', 'express'], { debian: [], fetched: ['hapi'] }],
  ])('%j', (names, wanted) => {
    expect(wantedBy(names)).toEqual(wanted);
  });

  it('all is everything that any name stands for', () => {
    const all = wantedBy(['all']);
    expect(all.fetched.sort()).toEqual(Object.keys(fetched).sort());
    expect(
      wantedBy(['python', 'ruby', 'java', 'go', 'production', 'proxies', 'default']).debian.filter((name) => !all.debian.includes(name)),
    ).toEqual([]);
  });

  it('refuses what it does not know, with what there is', () => {
    expect(() => wantedBy(['nonsense'])).toThrow(/nothing called "nonsense".* flask,.*groups all, race, default/);
    expect(() => wantedBy(['node@30..40'])).toThrow('no version is in node@30..40');
  });
});
