import type { Question } from '../../clients/probe/question.ts';
import type { ClientProfile } from '../../clients/profile.ts';
import type { ServerEntry } from '../config/config.ts';
import type { Figures, Hit, Level, Rule, Severity } from '../findings/finding.ts';
import type { LookedAt } from '../findings/looked-at.ts';

/** A server of your own in the matrix. */
export const defineServer = (server: ServerEntry): ServerEntry => server;

/** A browser: how it behaves on the wire, as data. */
export const defineProfile = (profile: ClientProfile): ClientProfile => profile;

/** A direct question to a server: what goes on the wire, and when to go on. A scenario asks it. */
export const defineQuestion = (question: Question): Question => question;

/** A finding with its words. */
export interface FindingInput<Args extends Figures> {
  /** `group.name`; stable. */
  id: string;
  severity: Severity;
  /** Both `null` where no RFC speaks of it. */
  level: Level | null;
  spec: string | null;
  /** Every time that its condition holds, with the frames that show it. */
  look(on: LookedAt): Hit<Args>[];
  title: string;
  /** What the packets show, as a sentence with its figures. */
  seen(args: Args): string;
  consequence: string;
  remedy: string;
}

/** A rule over the evidence of one server: what is wrong, what follows, what mends it. */
export function defineFinding<Args extends Figures>({ title, seen, consequence, remedy, ...rule }: FindingInput<Args>): Rule {
  return { ...rule, words: { title, seen: (args) => seen(args as Args), consequence, remedy } } as Rule;
}
