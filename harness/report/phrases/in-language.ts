/**
 * What a run has in English (`run.json` is English in every language), in the language of the reader. It is found by the English text itself: as it stands, or
 * by a pattern whose `{names}` stand for figures and names.
 */
import type { Catalogue, Language } from '../../model.ts';
import { DEFINITIONS_ZH } from './definitions-zh.ts';
import { NOTES_ZH, VALUES_ZH } from './notes-zh.ts';
import { PROVENANCE_ZH } from './provenance-zh.ts';
import { REASONS_ZH } from './reasons-zh.ts';
import { RULINGS_ZH } from './rulings-zh.ts';

type Texts = Readonly<Record<string, string>>;

/** By the English sentence; English itself needs none. */
export const SENTENCES: Catalogue<Texts> = { en: {}, zh: { ...RULINGS_ZH, ...NOTES_ZH, ...VALUES_ZH, ...REASONS_ZH, ...PROVENANCE_ZH } };
/** Words that observations use as values, by the English ones. */
const VALUES: Catalogue<Texts> = { en: {}, zh: VALUES_ZH };
/** By the observation's id. */
export const DEFINITIONS: Catalogue<Texts> = { en: {}, zh: DEFINITIONS_ZH };

/** What stands between sentences that are joined to one, and between the words of a list. */
const JOINTS: readonly Catalogue<string>[] = [
  { en: '; ', zh: '；' },
  { en: ', ', zh: '、' },
];

const PLACE = /\{(\w+)\}/g;
/** An argument of this name is a number. */
const COUNT = 'n';
/** An argument whose name begins so is a sentence itself. */
const SENTENCE = 'said';

interface Pattern {
  matches: RegExp;
  names: string[];
  spoken: string;
}

/** The texts of one language, by the English ones. */
class Phrasebook {
  readonly #language: Language;
  readonly #texts: Texts;
  #patterns: Pattern[] | null = null;
  /** Many cells say the same. */
  readonly #known = new Map<string, string | null>();

  constructor(language: Language, texts: Texts) {
    this.#language = language;
    this.#texts = texts;
  }

  /** `null` where there is no such text. */
  find(english: string): string | null {
    let found = this.#known.get(english);
    if (found === undefined) {
      found = this.#exact(english) ?? this.#inParts(english, 'all') ?? this.#byPattern(english) ?? this.#inParts(english, 'some');
      this.#known.set(english, found);
    }
    return found;
  }

  #exact(english: string): string | null {
    return Object.hasOwn(this.#texts, english) ? (this.#texts[english] as string) : null;
  }

  #byPattern(english: string): string | null {
    this.#patterns ??= patternsOf(this.#texts);
    for (const { matches, names, spoken } of this.#patterns) {
      const found = matches.exec(english);
      if (found) return this.#filled(spoken, names, found);
    }
    return null;
  }

  #filled(spoken: string, names: readonly string[], found: RegExpExecArray): string {
    const args = new Map(names.map((name, at) => [name, found[at + 1] as string]));
    return spoken.replace(PLACE, (_match, name: string) => {
      const text = args.get(name) ?? '';
      return name.startsWith(SENTENCE) ? (this.find(text) ?? text) : text;
    });
  }

  /** @param known how many of the parts must have a text */
  #inParts(english: string, known: 'all' | 'some'): string | null {
    const joint = JOINTS.find(({ en }) => english.includes(en));
    if (joint === undefined) return null;
    const parts = english.split(joint.en);
    const each = parts.map((part) => this.find(part));
    const isKnown = (part: string | null): boolean => part !== null;
    if (known === 'all' ? !each.every(isKnown) : !each.some(isKnown)) return null;
    return each.map((part, at) => part ?? parts[at]).join(joint[this.#language]);
  }
}

/** Those with the most words of their own first: they say most exactly what they match. */
function patternsOf(texts: Texts): Pattern[] {
  const own = (english: string): number => english.replace(PLACE, '').length;
  return Object.entries(texts)
    .filter(([english]) => english.includes('{'))
    .sort(([a], [b]) => own(b) - own(a))
    .map(([english, spoken]): Pattern => {
      const source = english
        .split(PLACE)
        .map((part, at) => (at % 2 === 1 ? (part === COUNT ? '([\\d.,]+)' : '(.*?)') : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
      return {
        matches: new RegExp(`^${source.join('')}$`, 's'),
        names: [...english.matchAll(PLACE)].map((match) => match[1] as string),
        spoken,
      };
    });
}

const books = (texts: Catalogue<Texts>): Catalogue<Phrasebook> => ({
  en: new Phrasebook('en', texts.en),
  zh: new Phrasebook('zh', texts.zh),
});
const sentences = books(SENTENCES);
const values = books(VALUES);

/** A sentence of a run in a language; as it is where that language has no such sentence. */
export const inLanguage = (language: Language, english: string): string =>
  language === 'en' ? english : (sentences[language].find(english) ?? english);

/** A value that is a text: what observations say in words of their own; what came from the wire stays as it is. */
export const valueInLanguage = (language: Language, value: string): string =>
  language === 'en' ? value : (values[language].find(value) ?? value);

/** What an observation means. */
export const definitionIn = (language: Language, { id, definition }: { id: string; definition: string }): string =>
  Object.hasOwn(DEFINITIONS[language], id) ? (DEFINITIONS[language][id] as string) : definition;
