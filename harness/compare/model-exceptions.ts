/**
 * Values of a model that can't be compared with those of its real server one by one: data, each with its reason. They differ between two runs
 * of the real server too, because the client's timing or the machine's decides them; or Node can't do what the real server asks of the kernel.
 */
import type { Observation } from '../model.ts';
import { close } from '../observe/close.ts';
import { closeCause } from '../observe/close-cause.ts';
import { connections } from '../observe/connections.ts';
import { framing } from '../observe/framing.ts';
import { load } from '../observe/load.ts';
import { starvation } from '../observe/starvation.ts';

/** The cell of a model, as the exceptions see it. */
export interface ModelPlace {
  model: string;
  client: string;
  scenario: string;
}

/** Observations in which a model may differ from its server, where, and why. */
export interface ModelException {
  /** Ids of observations. */
  observations: readonly string[];
  /** Whether it holds in this cell. */
  in(cell: ModelPlace): boolean;
  reason: string;
}

const ids = (...groups: (readonly Observation[])[]): string[] => groups.flat().map(({ id }) => id);
const isBrowser = ({ client }: Pick<ModelPlace, 'client'>): boolean => client !== 'probe';
const isCutOff = ({ scenario }: Pick<ModelPlace, 'scenario'>): boolean => scenario === 'media-seek' || scenario === 'abort';
const always = (): boolean => true;

/** The exceptions; the first that holds gives the reason. */
export const modelExceptions: readonly ModelException[] = [
  {
    observations: ['load.ms', 'handshake.ms', 'close.idle-ms', 'shutdown.idle-s', 'shutdown.process-s', ...ids(starvation)],
    in: always,
    reason: 'how long the machine took: both ran beside other lanes',
  },
  {
    observations: ids(connections).concat('tcp.keepalive-probes'),
    in: isBrowser,
    reason:
      'which socket is free when the browser wants one is a race between the server and the client, and decides whether another is opened',
  },
  {
    observations: ids(load, close, closeCause, framing, connections),
    in: isCutOff,
    reason: 'the download is cut off after a set time: how much has arrived by then differs',
  },
  {
    observations: ['http.statuses'],
    in: isCutOff,
    reason: 'the favicon is asked for once the page has loaded: whether that is before the step or in it depends on the clock',
  },
  {
    observations: ['close.cause'],
    in: ({ scenario }) => scenario === 'slow-link',
    reason:
      "the server's timer starts when the server has written, but the last byte passes only when the link has carried it: whether the close comes at the advertised time depends on the queue",
  },
  {
    observations: ids(load).concat('connections.reuse', 'http.statuses'),
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
    in: ({ model, client }) => isBrowser({ client }) && (model === 'python-http-model' || model === 'flask-model'),
    reason: 'after a response that ends with the connection both sides send their FIN within a fraction of a millisecond',
  },
  {
    observations: ['trap.synack-retransmitted'],
    in: isBrowser,
    reason: 'the kernel sends a SYN-ACK again where the queue of connections that the server has not accepted yet is full',
  },
  {
    observations: ['shutdown.silent'],
    in: ({ model }) => model === 'apache-php-model',
    reason:
      'a connection without data is not yet handed to Apache (TCP_DEFER_ACCEPT), and is forgotten without a packet: Node has no such socket option',
  },
];

/** Why a difference in this value does not count against the model; `null` where it does. */
export function declaredReason(cell: ModelPlace, observation: string): string | null {
  const found = modelExceptions.find((exception) => exception.in(cell) && exception.observations.includes(observation));
  return found?.reason ?? null;
}
