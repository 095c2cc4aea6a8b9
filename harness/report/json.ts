import { defineReporter } from './reporter.ts';

/** `run.json`: everything, valid against `results/run.schema.json`. */
export const json = defineReporter({
  id: 'json',
  describe: 'writes run.json: everything, valid against results/run.schema.json',
  files: ({ run }) => [{ path: 'run.json', content: `${JSON.stringify(run, null, 1)}\n` }],
});
