/** Whether a value that changed is worse for clients than it was. Of most values a change is neither better nor worse: then the answer is no. */
import type { ObservedValue, ValueJson } from '../model.ts';
import type { Difference } from './run-result.ts';

/** The best first; each entry lists beginnings of values that are equally good. */
const RANKS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'http.version': [['1.1'], ['1.0']],
  'cache.etag': [['strong'], ['weak'], ['none']],
  'cache.last-modified': [['yes'], ['no']],
  'close.how': [['FIN'], ['RST']],
  'framing.body': [['content-length', 'chunked'], ['close']],
  'range.accept-ranges': [['bytes'], ['none']],
  'range.from-zero': [['206'], ['200']],
  'range.first-ten': [['206'], ['200']],
  'range.first-byte': [['206'], ['200']],
  'range.suffix': [['206'], ['200']],
};

/** Numbers of which less is worse. No number means no limit: an idle connection that is still open, requests without end. */
const LESS_IS_WORSE = new Set(['idle.used-s', 'keepalive.max-requests', 'pipelining.answered', 'pipelining.mixed', 'revisit.not-modified']);

/** Observations that look for something bad, and say `no` where there is none. */
const TRAP = 'trap.';

/** Groups of questions in which `null` without a window means that no answer came. */
const ASKED = /^(?:conditional|range|methods|versions|coding|bodies)\./;

/** Observations whose values name statuses. */
const STATUSES = /^(?:conditional|range|methods|versions|coding|bodies)\.|^http\.statuses$/;

/** Whether the right side of a difference is worse than the left one. */
export function isWorse({ observation, left, right }: Pick<Difference, 'observation' | 'left' | 'right'>): boolean {
  const [before, after] = [left.value, right.value];
  if (!before || !after) return false;
  const [conformed, conforms] = [before.conformance?.verdict, after.conformance?.verdict];
  if (conforms === 'deviates' && conformed !== 'deviates') return true;
  if (conformed === 'deviates' && conforms === 'conforms') return false;
  if (observation.startsWith(TRAP)) return before.value === 'no' && after.value !== 'no' && after.value !== null;
  if (LESS_IS_WORSE.has(observation)) return amount(after) < amount(before);
  if (ASKED.test(observation) && after.value === null) return before.value !== null;
  if (STATUSES.test(observation) && errors(after.value) > errors(before.value)) return true;
  const [was, is] = [rank(observation, before.value), rank(observation, after.value)];
  return was >= 0 && is > was;
}

const amount = ({ value }: ObservedValue): number => (typeof value === 'number' ? value : Number.POSITIVE_INFINITY);

/** Statuses of the server's own failure that a value names. */
const errors = (value: ValueJson): number =>
  typeof value === 'string' || typeof value === 'number' ? (String(value).match(/(?<![\d/-])5\d\d(?![\d/])/g) ?? []).length : 0;

/** -1 where nothing is known of this value: then neither is worse. */
function rank(observation: string, value: ValueJson): number {
  const ranks = RANKS[observation] ?? [];
  return ranks.findIndex((group) => group.some((begin) => String(value).startsWith(begin)));
}
