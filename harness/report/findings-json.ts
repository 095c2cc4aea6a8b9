import { findingsFileOf } from '../compare/findings-file.ts';
import { renderJson } from './json.ts';
import { defineReporter } from './reporter.ts';

/** `findings.json`: the findings of the run alone. */
export const findingsJson = defineReporter({
  id: 'findings',
  describe: 'writes findings.json: what is wrong, what follows and what mends it, with the frames',
  files: ({ run }) => [{ path: 'findings.json', content: renderJson(findingsFileOf(run)) }],
});
