import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { MAY_BE_SKIPPED } from './may-be-skipped.ts';

/** Set to `fail`, it turns every skipped test into a failure: green then means that everything ran. `.ci/run` sets it. */
const SKIPS = 'WIREMATRIX_SKIPPED_TESTS';

/** Ends the run's output with one plain line of counts, for CI systems that read one. */
export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    const unwanted: string[] = [];
    for (const module of modules) {
      if (module.errors().length > 0) count.failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') count[state]++;
        if (state === 'skipped' && process.env[SKIPS] === 'fail' && !mayBeSkipped(test)) unwanted.push(`${test.fullName}: ${noteOf(test)}`);
      }
    }
    for (const line of unwanted) process.stdout.write(`skipped, which counts as failed here (${SKIPS}=fail): ${line}\n`);
    if (unwanted.length > 0) process.exitCode = 1;
    const failed = count.failed + unwanted.length;
    const skipped = count.skipped - unwanted.length;
    process.on('exit', () => process.stdout.write(`${count.passed} passed, ${failed} failed, ${skipped} skipped\n`));
  }
}

function noteOf(test: TestCase): string {
  const result = test.result();
  return (result.state === 'skipped' && result.note) || 'no reason given';
}

const mayBeSkipped = (test: TestCase): boolean => MAY_BE_SKIPPED.some(({ note }) => note.test(noteOf(test)));
