/** Sentences as data: a key and its arguments, put into a language at the end, in the terminal or in the page. */
import type { Catalogue, Language } from '../../model.ts';
import { grouped } from '../../system/grouped.ts';
import { EN, type PhraseKey } from './en.ts';
import { inLanguage, valueInLanguage } from './in-language.ts';
import { NAMES_ZH } from './names-zh.ts';
import { TITLES_ZH } from './titles-zh.ts';
import { ZH } from './zh.ts';

export { grouped };

/** The sentences of each language, by key. */
export const PHRASES: Catalogue<Readonly<Record<PhraseKey, string>>> = { en: EN, zh: ZH };

/** Titles that a run has in English, by `observation.<id>`, `scenario.<id>`, `server.<id>`, `client.<id>` and `summary.<id of a server>`. */
export const TITLES: Catalogue<Readonly<Record<string, string>>> = { en: {}, zh: { ...TITLES_ZH, ...NAMES_ZH } };

/** A sentence that is not yet in any language: its key in the catalogues, and its arguments by name. */
export interface Phrase {
  key: PhraseKey;
  args: Readonly<Record<string, PhraseArg>>;
}
export type PhraseArg = string | number | Phrase;

/** A sentence with its arguments. */
export const phrase = (key: PhraseKey, args: Phrase['args'] = {}): Phrase => ({ key, args });

/** Text that is the same in every language: what came from the wire, a number with its unit. */
export const verbatim = (text: string): Phrase => phrase('text', { text });

/** Texts one after the other, with what stands between them in the reader's language. */
export const listed = ([first = '', ...rest]: readonly string[]): Phrase =>
  rest.length === 0 ? verbatim(first) : phrase('listed', { first, rest: listed(rest) });

/** A sentence that a run has in English. */
export const said = (text: string): Phrase => phrase('said', { text });

/** Whether there is a sentence with this key. */
export const isPhraseKey = (key: string): key is PhraseKey => Object.hasOwn(EN, key);

/** The sentence in a language, its arguments filled in. */
export function say(language: Language, { key, args }: Phrase): string {
  if (key === 'said') return inLanguage(language, String(args.text));
  if (key === 'value') return valueInLanguage(language, String(args.text));
  if (key === 'title') return TITLES[language][String(args.id)] ?? String(args.text);
  return PHRASES[language][key].replace(PLACE, (_match, name: string, one?: string, many?: string) => {
    const arg = args[name];
    if (one !== undefined) return (arg === 1 ? one : many) ?? '';
    if (typeof arg === 'number') return grouped(arg);
    return typeof arg === 'object' ? say(language, arg) : (arg ?? '');
  });
}

const PLACE = /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g;

/** The names of a sentence's arguments in the order of their first appearance in English. */
export const argumentsOf = (key: PhraseKey): string[] => [...new Set([...EN[key].matchAll(PLACE)].map((match) => match[1] as string))];

/** `6.0 s`, `12.3 ms`, `340 µs`, `2 min 5 s`: units are the same in every language. */
export function durationText(ns: number): string {
  if (ns === 0) return '0 s';
  if (ns < 0) return `−${durationText(-ns)}`;
  if (ns < 999_500) return `${Math.round(ns / 1e3)} µs`;
  if (ns < 999.5e6) return `${Number((ns / 1e6).toPrecision(3))} ms`;
  if (ns < 120e9) return `${Number((ns / 1e9).toFixed(ns < 10e9 ? 2 : 1))} s`;
  return `${Math.floor(ns / 60e9)} min ${Math.round((ns % 60e9) / 1e9)} s`;
}

/** `485,144 B`. */
export const bytesText = (bytes: number): string => `${grouped(bytes)} B`;

/** `4` or `4–9`. */
export const framesSpan = ([first, last]: readonly [number, number]): string => (first === last ? String(first) : `${first}–${last}`);

/** What to type into Wireshark's filter bar to see these frames. */
export function displayFilter(frames: readonly number[]): string {
  if (frames.length === 0) return '';
  return frames.length === 1 ? `frame.number == ${frames[0]}` : `frame.number in {${frames.join(', ')}}`;
}
