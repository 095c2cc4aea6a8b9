/** An exchange as lists show it: what is worth reporting of one that nobody keeps. */
import type { BodyFraming, Exchange, HeaderField, Message, MessageProblem } from '../model.ts';

/** An interim response (RFC 9110 §15.2). */
export interface InterimSummary {
  readonly status: number;
  /** Where it begins. */
  readonly frame: number;
  /** From the end of the request's head, in nanoseconds; `null` where there is no request. */
  readonly afterNs: number | null;
}

/** One line of a list of exchanges. Valid during the call that gives it: a reader of large captures may fill the same one again. */
export interface ExchangeSummary {
  readonly stream: number;
  /** As in `Exchange`. */
  readonly index: number;
  step: string | null;
  /** Of the request; `null` where there is none. */
  readonly method: string | null;
  readonly target: string | null;
  readonly requestFrames: readonly [number, number] | null;
  readonly requestHeaders: readonly HeaderField[];
  /** Of the response; `null` where there is none. */
  readonly status: number | null;
  readonly version: string | null;
  readonly framing: BodyFraming | null;
  readonly responseFrames: readonly [number, number] | null;
  readonly responseHeaders: readonly HeaderField[];
  /** As in `Exchange`. */
  readonly isResponseMissing: boolean;
  readonly bodyBytes: number;
  readonly interim: readonly InterimSummary[];
  /** When its first message began. Nanoseconds since the capture's first frame. */
  readonly startNs: number;
  /** Times of the first and the last segment of the request and of the response; `null` where there is none. */
  readonly requestNs: readonly [number, number] | null;
  readonly responseNs: readonly [number, number] | null;
  /** Whether it came to its end, and all of its bytes were captured. */
  readonly isRequestWhole: boolean;
  readonly isResponseWhole: boolean;
  /** From the request's first byte to the response's last one, in nanoseconds; `null` where one of them is missing. */
  readonly durationNs: number | null;
  readonly complete: boolean;
  /** Of all its messages. */
  readonly problems: readonly MessageProblem[];
}

const NO_FIELDS: readonly HeaderField[] = [];
const NO_INTERIM: readonly InterimSummary[] = [];
const NO_PROBLEMS: readonly MessageProblem[] = [];

/** The summary of an exchange. */
export function summaryOf({ stream, index, step, request, response, interim, isResponseMissing = false }: Exchange): ExchangeSummary {
  return {
    stream,
    index,
    step,
    method: request === null ? null : request.method,
    target: request === null ? null : request.target,
    requestFrames: request === null ? null : request.frames,
    requestHeaders: request === null ? NO_FIELDS : request.headers,
    status: response === null ? null : response.status,
    version: response === null ? null : response.version,
    framing: response === null ? null : response.framing,
    responseFrames: response === null ? null : response.frames,
    responseHeaders: response === null ? NO_FIELDS : response.headers,
    isResponseMissing,
    bodyBytes: response === null ? 0 : response.bodyBytes,
    interim:
      interim.length === 0
        ? NO_INTERIM
        : interim.map(({ status, startNs, headFrames: [frame] }) => ({
            status,
            frame,
            afterNs: request === null ? null : startNs - request.headEndNs,
          })),
    startNs: (request ?? response)?.startNs ?? 0,
    requestNs: request === null ? null : [request.startNs, request.endNs],
    responseNs: response === null ? null : [response.startNs, response.endNs],
    isRequestWhole: request !== null && isWhole(request),
    isResponseWhole: response !== null && isWhole(response),
    durationNs: request === null || response === null ? null : lasted(request.startNs, response.endNs),
    complete: (request === null || request.complete) && response !== null && response.complete,
    problems: problemsOf(request, interim, response),
  };
}

/** `null` where the capture has the end before the start: it was put together from several, or its clock went back. */
const lasted = (startNs: number, endNs: number): number | null => (endNs < startNs ? null : endNs - startNs);

const isWhole = ({ complete, problems }: Message): boolean =>
  complete && !problems.some(({ kind }) => kind === 'gap-in-head' || kind === 'gap-in-body');

function problemsOf(request: Message | null, interim: readonly Message[], response: Message | null): readonly MessageProblem[] {
  if (interim.length === 0 && !request?.problems.length && !response?.problems.length) return NO_PROBLEMS;
  return [request, ...interim, response].flatMap((message) => message?.problems ?? []);
}
