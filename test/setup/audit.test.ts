import { expect, it } from 'vitest';
import { verdictOf } from '../../harness/setup/audit.mjs';

const answer = (severities: Record<string, string>): string =>
  JSON.stringify({
    vulnerabilities: Object.fromEntries(Object.entries(severities).map(([name, severity]) => [name, { severity }])),
    metadata: { vulnerabilities: { total: Object.keys(severities).length } },
  });

it('fails for a high weakness alone', () => {
  expect(verdictOf(answer({ one: 'high', two: 'low' }))).toEqual({ code: 1, line: 'audit: one (high); see npm audit' });
  expect(verdictOf(answer({ two: 'moderate' }))).toEqual({ code: 0, line: 'audit: nothing high or critical (1 in all)' });
});

it.each([
  ['', 'audit: skipped, the registry gave no answer'],
  ['{"message":"405 Method Not Allowed"}', 'audit: skipped, the registry gave no answer: 405 Method Not Allowed'],
])('says that it was skipped where there is no answer: %j', (stdout, line) => {
  expect(verdictOf(stdout)).toEqual({ code: 0, line });
});
