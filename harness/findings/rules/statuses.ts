/** Statuses that are of use only with a field beside them. */
import { field, fieldValues } from '../../http/fields.ts';
import { type Asked, answers, asked, eachAnswer } from '../evidence.ts';
import { defineFinding } from '../finding.ts';

const noChallenge = defineFinding({
  id: 'status.401-without-challenge',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §15.5.2',
  look: (on) =>
    eachAnswer(
      asked(on),
      ({ request, response }) =>
        response.status === 401 && !field(response, 'www-authenticate') && { method: request.method, target: request.target },
    ),
});

const REDIRECTS = [301, 302, 303, 307, 308];

const noLocation = defineFinding({
  id: 'status.redirect-without-location',
  severity: 'risk',
  level: 'SHOULD',
  spec: 'RFC 9110 §15.4',
  look: (on) =>
    eachAnswer(
      answers(on),
      ({ request, response }) =>
        REDIRECTS.includes(response.status) &&
        field(response, 'location') === null && { target: request?.target ?? '', status: response.status },
    ),
});

const urlOf = (text: string, base: string): URL | null => (URL.canParse(text, base) ? new URL(text, base) : null);

/** Whether it leads to where it comes from. One that sets a cookie may lead elsewhere the next time. */
function leadsBack({ request, response }: Asked): boolean {
  const [location, ...others] = fieldValues(response, 'location');
  if (location === undefined || others.length > 0 || field(response, 'set-cookie') !== null) return false;
  const from = urlOf(request.target, `http://${field(request, 'host') ?? ''}`);
  const to = from && urlOf(location, from.href);
  return from !== null && to !== null && from.origin === to.origin && from.pathname === to.pathname && from.search === to.search;
}

const redirectLoop = defineFinding({
  id: 'status.redirect-to-itself',
  severity: 'fault',
  level: null,
  spec: 'RFC 9110 §15.4',
  look: (on) =>
    eachAnswer(asked(on), (answer) => {
      const { request, response } = answer;
      if (!REDIRECTS.includes(response.status) || request.problems.length > 0 || !leadsBack(answer)) return null;
      // After a POST it is the page that shows its result.
      if (request.method !== 'GET' && request.method !== 'HEAD') return null;
      return { target: request.target, status: response.status, location: (field(response, 'location') ?? '').slice(0, 120) };
    }),
});

const unaskedSwitch = defineFinding({
  id: 'status.101-unasked',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §7.8',
  look: (on) =>
    eachAnswer(asked(on), ({ connection, request, response }) => {
      if (response.status !== 101 || field(request, 'upgrade') !== null) return null;
      // A client that goes on in the other protocol had asked for it, whatever was made of its head.
      if ((connection.sides.client.lastPayloadFrame ?? 0) > response.headFrames[0]) return null;
      return { method: request.method, target: request.target };
    }),
});

const noUpgrade = defineFinding({
  id: 'status.426-without-upgrade',
  severity: 'advice',
  level: 'MUST',
  spec: 'RFC 9110 §15.5.22',
  look: (on) =>
    eachAnswer(
      asked(on),
      ({ request, response }) =>
        response.status === 426 && !field(response, 'upgrade') && { method: request.method, target: request.target },
    ),
});

export const statuses = [unaskedSwitch, redirectLoop, noLocation, noChallenge, noUpgrade];
