/** From the evidence of one server to its findings, in words. */
import { type Figures, type Finding, PLACES_KEPT, type Place, type Rule, SEVERITIES, type Subject } from './finding.ts';
import type { LookedAt } from './looked-at.ts';
import { type Product, productOf } from './products.ts';
import { RULES } from './rules/index.ts';
import { FINDING_LANGUAGES, type FindingLanguage } from './wording/index.ts';
import type { Language, Words } from './wording/words.ts';

/** Whose evidence it is, and which rules look at it. */
export interface LookOptions {
  /** Id or address of the server. */
  server: string;
  /** `server/client/scenario`; `null` for a capture from elsewhere. */
  cell: string | null;
  /** Which rules look. Default: all. */
  about?: readonly Subject[];
  /** Rules of the user's own, which look after those of the registry. */
  more?: readonly Rule[];
}

export interface FindingsOptions extends LookOptions {
  /** Default: en. */
  language?: FindingLanguage;
}

/** A rule whose condition holds for one server, before it is put into words. */
export interface Found {
  rule: Rule;
  /** Empty where it concerns the capture as a whole. */
  server: string;
  product: Product | null;
  /** Of the first time. */
  args: Figures;
  /** How often it holds, and on how many connections. */
  times: number;
  connections: number;
  /** The first places; at most `PLACES_KEPT`. */
  where: Place[];
}

/** The rules that hold for this evidence, in the order of the registry. */
export function lookAt(on: LookedAt, { server, cell, about, more = [] }: LookOptions): Found[] {
  const product = productOf(server, on);
  const found: Found[] = [];
  for (const rule of [...(RULES as readonly Rule[]), ...more]) {
    if (about && !about.includes(rule.about ?? 'server')) continue;
    const hits = rule.look(on);
    const [first] = hits;
    if (first === undefined) continue;
    found.push({
      rule,
      server: rule.about === 'capture' ? '' : server,
      product,
      args: first.args,
      times: hits.length,
      connections: new Set(hits.map(({ stream }) => stream)).size,
      where: hits.slice(0, PLACES_KEPT).map(({ stream, frames }) => ({ cell, stream, frames })),
    });
  }
  return found;
}

/** Joins what several cells show of the same server: one entry a rule and server, in the order of the first. */
export function joinFound(all: readonly Found[]): Found[] {
  const joined = new Map<string, Found>();
  for (const one of all) {
    const key = `${one.rule.id} ${one.server}`;
    const known = joined.get(key);
    joined.set(key, known ? withMore(known, one) : one);
  }
  return [...joined.values()];
}

const withMore = (known: Found, { product, times, connections, where }: Found): Found => ({
  ...known,
  product: known.product ?? product,
  times: known.times + times,
  connections: known.connections + connections,
  where: [...known.where, ...where].slice(0, PLACES_KEPT),
});

/**
 * What was found, in words, the worst first.
 * @param detail puts what the parser says of a message, which is English, into the language
 */
export function inWords(
  found: readonly Found[],
  language: FindingLanguage = 'en',
  detail: (english: string) => string = (english) => english,
): Finding[] {
  const words: Language = FINDING_LANGUAGES[language];
  const spoken = (args: Figures): Figures => (typeof args.detail === 'string' ? { ...args, detail: detail(args.detail) } : args);
  return worstFirst(found.map((one) => findingOf({ ...one, args: spoken(one.args) }, words)));
}

function findingOf({ rule, server, product, args, times, connections, where }: Found, words: Language): Finding {
  const spoken = rule.words ?? (words.findings as Readonly<Record<string, Words<Figures>>>)[rule.id]!;
  const setting = rule.topic && product?.settings[rule.topic];
  const seen = spoken.seen(args);
  return {
    id: rule.id,
    severity: rule.severity,
    level: rule.level,
    spec: rule.spec,
    title: spoken.title,
    seen: times === 1 ? seen : words.times(times, connections) + seen,
    consequence: spoken.consequence,
    remedy: setting && product ? spoken.remedy + words.setting(product.name, setting) : spoken.remedy,
    server,
    where,
  };
}

/** What follows from the evidence: at most one finding a rule, the worst first. */
export const findingsOf = (on: LookedAt, { language, ...options }: FindingsOptions): Finding[] => inWords(lookAt(on, options), language);

/** By severity; of one severity in the order in which they are given. */
export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
