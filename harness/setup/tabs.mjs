/** Indents compiled files by tabs: a fifteenth of the package is spaces at the beginning of lines. */

/** @param {string} text whose lines are indented by four spaces a level */
export const withTabs = (text) => text.replace(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4));

/** The same for JavaScript, which stays as it is where a string may go over several lines. @param {string} script */
export const scriptWithTabs = (script) => (script.split('\n').some(mayLeaveStringOpen) ? script : withTabs(script));

/** @param {string} text @param {string} part */
const count = (text, part) => text.split(part).length - 1;

/** @param {string} line */
const mayLeaveStringOpen = (line) =>
  line.endsWith('\\') || (line.includes('`') && (count(line, '`') % 2 === 1 || count(line, '${') > count(line, '}')));
