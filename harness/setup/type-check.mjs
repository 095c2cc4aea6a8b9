/** What `npm run typecheck` and `npm test` check: projects of TypeScript, which differ in what their files may use. */
import path from 'node:path';

/** The sources for Node.js; the page of the HTML report, for browsers; the setup, JavaScript with its types in comments. */
export const PROJECTS = ['tsconfig.json', 'harness/report/html/page/tsconfig.json', 'harness/setup/tsconfig.json'];

/** The checks, each with its name and the arguments for Node.js. @param {string} root @returns {[name: string, ...args: string[]][]} */
export const typeChecks = (root) =>
  PROJECTS.map((project) => [
    `type check of ${project}`,
    path.join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    path.join(root, project),
    '--noEmit',
  ]);
