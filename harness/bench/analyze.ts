/** `analyze` alone, as the bench times it. */
import { loadAnalyze } from '../commands/analyze-bundle.ts';

const [file = '-', ...flags] = process.argv.slice(2);
const { analyze } = await loadAnalyze();
await analyze(file, { json: flags.includes('--json') });
