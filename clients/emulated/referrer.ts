/** What a request reveals about the page that causes it: `Referrer-Policy` and `Referer` (W3C Referrer Policy §8). */

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

/** A policy of W3C Referrer Policy §3. */
export type ReferrerPolicy = (typeof POLICIES)[number];

/** The page or stylesheet that causes a request, with the policy of its response; `null` where that had none. */
export interface Referrer {
  url: URL;
  policy: ReferrerPolicy | null;
}

/** For responses without a policy (§3, "default referrer policy"). */
const DEFAULT_POLICY: ReferrerPolicy = 'strict-origin-when-cross-origin';

const isPolicy = (word: string): word is ReferrerPolicy => (POLICIES as readonly string[]).includes(word);

/** The last known policy in a `Referrer-Policy` field (§8.1: unknown ones are skipped); `null` where there is none. */
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
