/** Values that are not written as their field has it, or that contradict each other. */
import {
  cacheControl,
  deltaSeconds,
  fieldValues,
  httpDate,
  isObsoleteDate,
  listElements,
  mediaType,
  oncePerHead,
} from '../../http/fields.ts';
import { isToken } from '../../http/start-line.ts';
import { answers, eachAnswer } from '../evidence.ts';
import { defineFinding } from '../finding.ts';

const areTokens = (value: string): boolean => listElements(value).every(isToken);
const isDelta = (value: string | null | undefined): boolean => deltaSeconds(value) !== null;

/** `name`, `name=token` or `name="quoted"` (RFC 9111 §5.2). */
const DIRECTIVE = /^[^\s"(),/:;<=>?@[\\\]{}]+(?:\s*=\s*(?:[^\s"(),/:;<=>?@[\\\]{}]+|"(?:[^"\\]|\\.)*"))?$/;
const IN_SECONDS = ['max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error'];

const areDirectives = (value: string): boolean => {
  if (!listElements(value).every((element) => DIRECTIVE.test(element))) return false;
  const directives = cacheControl(value);
  return IN_SECONDS.every((name) => !directives.has(name) || isDelta(directives.get(name)));
};

/** A reference has no spaces, quotes, angle brackets or bytes beyond ASCII (RFC 3986 §2). */
const isReference = (value: string): boolean => /^[\x21\x23-\x3b\x3d\x3f-\x5b\x5d-\x7e]*$/.test(value);

/** The form of values that a recipient can't use in any other. */
const FORMS: readonly (readonly [name: string, isRight: (value: string) => boolean])[] = [
  ['Content-Type', (value) => value === '' || mediaType(value) !== null],
  ['Cache-Control', areDirectives],
  ['Connection', areTokens],
  ['Vary', areTokens],
  ['Allow', areTokens],
  ['Accept-Ranges', areTokens],
  ['Retry-After', (value) => isDelta(value) || httpDate(value) !== null],
  ['Age', isDelta],
  ['Location', isReference],
];

const malformed = oncePerHead((response): { name: string; value: string } | null => {
  for (const [name, isRight] of FORMS) {
    const value = fieldValues(response, name).find((one) => !isRight(one));
    if (value !== undefined) return { name, value };
  }
  return null;
});

const malformedValue = defineFinding({
  id: 'header.value-malformed',
  severity: 'advice',
  level: 'MUST',
  spec: 'RFC 9110 §2.2',
  look: (on) =>
    eachAnswer(answers(on), ({ response }) => {
      const found = malformed(response);
      return found && { name: found.name, value: found.value.slice(0, 80) };
    }),
});

const DATES = ['Date', 'Last-Modified', 'Expires', 'Retry-After'];

const obsolete = oncePerHead((response): { name: string; value: string } | null => {
  for (const name of DATES) {
    const value = fieldValues(response, name).find(isObsoleteDate);
    if (value !== undefined) return { name, value };
  }
  return null;
});

const obsoleteDate = defineFinding({
  id: 'header.date-obsolete',
  severity: 'advice',
  level: 'MUST',
  spec: 'RFC 9110 §5.6.7',
  look: (on) => eachAnswer(answers(on), ({ response }) => obsolete(response)),
});

/** Two directives that say the opposite; `null` where none do. */
const conflict = oncePerHead((response): { control: string; one: string; other: string } | null => {
  const control = fieldValues(response, 'cache-control').join(', ');
  const directives = cacheControl(control);
  const kept = ['public', 'immutable', 'max-age', 's-maxage'].find((name) => directives.has(name) && directives.get(name) !== '0');
  const pair =
    // With names it speaks of these fields alone.
    directives.has('public') && directives.get('private') === null
      ? (['public', 'private'] as const)
      : directives.has('no-store') && kept !== undefined
        ? (['no-store', kept] as const)
        : twoAges(control);
  return pair && { control: control.slice(0, 120), one: pair[0], other: pair[1] };
});

function twoAges(control: string): readonly [string, string] | null {
  const ages = listElements(control).filter((element) => /^max-age\s*=/i.test(element));
  const other = ages.find((age) => age !== ages[0]);
  return other === undefined ? null : [ages[0]!, other];
}

const conflictingControl = defineFinding({
  id: 'cache.control-conflict',
  severity: 'advice',
  level: null,
  spec: 'RFC 9111 §4.2.1',
  topic: 'caching',
  look: (on) => eachAnswer(answers(on), ({ response }) => conflict(response)),
});

/** Why browsers refuse a cookie. */
export type CookieFault = 'no-name' | 'same-site-none' | 'secure-prefix' | 'host-prefix';

function cookieFault(line: string): CookieFault | null {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
  const attributes = new Map(rest.map((part) => [part.split('=')[0]!.trim().toLowerCase(), part.split('=')[1]?.trim() ?? '']));
  const name = pair.split('=')[0]!;
  const isSecure = attributes.has('secure');
  if (pair === '' || pair === '=') return 'no-name';
  if (/^__secure-/i.test(name) && !isSecure) return 'secure-prefix';
  if (/^__host-/i.test(name) && (!isSecure || attributes.get('path') !== '/' || attributes.has('domain'))) return 'host-prefix';
  return attributes.get('samesite')?.toLowerCase() === 'none' && !isSecure ? 'same-site-none' : null;
}

const refusedCookie = oncePerHead((response): { cookie: string; fault: CookieFault } | null => {
  for (const line of fieldValues(response, 'set-cookie')) {
    const fault = cookieFault(line);
    // Its value is nobody's business.
    if (fault !== null) return { cookie: line.split('=')[0]!.slice(0, 40), fault };
  }
  return null;
});

const rejectedCookie = defineFinding({
  id: 'header.cookie-rejected',
  severity: 'risk',
  level: null,
  spec: null,
  look: (on) => eachAnswer(answers(on), ({ response }) => refusedCookie(response)),
});

export const forms = [rejectedCookie, malformedValue, obsoleteDate, conflictingControl];
