/** Text that many cells have in common is kept once in the page; the cells hold its number. */
import { printable } from '../escape.ts';
import type { PhraseKey } from '../phrases/en.ts';
import { argumentsOf, PHRASES, type Phrase, type PhraseArg } from '../phrases/phrases.ts';

export type StringRef = number;
/** A number: text of the table. Else the sentence's number, with its arguments in the order of their first appearance in English. */
export type PackedPhrase = StringRef | [key: number, ...args: PackedArg[]];
export type PackedArg = string | number | PackedCall;
interface PackedCall extends ReadonlyArray<PackedArg> {}

const KEYS = new Map(Object.keys(PHRASES.en).map((key, index) => [key as PhraseKey, index]));

export class StringTable {
  readonly strings: string[] = [];
  readonly #known = new Map<string, StringRef>();

  /** Whatever steers a terminal or turns the direction of text is shown as an escape, in a browser too. */
  add(text: string): StringRef {
    const shown = printable(text);
    const known = this.#known.get(shown);
    if (known !== undefined) return known;
    const ref = this.strings.push(shown) - 1;
    this.#known.set(shown, ref);
    return ref;
  }

  phrase(phrase: Phrase): PackedPhrase {
    if (phrase.key === 'text') return this.add(String(phrase.args.text));
    return packed(phrase);
  }
}

function packed({ key, args }: Phrase): [key: number, ...args: PackedArg[]] {
  const names = key === 'title' ? ['id', 'text'] : argumentsOf(key);
  return [KEYS.get(key) ?? 0, ...names.map((name) => packedArg(args[name] ?? ''))];
}

const packedArg = (arg: PhraseArg): PackedArg => (typeof arg === 'object' ? packed(arg) : typeof arg === 'string' ? printable(arg) : arg);
