/** Where each emulated browser's policies are from, as data: reports name it where an emulated browser stands. */
import type { KnownDifference } from './client.ts';
import { chromium } from './profiles/chromium.ts';
import { chromiumOneConnection } from './profiles/chromium-one-connection.ts';
import { edge } from './profiles/edge.ts';
import { firefox } from './profiles/firefox.ts';
import { ie11 } from './profiles/ie11.ts';

/** What a policy names, and the address of the file where it is one of an open browser's; else `null`. */
export interface ClientSource {
  text: string;
  url: string | null;
}

const PROFILES = [chromium, chromiumOneConnection, edge, firefox, ie11];

/** The sources of an emulated browser, each once, and where it is known not to be as the real one; nothing of another client. */
export function sourcesOfClient(id: string): { sources: ClientSource[]; known: readonly KnownDifference[] } | null {
  const profile = PROFILES.find((one) => one.id === id);
  if (!profile) return null;
  const named = new Set<string>();
  gather(profile, named);
  const sources = [...named].flatMap((text) => text.split('; ')).filter((text) => text !== '');
  return { sources: [...new Set(sources)].map((text) => ({ text, url: urlOf(text) })), known: profile.differences };
}

/** Every `source` of the policies within. */
function gather(value: unknown, into: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'source' && typeof inner === 'string') into.add(inner);
    else gather(inner, into);
  }
}

/** `Chromium net/socket/x.cc`, `Firefox netwerk/y.cpp`: the file in the browser's own code search. */
function urlOf(text: string): string | null {
  const [, browser, file] = /^(Chromium|Firefox) ((?:[\w.-]+\/)+[\w.-]+\.(?:cc|cpp|h|js|mjs|yaml))\b/.exec(text) ?? [];
  if (browser === 'Chromium') return `https://source.chromium.org/chromium/chromium/src/+/main:${file}`;
  return browser === 'Firefox' ? `https://searchfox.org/mozilla-central/source/${file}` : null;
}
