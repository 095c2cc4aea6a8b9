/** Whether a cell holds the visit that its scenario describes: one without a request, or of a site that is not there, shows nothing. */
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
    const asked = exchanges.filter(({ request }) => request?.target === page);
    const answered = asked.filter(({ response }) => response !== null);
    const refused = answered.find((exchange) => !isServed(statusOf(exchange)));
    if (refused) return `the page ${page} is not served: the server answered ${statusOf(refused)}`;
    if (asked.length === 0) return `the client never asked for the page ${page}`;
    if (answered.length === 0) return `the server never answered the request for the page ${page}`;
  }
  const statuses = exchanges.filter(({ response }) => response !== null).map(statusOf);
  if (expected.asksForSite && statuses.length > 0 && !statuses.some(isServed))
    return `the site is not served: the server answered ${[...new Set(statuses)].join(', ')}`;
  return null;
}

const nothingSent = (connections: number): string =>
  connections === 0
    ? 'the client opened no connection and sent no request'
    : `the client sent no request on ${connections === 1 ? 'its connection' : `any of its ${connections} connections`}`;
