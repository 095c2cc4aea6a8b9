/**
 * What of a model can't be held against its real server value by value: data, each with its reason. All of it differs between two
 * runs of the real server too, since it is decided by the client's timing or by the machine's.
 */
import type { ModelCell } from './model-fidelity.ts';

export interface ModelException {
  /** Ids, or groups with a trailing `*`. */
  observations: readonly string[];
  /** The cells that it holds in. */
  in(cell: Pick<ModelCell, 'model' | 'client' | 'scenario'>): boolean;
  reason: string;
}

const browser = ({ client }: { client: string }): boolean => client !== 'probe';
const always = (): boolean => true;

export const modelExceptions: readonly ModelException[] = [
  {
    observations: ['load.ms', 'handshake.ms', 'close.idle-ms'],
    in: always,
    reason: 'how long the machine took: both ran beside other lanes',
  },
  {
    observations: ['connections.*'],
    in: browser,
    reason:
      'which socket is free when the browser wants one is a race between the server and the client, and decides whether another is opened',
  },
  {
    observations: ['load.*', 'close.*', 'framing.*', 'connections.*'],
    in: ({ scenario }) => scenario === 'media-seek' || scenario === 'abort',
    reason: 'the download is cut off at a moment of the clock: how much has come by then differs',
  },
  {
    observations: ['http.statuses'],
    in: ({ scenario }) => scenario === 'media-seek' || scenario === 'abort',
    reason: 'the favicon is asked for when the page has loaded: before the step or in it, as the clock will have it',
  },
  {
    observations: ['close.cause'],
    in: ({ scenario }) => scenario === 'slow-link',
    reason:
      "the server's timer begins when it has written, the last byte passes when the link has carried it: whether the close comes at the advertised time depends on the queue",
  },
  {
    observations: ['connections.reuse', 'http.statuses', 'load.*'],
    in: ({ scenario }) => scenario === 'max-requests',
    reason: 'where the server sets no limit, the probe stops after a time, not after a number of requests',
  },
  {
    observations: ['framing.head-segments', 'framing.head-and-body'],
    in: ({ model }) => model === 'django-model',
    reason:
      "Django writes a head piece by piece without TCP_NODELAY: whether Nagle's algorithm joins the pieces depends on when the client's ACK comes",
  },
  {
    observations: ['close.first'],
    in: ({ model, client }) => browser({ client }) && (model === 'python-http-model' || model === 'flask-model'),
    reason: 'after a response that ends with the connection both sides send their FIN within a fraction of a millisecond',
  },
];

const names = (pattern: string, observation: string): boolean =>
  pattern.endsWith('*') ? observation.startsWith(pattern.slice(0, -1)) : pattern === observation;

/** The reason why a difference in this value is none of the model's; `null` where there is none. */
export function declaredReason(cell: Pick<ModelCell, 'model' | 'client' | 'scenario'>, observation: string): string | null {
  const found = modelExceptions.find(
    (exception) => exception.in(cell) && exception.observations.some((pattern) => names(pattern, observation)),
  );
  return found?.reason ?? null;
}
