import type { LookedAt } from './looked-at.ts';
import type { Topic } from './products.ts';

/** `fault` breaks clients or caches, `risk` breaks them in some surroundings, `advice` would improve something, `note` is worth knowing. */
export type Severity = 'fault' | 'risk' | 'advice' | 'note';

/** From the worst to the least. */
export const SEVERITIES: readonly Severity[] = ['fault', 'risk', 'advice', 'note'];

/** The word of the RFC (RFC 2119). */
export type Level = 'MUST' | 'SHOULD' | 'MAY';

/** Where a finding is seen. */
export interface Place {
  /** `server/client/scenario`; `null` for a capture from elsewhere. */
  cell: string | null;
  /** As in `Connection`; `null` where it concerns no single connection. */
  stream: number | null;
  frames: number[];
}

/** Something that matters to whoever runs the server or reads the capture, as `run.json` and `analyze --json` hold it. */
export interface Finding {
  /** `group.name`; stable. */
  id: string;
  severity: Severity;
  /** Both `null` where no RFC speaks of it. */
  level: Level | null;
  spec: string | null;
  title: string;
  /** What the packets show, with its figures. */
  seen: string;
  consequence: string;
  remedy: string;
  /** Id or address of the server; empty where it concerns the capture as a whole. */
  server: string;
  /** The first places, in the order of their frames; at most `PLACES_KEPT`. */
  where: Place[];
}

/** Length limit of `Finding.where`. */
export const PLACES_KEPT = 32;

/** The figures that the words of a finding name. */
export type Figures = Readonly<Record<string, string | number>>;

/** One time that a rule's condition holds. */
export interface Hit<Args extends Figures = Figures> {
  args: Args;
  stream: number | null;
  frames: number[];
}

/**
 * `server`: the server. `traffic`: the network, the client, or what was asked for, which a run of our own clients decides itself. `capture`: the
 * capture as a whole.
 */
export type Subject = 'server' | 'traffic' | 'capture';

/** A rule over the evidence, or the values, of one server. Its words are in `wording/`. */
export interface Rule<Id extends string = string, Args extends Figures = Figures> {
  /** `group.name`; stable. */
  readonly id: Id;
  readonly severity: Severity;
  readonly level: Level | null;
  readonly spec: string | null;
  /** What to set in the servers that are recognised; see `products.ts`. */
  readonly topic?: Topic;
  /** What it concerns; default: `server`. */
  readonly about?: Subject;
  look(on: LookedAt): Hit<Args>[];
  /** Its words, where it is not of the registry; one language serves for all. */
  readonly words?: OwnWords;
}

/** The words of a finding that is not of the registry. */
export interface OwnWords {
  title: string;
  /** What the packets show, as a sentence with its figures. */
  seen(args: Figures): string;
  consequence: string;
  remedy: string;
}

/** Keeps the id and the figures in the type: `wording/` must have words for both. */
export const defineFinding = <const Id extends string, Args extends Figures>(rule: Rule<Id, Args>): Rule<Id, Args> => rule;
