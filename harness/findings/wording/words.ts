import type { Figures } from '../finding.ts';
import type { ArgsOf, FindingId } from '../rules/index.ts';

/** The words of one finding. Figures come from the packets: what is not plain text in them is escaped where it is shown. */
export interface Words<Args extends Figures> {
  title: string;
  /** What the packets show, as a sentence with its figures. */
  seen(args: Args): string;
  /** What follows for users, clients or caches. */
  consequence: string;
  remedy: string;
}

/** Words of every finding: one without them does not compile. */
export type FindingWords = { readonly [Id in FindingId]: Words<ArgsOf<Id>> };

export interface Language {
  findings: FindingWords;
  /** How often something was seen, where it was more than once. */
  times(count: number, connections: number): string;
  /** The setting of the program that was recognised, behind the remedy. */
  setting(program: string, setting: string): string;
  /** Above a list of findings. */
  findingsTitle: string;
  worthALook: string;
  nothing: string;
  /** Stands before the remedy. */
  remedy: string;
  severities: Readonly<Record<'fault' | 'risk' | 'advice' | 'note', string>>;
  more(count: number): string;
  connection(stream: number): string;
  frames(frames: readonly number[]): string;
  /** Between the parts of a list. */
  comma: string;
  /** What stands in brackets behind something. */
  aside(text: string): string;
}
