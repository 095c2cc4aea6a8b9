/** Applies the RFC's rule on a value (`conformance.ts`), where the value can be judged at all. */
import type { Conformance, Observation, Observed, ValueJson } from '../model.ts';
import { CLOSES_BY_VERSION, conformanceRules, type Rule, type Ruling } from './conformance.ts';
import type { PlainAnswer } from './plain-answer.ts';

const LIMITED: Ruling = ['unspecified', 'a rate limiter answered in the place of the target (RFC 6585 §4)'];
/** An answer to everything, whatever was asked. */
const isLimited = (value: ValueJson): boolean => value === 429 || (typeof value === 'string' && /^429\b/.test(value));

const NO_ANSWER: Ruling = ['unspecified', 'no answer came, which is for the server to decide; a client can only guess why'];

/** What `judge` has to know of an observation. */
export type Judged = Pick<Observation, 'id' | 'judgedBeside' | 'nullIsNoAnswer'>;

/**
 * What the RFCs say of an observed value.
 * @param plain what the target answers to a plain request; `null` where that is not known
 * @returns `null` for an observation that the RFCs don't speak of
 */
export function judge(
  observation: Judged,
  observed: Pick<NonNullable<Observed>, 'value' | 'closesByVersion'>,
  plain: PlainAnswer | null = null,
): Conformance | null {
  const rule = conformanceRules[observation.id];
  if (!rule) return null;
  if (observed.closesByVersion) return { verdict: 'conforms', section: 'RFC 9112 §9.3', because: CLOSES_BY_VERSION };
  const [verdict, because] = withoutRule(observation, rule, observed.value, plain) ?? rule.judge(observed.value);
  return { verdict, section: rule.section, because };
}

/** The ruling where the rule can't be applied, with the reason; `null` where it can. */
function withoutRule({ judgedBeside, nullIsNoAnswer }: Judged, rule: Rule, value: ValueJson, plain: PlainAnswer | null): Ruling | null {
  if (isLimited(value) && plain?.status !== 429) return LIMITED;
  if (plain !== null && judgedBeside !== 'any') {
    const { status, changes } = plain;
    if (status === null) return ['unspecified', 'a plain request of the target got no answer either'];
    // Of other successes there are no bytes that could be asked for in part.
    if (status !== 200 && status !== 203) {
      return (
        rule.besideFailure?.(value, status) ?? [
          'unspecified',
          `a plain request of the target gets ${status}: there is nothing to judge it by (RFC 9110 §13.2.1)`,
        ]
      );
    }
    if (changes && judgedBeside === 'steady-success')
      return ['unspecified', 'the target changes from one answer to the next, and its validators with it'];
  }
  return value === null && nullIsNoAnswer ? NO_ANSWER : null;
}
