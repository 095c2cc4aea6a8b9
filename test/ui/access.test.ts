import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessOf, pageUrl, SECURITY_FIELDS } from '../../harness/ui/access.ts';

const SERVED = { port: 4321, token: 'dG9rZW4' };
const OWN = { host: '127.0.0.1:4321', origin: 'http://127.0.0.1:4321' };

const ask = (target: string, headers: { host?: string; origin?: string } = { host: OWN.host }, method = 'GET') =>
  accessOf({ method, target, headers }, SERVED);

describe('who may ask the server of a page', () => {
  it('is whoever has its address', () => {
    const { pathname, host } = new URL(pageUrl(SERVED.port, SERVED.token));
    expect(ask(pathname, { host })).toEqual({ status: 200, path: '' });
    expect(ask(`${pathname}data/index`, OWN)).toEqual({ status: 200, path: 'data/index' });
    expect(ask(`${pathname}again/nginx-proxy%3Eexpress/probe/range`, OWN, 'POST')).toEqual({
      status: 200,
      path: 'again/nginx-proxy>express/probe/range',
    });
  });

  it.each([
    ['no token', '/', { host: OWN.host }],
    ['no token before a part of the page', '/data/index', OWN],
    ['another token', '/dG9rZW5/data/index', OWN],
    ['a part of the token', '/dG9rZW/', OWN],
    ['the token as a query', '/?token=dG9rZW4', OWN],
    ['a name that was bound to 127.0.0.1', '/dG9rZW4/', { host: 'evil.example:4321' }],
    ['another port', '/dG9rZW4/', { host: '127.0.0.1:4322' }],
    ['no port', '/dG9rZW4/', { host: '127.0.0.1' }],
    ['no host', '/dG9rZW4/', {}],
    ['another page', '/dG9rZW4/data/index', { host: OWN.host, origin: 'https://evil.example' }],
    ['a page of another port', '/dG9rZW4/data/index', { host: OWN.host, origin: 'http://127.0.0.1:4322' }],
    ['a page without an origin of its own', '/dG9rZW4/data/index', { host: OWN.host, origin: 'null' }],
  ])('is nobody with %s', (_what, target, headers) => {
    expect(ask(target, headers)).toMatchObject({ status: 403 });
    expect(ask(target, headers, 'POST')).toMatchObject({ status: 403 });
  });

  it('is nobody who guesses', () => {
    fc.assert(
      fc.property(fc.string(), (guess) => {
        const first = guess.split('?', 1).join('').split('/', 1).join('');
        expect(ask(`/${guess}`).status === 200).toBe(first === SERVED.token);
      }),
    );
  });

  it('is answered to GET, and to POST only where it runs a cell again', () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', ''])
      expect(ask('/dG9rZW4/data/index', OWN, method), method).toMatchObject({ status: 405 });
    expect(ask('/dG9rZW4/again/a/b/c', OWN, 'PUT')).toMatchObject({ status: 405 });
  });
});

it('no answer may be framed, kept, sniffed or read by another origin', () => {
  expect(SECURITY_FIELDS).toMatchObject({
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "frame-ancestors 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  });
});
