/**
 * What the target answers to a plain request. Conditions, ranges and methods can only be judged by comparison with that: preconditions are ignored
 * where the answer without them is not a 2xx (RFC 9110 §13.2.1).
 */
import { field } from '../http/fields.ts';
import type { Evidence } from '../model.ts';
import { type AskedExchange, askedAtAll, isAnswered, resourceOf } from './step.ts';

export interface PlainAnswer {
  /** Status of the cell's first GET without a condition or a range (where there is none, of such a HEAD); `null` where it got no answer. */
  status: number | null;
  /** Whether the target's validators differ from one answer to the next. */
  changes: boolean;
}

const SPECIAL = ['range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'];

const isPlain = ({ request }: AskedExchange): boolean => SPECIAL.every((name) => field(request, name) === null);

/** `null` where no plain request was made. */
export function plainAnswer(evidence: Evidence): PlainAnswer | null {
  const asked = askedAtAll(evidence);
  // A server without HEAD answers it the same way for every target.
  const first =
    asked.find((exchange) => exchange.request.method === 'GET' && isPlain(exchange)) ??
    asked.find(
      (exchange) => exchange.request.method === 'HEAD' && ![405, 501].includes(exchange.response?.status ?? 0) && isPlain(exchange),
    );
  if (!first) return null;
  return { status: first.response?.status ?? null, changes: ['etag', 'last-modified'].some((name) => differs(evidence, first, name)) };
}

/** Whether 200s to the same target, in the same coding, have different values of the field. */
function differs(evidence: Evidence, { request }: AskedExchange, name: string): boolean {
  const coding = field(request, 'accept-encoding');
  const values = evidence.exchanges
    .filter((other) => other.request !== null && resourceOf(other.request) === resourceOf(request))
    .filter(isAnswered)
    .filter(
      (other) => other.response.status === 200 && other.request.method === 'GET' && field(other.request, 'accept-encoding') === coding,
    )
    .map(({ response }) => field(response, name));
  return new Set(values).size > 1;
}
