import { connectionOptions, fieldValues, type WithHeaders } from '../http/fields.ts';
import type { Evidence, ResponseMessage } from '../model.ts';
import { answerIn, serverClose } from './asked.ts';
import { defineObservation } from './observation.ts';
import { frameList, headFrames, isAnswered, value } from './step.ts';

/** The parameters of a `Keep-Alive` header; `null`: missing. */
export interface Advertised {
  timeoutS: number | null;
  max: number | null;
}

/** Reads `Keep-Alive: timeout=5, max=100` (RFC 2068 §19.7.1.1); `null` without such a header. */
export function advertisedIn(response: ResponseMessage): Advertised | null {
  const values = fieldValues(response, 'keep-alive');
  if (values.length === 0) return null;
  const parameter = (name: string): number | null => {
    const [, digits] = new RegExp(`(?:^|[,;\\s])${name}\\s*=\\s*"?(\\d+)`, 'i').exec(values.join(', ')) ?? [];
    return digits === undefined ? null : Number(digits);
  };
  return { timeoutS: parameter('timeout'), max: parameter('max') };
}

/** Whether the head of this response says that the connection ends after it (RFC 9112 §9.3). */
export function announcesClose(response: WithHeaders & Pick<ResponseMessage, 'version'>): boolean {
  const options = connectionOptions(response);
  return options.includes('close') || (response.version !== '1.1' && !options.includes('keep-alive'));
}

/** The first response with a `Keep-Alive` header; without one, the first response. */
function advertising(evidence: Evidence): ResponseMessage | null {
  const responses = evidence.exchanges.filter(isAnswered).map((exchange) => exchange.response);
  return responses.find((response) => advertisedIn(response) !== null) ?? responses[0] ?? null;
}

const advertisedS = defineObservation({
  id: 'keepalive.advertised-s',
  title: 'advertised idle timeout',
  unit: 's',
  definition:
    'The `timeout` parameter of the first `Keep-Alive` response header in the capture; null where there is none (frames: the first response head).',
  spec: 'RFC 2068 §19.7.1.1',
  tolerance: { kind: 'exact' },
  observe(evidence) {
    const response = advertising(evidence);
    return response && value(advertisedIn(response)?.timeoutS ?? null, headFrames(response));
  },
});

const advertisedMax = defineObservation({
  id: 'keepalive.advertised-max',
  title: 'advertised request limit',
  unit: 'count',
  definition:
    'The `max` parameter of the first `Keep-Alive` response header in the capture; null where there is none (frames: the first response head).',
  spec: 'RFC 2068 §19.7.1.1',
  observe(evidence) {
    const response = advertising(evidence);
    return response && value(advertisedIn(response)?.max ?? null, headFrames(response));
  },
});

/** What the probe asks at most (`clients/probe/questions/keepalive.ts`). */
export const REQUESTS_ASKED = 1_100;

const maxRequests = defineObservation({
  id: 'keepalive.max-requests',
  title: 'requests before the server closes',
  unit: 'count',
  definition:
    'Requests that the server answers on one connection before it closes it or says that it will. null: still open after the number of requests in the note. No value where fewer than 1,100 were answered and the server did not close: the question ran out of time. Frames: the first request, the last response head, and the close.',
  spec: 'RFC 9112 §9.3',
  scenario: 'max-requests',
  observe(evidence) {
    const answer = answerIn(evidence, 'max-requests');
    if (!answer) return null;
    const { connection } = answer;
    const answered = connection.exchanges.filter(isAnswered);
    const last = answered.at(-1);
    if (!last) return null;
    const close = serverClose(connection);
    const ends = announcesClose(last.response) || connection.firstClose?.by === 'server';
    const frames = frameList(answer.exchange.request.headFrames[0], last.request.headFrames[0], headFrames(last.response));
    const named = advertisedIn(answered[0]!.response)?.max ?? null;
    const advertised = named === null ? [] : [`max=${named} advertised`];
    if (ends) return value(answered.length, frameList(frames, close?.frame), advertised.length > 0 ? { note: advertised.join('') } : {});
    if (answered.length < REQUESTS_ASKED) return null;
    return value(null, frameList(frames, connection.firstClose?.frame), {
      note: [`no limit within ${answered.length} requests`, ...advertised].join('; '),
    });
  },
});

export const keepalive = [advertisedS, advertisedMax, maxRequests];
