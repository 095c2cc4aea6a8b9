/** Statuses that are of use only with a field beside them. */
import { field } from '../../http/fields.ts';
import { answers, asked, eachAnswer } from '../evidence.ts';
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
        response.status === 401 && field(response, 'www-authenticate') === null && { method: request.method, target: request.target },
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

export const statuses = [noLocation, noChallenge];
