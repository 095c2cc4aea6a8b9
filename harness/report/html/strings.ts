/** Text that many cells have in common is kept once in the page; the cells hold its number. */
import { printable } from '../escape.ts';
import type { Phrase } from '../phrases/phrases.ts';
import { type PackedPhrase, packPhrase, type StringRef } from './packed-phrase.ts';

export class StringTable {
  readonly strings: string[] = [];
  readonly #known = new Map<string, StringRef>();

  /** The number of a text. Controls of a terminal or of text direction become visible escapes, in a browser too. */
  add(text: string): StringRef {
    const shown = printable(text);
    const known = this.#known.get(shown);
    if (known !== undefined) return known;
    const ref = this.strings.push(shown) - 1;
    this.#known.set(shown, ref);
    return ref;
  }

  /** A sentence, packed; one that is a mere text goes into the table. */
  phrase(phrase: Phrase): PackedPhrase {
    return phrase.key === 'text' ? this.add(String(phrase.args.text)) : packPhrase(phrase, printable);
  }
}
