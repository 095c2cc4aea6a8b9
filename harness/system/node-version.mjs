/** Which versions of Node.js the project runs on. JavaScript, because `harness/setup/` asks before anything is compiled. */

/** The least minor version of each major one that has a limit: `engines` in package.json. @type {Partial<Record<number, number>>} */
const LEAST_MINOR = { 20: 19, 22: 13 };
/** From this major version on, any will do. */
const ANY_FROM = 24;

/** The versions, for messages. */
export const NODE_NEEDED = '20.19, 22.13, 24 or later is needed';

/** Whether the project runs on this version, written as in `process.version` or `process.versions.node`. @param {string} version */
export function isNodeSupported(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major >= ANY_FROM || minor >= (LEAST_MINOR[major] ?? Number.POSITIVE_INFINITY);
}
