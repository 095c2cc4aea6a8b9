import { chromium } from '../../clients/profiles/chromium.ts';
import { edge } from '../../clients/profiles/edge.ts';
import { firefox } from '../../clients/profiles/firefox.ts';
import { ie11 } from '../../clients/profiles/ie11.ts';
import type { OwnClaim } from '../claims/own-claim.ts';
import type { ProxyEntry, ServerEntry } from '../config/config.ts';
import type { Figures, Hit, Level, Rule, Severity } from '../findings/finding.ts';
import type { LookedAt } from '../findings/looked-at.ts';

/** The profiles of the emulated browsers, to begin your own with. */
export const profiles = { chromium, edge, firefox, ie11 } as const;

/** A server of your own in the matrix. */
export const defineServer = (server: ServerEntry): ServerEntry => server;

/** A proxy of your own in the race; a client library of your own with `kind: 'library'`. Its command finds HOST, PORT, UPSTREAM and WORK in its environment. */
export const defineProxy = (proxy: ProxyEntry): ProxyEntry => proxy;

/** A claim of your own about cells of a run: judged, and listed with its verdict. */
export const defineClaim = (claim: OwnClaim): OwnClaim => claim;

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
  return { ...rule, words: { title, seen: (args) => seen(args as Args), consequence, remedy } };
}
