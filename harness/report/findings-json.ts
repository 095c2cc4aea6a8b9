import { findingsFileOf } from '../compare/findings-file.ts';
import { FINDINGS } from './file-names.ts';
import { renderJson } from './json.ts';
import { defineReporter } from './reporter.ts';

/** `findings.json`: the findings of the run alone. */
export const findingsJson = defineReporter({
  id: 'findings',
  describe: `writes ${FINDINGS}: what is wrong, what follows and what mends it, with the frames`,
  files: ({ run }) => [{ path: FINDINGS, content: renderJson(findingsFileOf(run)) }],
});
