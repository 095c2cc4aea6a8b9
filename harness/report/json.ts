import { writtenRun } from '../compare/run-result.ts';
import { defineReporter } from './reporter.ts';

/** `run.json`: everything, valid against `results/run.schema.json`. */
export const json = defineReporter({
  id: 'json',
  describe: 'writes run.json: everything, valid against results/run.schema.json',
  files: ({ run }) => [{ path: 'run.json', content: renderJson(writtenRun(run)) }],
});

/** JSON, indented, but with lists of plain values (frames, a header field) on one line, for people and for `diff`. */
export const renderJson = (data: unknown): string =>
  // A line feed inside a string is escaped in JSON, so one that is found here is layout.
  `${JSON.stringify(data, null, 1).replace(/\[\n\s*([^[\]{}]*?)\n\s*\]/g, (_match, items: string) => `[${items.replace(/,\n\s*/g, ', ')}]`)}\n`;
