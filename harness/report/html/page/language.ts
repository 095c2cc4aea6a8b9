/** Sentences in the language that the reader chose. */

/** @typedef {string | number | [number, ...any[]]} Arg */

/** @param {string} id */
export const embeddedData = (id) => {
  const element = document.getElementById(id);
  return element === null ? null : JSON.parse(element.textContent ?? 'null');
};

const WORDS = embeddedData('phrases');
/** @type {string[]} */
const KEYS = Object.keys(WORDS.phrases.en);
const PLACE = /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g;
/** @type {Record<string, string[]>} */
const ARGUMENTS = Object.fromEntries(
  KEYS.map((key) => [key, [...new Set([...WORDS.phrases.en[key].matchAll(PLACE)].map((match) => match[1]))]]),
);

export const languages = Object.keys(WORDS.phrases);
export const state = { language: 'en', theme: 'auto' };

/** @param {number} value */
export const grouped = (value) => (Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, ',') : String(value));

/**
 * @param {string} key
 * @param {Record<string, string | number>} [args]
 * @param {string} [language]
 * @returns {string}
 */
export function t(key, args = {}, language = state.language) {
  return WORDS.phrases[language][key].replace(PLACE, (/** @type {string} */ _match, /** @type {string} */ name, one, many) => {
    const arg = args[name];
    if (one !== undefined) return arg === 1 ? one : many;
    return typeof arg === 'number' ? grouped(arg) : String(arg ?? '');
  });
}

/** @param {string} id `observation.…` or `scenario.…` @param {string} text its title in the run */
export const title = (id, text) => WORDS.titles[state.language][id] ?? text;

/**
 * A sentence as the report packed it: a number names a text of the table.
 * @param {number | [number, ...any[]]} packed @param {string[]} strings @returns {string}
 */
export function say(packed, strings) {
  if (typeof packed === 'number') return strings[packed] ?? '';
  const [ref, ...values] = packed;
  const key = KEYS[ref];
  const texts = values.map((value) => (Array.isArray(value) ? say(/** @type {any} */ (value), strings) : value));
  if (key === 'title') return title(texts[0], texts[1]);
  if (key === 'text') return texts[0];
  return t(key, Object.fromEntries(ARGUMENTS[key].map((name, index) => [name, texts[index]])));
}

/** @param {number} us microseconds; the same in every language */
export function duration(us) {
  if (us === 0) return '0 s';
  if (us < 999.5) return `${Math.round(us)} µs`;
  if (us < 999.5e3) return `${Number((us / 1e3).toPrecision(3))} ms`;
  if (us < 120e6) return `${Number((us / 1e6).toFixed(us < 10e6 ? 2 : 1))} s`;
  return `${Math.floor(us / 60e6)} min ${Math.round((us % 60e6) / 1e6)} s`;
}

/** @param {number} bytes */
export const bytes = (bytes) => `${grouped(bytes)} B`;
