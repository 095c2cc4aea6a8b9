import { describe, expect, it } from 'vitest';
import { type Expected, whyNotServed } from '../../harness/decode/served.ts';
import { type EvidenceInput, evidence, type RequestInput } from '../observe/evidence-builder.ts';

const VISIT: Expected = { sends: true, asksForSite: true, pages: ['/'] };
const seen = (...connections: EvidenceInput['connections']) => evidence({ connections });
const asked = (...requests: RequestInput[]) => seen({ syn: 1, requests });
const status = (code: number) => ({ response: { status: code } });

describe('whyNotServed', () => {
  it('has nothing against a visit whose page is served, stored or asked for again', () => {
    expect(whyNotServed(asked({ frame: 10 }), VISIT)).toBeNull();
    expect(whyNotServed(asked({ frame: 10 }, { frame: 20, ...status(304) }), VISIT)).toBeNull();
    expect(whyNotServed(asked({ frame: 10, ...status(206) }), VISIT)).toBeNull();
  });

  it('has nothing against a favicon that is not there, nor against a request that was repeated', () => {
    expect(whyNotServed(asked({ frame: 10 }, { frame: 20, target: '/favicon.ico', ...status(404) }), VISIT)).toBeNull();
    expect(whyNotServed(asked({ frame: 10, response: null }, { frame: 20 }), VISIT)).toBeNull();
  });

  it.each([404, 403, 500, 503, 302, 401])('names the status of a page that is not served: %i', (code) => {
    expect(whyNotServed(asked({ frame: 10, ...status(code) }), VISIT)).toBe(`the page / is not served: the server answered ${code}`);
    const later = asked({ frame: 10 }, { frame: 20, ...status(code) });
    expect(whyNotServed(later, VISIT)).toBe(`the page / is not served: the server answered ${code}`);
  });

  it('follows a page that has moved, as browsers do', () => {
    const moved = (frame: number, target: string, location: string): RequestInput => ({
      frame,
      target,
      response: { status: 301, headers: [['Location', location]] },
    });
    expect(whyNotServed(asked(moved(10, '/', '/en/'), { frame: 20, target: '/en/' }), VISIT)).toBeNull();
    expect(
      whyNotServed(asked(moved(10, '/', 'en/'), moved(20, '/en/', 'index?a=1'), { frame: 30, target: '/en/index?a=1' }), VISIT),
    ).toBeNull();
    const unasked = asked(moved(10, '/', 'https://elsewhere.example/login'), { frame: 20, target: '/style.css' });
    expect(whyNotServed(unasked, VISIT)).toBe('the page / is not served: the server answered 301');
    const missing = asked(moved(10, '/', '/en/'), { frame: 20, target: '/en/', ...status(404) });
    expect(whyNotServed(missing, VISIT)).toBe('the page /en/ is not served: the server answered 404');
    expect(whyNotServed(asked(moved(10, '/', '/')), VISIT)).toBe('the page / is not served: the server answered 301');
  });

  it('names a page that was never asked for, or never answered', () => {
    const gallery = { ...VISIT, pages: ['/', '/cards.html'] };
    expect(whyNotServed(asked({ frame: 10 }), gallery)).toBe('the client never asked for the page /cards.html');
    const silent = asked({ frame: 10 }, { frame: 20, target: '/cards.html', response: null });
    expect(whyNotServed(silent, gallery)).toBe('the server never answered the request for the page /cards.html');
  });

  it('names a cell without a request', () => {
    expect(whyNotServed(seen(), VISIT)).toBe('the client opened no connection and sent no request');
    expect(whyNotServed(seen({ syn: 1 }), VISIT)).toBe('the client sent no request on its connection');
    expect(whyNotServed(seen({ syn: 1 }, { syn: 4 }), { ...VISIT, pages: [] })).toBe(
      'the client sent no request on any of its 2 connections',
    );
  });

  it('expects no request where none is sent by design', () => {
    expect(whyNotServed(seen({ syn: 1 }), { sends: false, asksForSite: false, pages: [] })).toBeNull();
  });

  it('lets the pages of another site be what they are', () => {
    expect(whyNotServed(asked({ frame: 10, ...status(401) }), { sends: true, asksForSite: false, pages: [] })).toBeNull();
  });

  it('names direct questions of which none got a part of the site', () => {
    const questions = { sends: true, asksForSite: true, pages: [] };
    const nothing = asked({ frame: 10, ...status(404) }, { frame: 20, ...status(400) }, { frame: 30, ...status(404) });
    expect(whyNotServed(nothing, questions)).toBe('the site is not served: the server answered 404, 400');
    expect(whyNotServed(asked({ frame: 10, ...status(404) }, { frame: 20 }), questions)).toBeNull();
    // A server that answers nothing is a fact.
    expect(whyNotServed(asked({ frame: 10, response: null }), questions)).toBeNull();
  });
});
