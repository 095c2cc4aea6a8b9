/** Questions that a reader comes with, and the observations that answer them. */
import type { PhraseKey } from '../../phrases/en.ts';
import { t } from './language.ts';
import { index } from './model.ts';

/** By the end of the phrase's key: ids of observations, or of whole groups where they end with a dot. */
const ASKED = {
  closes: ['close.'],
  idle: ['idle.', 'keepalive.', 'close.idle-ms'],
  connections: ['connections.', 'load.requests', 'keepalive.max-requests'],
  revisit: ['revisit.', 'cache.', 'coding.revalidates'],
  conditional: ['conditional.', 'cache.'],
  ranges: ['range.', 'load.range-status'],
  body: ['framing.', 'http.version', 'http.connection', 'load.overhead-bytes'],
  speed: ['load.', 'handshake.ms', 'connections.max-concurrent'],
  compression: ['coding.', 'trap.validator-changed-by-compression'],
  odd: ['versions.', 'methods.', 'pipelining.', 'limits.', 'bodies.', 'parsers.', 'trap.'],
  stops: ['shutdown.', 'trap.unsolicited-response'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type QuestionId = keyof typeof ASKED;

export interface Question {
  id: QuestionId;
  text: string;
  observations: readonly number[];
}

/** The questions to which the run has observations. */
export function questions(): Question[] {
  return (Object.entries(ASKED) as [QuestionId, readonly string[]][]).flatMap(([id, wanted]): Question[] => {
    const fits = (observation: string): boolean =>
      wanted.some((one) => (one.endsWith('.') ? observation.startsWith(one) : observation === one));
    const observations = index.observations.flatMap((row, place) => (fits(row.id) ? [place] : []));
    return observations.length > 0 ? [{ id, text: t(`question.${id}`), observations }] : [];
  });
}

const GROUPS = {
  bodies: 'group.bodies',
  cache: 'group.cache',
  close: 'group.close',
  coding: 'group.coding',
  conditional: 'group.conditional',
  connections: 'group.connections',
  framing: 'group.framing',
  handshake: 'group.handshake',
  http: 'group.http',
  idle: 'group.idle',
  keepalive: 'group.keepalive',
  limits: 'group.limits',
  load: 'group.load',
  methods: 'group.methods',
  parsers: 'group.parsers',
  pipelining: 'group.pipelining',
  proxy: 'group.proxy',
  range: 'group.range',
  revisit: 'group.revisit',
  shutdown: 'group.shutdown',
  starvation: 'group.starvation',
  tcp: 'group.tcp',
  trap: 'group.trap',
  versions: 'group.versions',
} as const satisfies Readonly<Record<string, PhraseKey>>;

/** The name of a group of observations; of one that the user added, its id. */
export const groupName = (group: string): string => (Object.hasOwn(GROUPS, group) ? t(GROUPS[group as keyof typeof GROUPS]) : group);
