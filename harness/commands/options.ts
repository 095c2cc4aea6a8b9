/** Options that several commands share, and how their values are read. */
import { Argument, Option } from '@commander-js/extra-typings';
import { isLanguage, LANGUAGES, type Language } from '../model.ts';
import { badArgument } from '../system/coded-error.ts';

/** A number of seconds. @throws CodedError (bad-argument) */
export function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || value > 3_600) throw badArgument(`"${text}" is not a number of seconds above 0, up to 3600`);
  return value;
}

/** A repeatable option: the values in the order in which they are given. */
export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw badArgument(`"${text}" is not a number above 0`);
  return value;
}

/** A percentage from 0 to 100. @throws CodedError (bad-argument) */
export function percentage(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || value < 0 || value > 100) throw badArgument(`"${text}" is not a percentage from 0 to 100`);
  return value;
}

/** A whole number of at least 1. @throws CodedError (bad-argument) */
export function atLeastOne(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw badArgument(`"${text}" is not a whole number of at least 1`);
  return value;
}

/** A TCP port. @throws CodedError (bad-argument) */
export function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw badArgument(`"${text}" is not a port number: give one from 1 to 65535`);
  return value;
}

/** @throws CodedError (bad-argument) */
function languageOf(text: string): Language {
  if (!isLanguage(text)) throw badArgument(`there is no language "${text}"; there are: ${LANGUAGES.join(', ')}`);
  return text;
}

/** Where results go. */
export const out = <Default extends string>(folder: Default) =>
  new Option('--out <dir>', 'folder for the results').argParser(aFolder).default<string>(folder);

/** @throws CodedError (bad-argument) */
function aFolder(text: string): string {
  if (text === '') throw badArgument('--out names no folder');
  return text;
}

/** Shortens the watch of idle connections. */
export const quick = () => new Option('--quick', 'watch idle connections for no longer than 8 s');
/** How long idle connections are watched. */
export const window = () =>
  new Option('--window <seconds>', 'watch idle connections for at most this long (default 95)').argParser(seconds);
/** Which capture backend is used. */
export const capture = () => new Option('--capture <backend>', 'auto, tcpdump or cap').default<string>('auto');
/** Which reports are written. */
export const reporter = () => new Option('--reporter <list>', 'comma list of reporters, or paths to your own');
/** Which findings fail the run. */
export const failOn = (more = '') =>
  new Option('--fail-on <list>', `exit code 1 for findings of this severity or worse (fault, risk, advice), or of these ids${more}`);
/** The words of a comma list. */
export const wordsOf = (list: string): string[] =>
  list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
/** The most that may be of something. */
export const max = () =>
  new Option(
    '--max <id=n>',
    'exit code 1 where a finding, a severity or a number that is observed exceeds this; can be repeated',
  ).argParser(collect);
/** An earlier run. */
export const baseline = () =>
  new Option(
    '--baseline <file>',
    'the run.json of an earlier run, or its folder; exit code 1 for findings that are new and values that are worse',
  );
/** The project's configuration. */
export const config = () =>
  new Option('--config <file>', 'the configuration (default: wirematrix.config.ts, .mts, .js, .mjs or .json of this folder)');
/** The language of what is read; `--lang` is the older name. Without a default, where the configuration may have one. */
export const languageAsked = () => new Option('--lang, --language <code>', 'en or zh (default: en)').argParser(languageOf);
export const language = () => new Option('--lang, --language <code>', 'en or zh').argParser(languageOf).default<Language>('en');
/** The rate of every cell's link. */
export const rate = () => new Option('--rate <kbit>', "slow every cell's link down to this many kilobits per second").argParser(positive);
/** The delay of every cell's link. */
export const delay = () =>
  new Option(
    '--delay <ms>',
    "how long a packet takes from one end of every cell's link to the other (where the kernel has netem)",
  ).argParser(positive);

/** The folder of a run. */
export const runFolder = () => new Argument('[dir]', 'folder of a run').default<string>('results/latest');
