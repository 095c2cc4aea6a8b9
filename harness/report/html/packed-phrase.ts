/** A sentence as the page's data hold it: its number among the phrases and its arguments, without their names. */
import type { PhraseKey } from '../phrases/en.ts';
import { argumentsOf, PHRASES, type Phrase, type PhraseArg, verbatim } from '../phrases/phrases.ts';

/** The place of a text in the page's string table. */
export type StringRef = number;
/** A number: a text of the string table. Else the phrase's number, with its arguments in the order of `argumentNames`. */
export type PackedPhrase = StringRef | PackedCall;
export type PackedCall = [key: number, ...args: PackedArg[]];
export type PackedArg = string | number | PackedCall;

const KEYS = Object.keys(PHRASES.en) as PhraseKey[];
const KEY_REFS = new Map(KEYS.map((key, ref) => [key, ref]));

/** In the order of their first appearance in English; a title has no sentence of its own. */
const argumentNames = (key: PhraseKey): string[] => (key === 'title' ? ['id', 'text'] : argumentsOf(key));

/** @param text what to do with each text among the arguments */
export function packPhrase({ key, args }: Phrase, text: (text: string) => string): PackedCall {
  const packed = (arg: PhraseArg): PackedArg =>
    typeof arg === 'object' ? packPhrase(arg, text) : typeof arg === 'string' ? text(arg) : arg;
  return [KEY_REFS.get(key) ?? 0, ...argumentNames(key).map((name) => packed(args[name] ?? ''))];
}

/** The sentence again. @param strings the page's string table */
export function unpackPhrase(packed: PackedPhrase, strings: readonly string[]): Phrase {
  if (typeof packed === 'number') return verbatim(strings[packed] ?? '');
  const [ref, ...values] = packed;
  const key = KEYS[ref] ?? 'text';
  const args = argumentNames(key).map((name, place): [string, PhraseArg] => {
    const value = values[place] ?? '';
    return [name, typeof value === 'object' ? unpackPhrase(value, strings) : value];
  });
  return { key, args: Object.fromEntries(args) };
}
