/** Puts a value to the rule that speaks of it (`conformance.ts`), where it can be judged at all. */
import type { Conformance, ObservedValue, ValueJson } from '../model.ts';
import { conformanceRules, type Ruling } from './conformance.ts';
import type { PlainAnswer } from './plain-answer.ts';
import { BY_VERSION } from './versions.ts';

const NO_ANSWER: Ruling = ['unspecified', 'no answer came, which is for the server to decide; a client can only guess why'];

/** What can only be judged of a target that a plain GET gets: those of the probe's questions that ask for a part, a condition, a method, a coding. */
const OF_A_SUCCESS = /^(?:range\.(?!accept)|conditional\.(?!304)|coding\.|methods\.|versions\.absolute-form$)/;
/** Of these, the ones that rest on validators or a length that stay as they are. */
const OF_THE_SAME = /^(?:range\.if-|conditional\.|coding\.(?:etag|revalidates)$|methods\.head-length$)/;
/** No answer is a ruling of its own there: a close may be right, or the value says something else. */
const NULL_IS_A_VALUE = /^(?:idle|keepalive|close|shutdown|trap|cache)\.|^versions\.(?:missing-host|two-hosts)$/;

/**
 * What the RFCs say of an observed value; `null` for an observation that they don't speak of. `plain`: what the target answers when nothing special is
 * asked; `null` where that is not known.
 */
export function judge(
  observation: string,
  { value, note }: Pick<ObservedValue, 'value' | 'note'>,
  plain: PlainAnswer | null = null,
): Conformance | null {
  const rule = conformanceRules[observation];
  if (!rule) return null;
  if (note === BY_VERSION) return { verdict: 'conforms', section: 'RFC 9112 §9.3', because: note };
  const [verdict, because] = unjudged(observation, value, plain) ?? rule.judge(value);
  return { verdict, section: rule.section, because };
}

/** Why the rule can't be applied; `null` where it can. */
function unjudged(observation: string, value: ValueJson, plain: PlainAnswer | null): Ruling | null {
  if (plain !== null && OF_A_SUCCESS.test(observation)) {
    const { status, changes } = plain;
    if (status === null) return ['unspecified', 'a plain request of the target got no answer either'];
    if (status < 200 || status > 299) {
      if (observation === 'methods.head' && value === status) return ['conforms', `HEAD gets what GET gets: ${status}`];
      return ['unspecified', `a plain request of the target gets ${status}: there is nothing to judge it by (RFC 9110 §13.2.1)`];
    }
    if (changes && OF_THE_SAME.test(observation))
      return ['unspecified', 'the target changes from one answer to the next, and its validators with it'];
  }
  return value === null && !NULL_IS_A_VALUE.test(observation) ? NO_ANSWER : null;
}
