/** What a request says of the page that leads to it: `Referrer-Policy` and `Referer` (W3C Referrer Policy §8). */

/** The policies of W3C Referrer Policy §3. */
const POLICIES = [
  'no-referrer',
  'no-referrer-when-downgrade',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
] as const;

export type ReferrerPolicy = (typeof POLICIES)[number];

/** Who leads to a request, and what its response said may be told of it: `null` where it said nothing. */
export interface Referrer {
  url: URL;
  policy: ReferrerPolicy | null;
}

/** Where a response says nothing (§3, "default referrer policy"). */
const DEFAULT_POLICY: ReferrerPolicy = 'strict-origin-when-cross-origin';

const isPolicy = (word: string): word is ReferrerPolicy => (POLICIES as readonly string[]).includes(word);

/** The last policy known in a `Referrer-Policy` field (§8.1: unknown ones are for browsers to come); `null` where there is none. */
export function referrerPolicy(value: string | undefined): ReferrerPolicy | null {
  const words = (value ?? '').split(',').map((word) => word.trim().toLowerCase());
  return words.filter(isPolicy).at(-1) ?? null;
}

/** The value of `Referer` for a request to `target` (§8.3, §8.4); `null`: none is sent. */
export function refererOf({ url, policy }: Referrer, target: URL): string | null {
  if (!/^https?:$/.test(url.protocol)) return null;
  const origin = `${url.origin}/`;
  const full = `${url.origin}${url.pathname}${url.search}`;
  const same = url.origin === target.origin;
  const downgrade = url.protocol === 'https:' && target.protocol !== 'https:';
  switch (policy ?? DEFAULT_POLICY) {
    case 'no-referrer':
      return null;
    case 'no-referrer-when-downgrade':
      return downgrade ? null : full;
    case 'same-origin':
      return same ? full : null;
    case 'origin':
      return origin;
    case 'strict-origin':
      return downgrade ? null : origin;
    case 'origin-when-cross-origin':
      return same ? full : origin;
    case 'strict-origin-when-cross-origin':
      return same ? full : downgrade ? null : origin;
    case 'unsafe-url':
      return full;
  }
}
