/** Whether a cell holds the visit that its scenario describes: one without a request, or of a site that is not there, shows nothing. */
import { fieldValues } from '../http/fields.ts';
import type { Evidence, Exchange } from '../model.ts';

/** What a scenario's cell must hold. */
export interface Expected {
  /** The client sends something. */
  sends: boolean;
  /** Some of what it sends is to be answered with a part of the site. */
  asksForSite: boolean;
  /** Targets of the pages that it opens, where these are the site's. */
  pages: readonly string[];
}

const statusOf = ({ response }: Exchange): number => response?.status ?? 0;
const isServed = (status: number): boolean => (status >= 200 && status < 300) || status === 304;

/**
 * Why the cell shows nothing of a visit; `null` where it does. A page that is stored is not asked for again, so each page must have been
 * served once, and no request for it may have got another answer. A request without an answer is a fact, as long as another one had it.
 */
export function whyNotServed({ connections, exchanges }: Pick<Evidence, 'connections' | 'exchanges'>, expected: Expected): string | null {
  if (expected.sends && !connections.some(({ sides }) => sides.client.payloadBytes > 0)) return nothingSent(connections.length);
  for (const page of expected.pages) {
    const reason = whyPageNotServed(page, exchanges, new Set());
    if (reason !== null) return reason;
  }
  const statuses = exchanges.filter(({ response }) => response !== null).map(statusOf);
  if (expected.asksForSite && statuses.length > 0 && !statuses.some(isServed))
    return `the site is not served: the server answered ${[...new Set(statuses)].join(', ')}`;
  return null;
}

/** @param known targets that led here by redirects */
function whyPageNotServed(page: string, exchanges: readonly Exchange[], known: Set<string>): string | null {
  const asked = exchanges.filter(({ request }) => request?.target === page);
  const answered = asked.filter(({ response }) => response !== null);
  known.add(page);
  for (const exchange of answered.filter((one) => !isServed(statusOf(one)))) {
    const next = redirectTarget(exchange);
    const isFollowed = next !== null && !known.has(next) && exchanges.some(({ request }) => request?.target === next);
    if (!isFollowed) return `the page ${page} is not served: the server answered ${statusOf(exchange)}`;
    const reason = whyPageNotServed(next, exchanges, known);
    if (reason !== null) return reason;
  }
  if (asked.length === 0) return `the client never asked for the page ${page}`;
  return answered.length === 0 ? `the server never answered the request for the page ${page}` : null;
}

/** The target that a redirect names, whatever its host: the client goes to one server alone. `null` for any other response. */
function redirectTarget({ request, response }: Exchange): string | null {
  const [location] = response && response.status >= 300 && response.status < 400 ? fieldValues(response, 'location') : [];
  const base = `http://server${request?.target ?? '/'}`;
  if (location === undefined || !URL.canParse(location, base)) return null;
  const { pathname, search } = new URL(location, base);
  return pathname + search;
}

const nothingSent = (connections: number): string =>
  connections === 0
    ? 'the client opened no connection and sent no request'
    : `the client sent no request on ${connections === 1 ? 'its connection' : `any of its ${connections} connections`}`;
