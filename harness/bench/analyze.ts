/** `analyze` alone, as the bench times it. */
import { analyze } from '../commands/analyze.ts';

const [file = '-', ...flags] = process.argv.slice(2);
await analyze(file, { json: flags.includes('--json') });
