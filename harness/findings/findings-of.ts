/** From the evidence of one server to its findings, in words. */
import { type Figures, type Finding, type Hit, PLACES_KEPT, type Rule, SEVERITIES } from './finding.ts';
import type { LookedAt } from './looked-at.ts';
import { productOf } from './products.ts';
import { RULES } from './rules/index.ts';
import { FINDING_LANGUAGES, type FindingLanguage } from './wording/index.ts';
import type { Language, Words } from './wording/words.ts';

export interface FindingsOptions {
  /** Id or address of the server. */
  server: string;
  /** `server/client/scenario`; `null` for a capture from elsewhere. */
  cell: string | null;
  /** Default: en. */
  language?: FindingLanguage;
  /** Rules that speak of one server, or of the capture as a whole, alone. Default: both. */
  about?: 'server' | 'capture';
}

/** What follows from the evidence: at most one finding a rule, the worst first. */
export function findingsOf(on: LookedAt, options: FindingsOptions): Finding[] {
  const words: Language = FINDING_LANGUAGES[options.language ?? 'en'];
  const product = productOf(options.server, on);
  const found: Finding[] = [];
  for (const rule of RULES as readonly Rule[]) {
    if (options.about !== undefined && options.about !== (rule.about ?? 'server')) continue;
    const hits = rule.look(on);
    if (hits.length === 0) continue;
    const spoken = (words.findings as Readonly<Record<string, Words<Figures>>>)[rule.id]!;
    const setting = rule.topic && product?.settings[rule.topic];
    found.push({
      id: rule.id,
      severity: rule.severity,
      level: rule.level,
      spec: rule.spec,
      title: spoken.title,
      seen: seenText(hits, spoken, words),
      consequence: spoken.consequence,
      remedy: setting && product ? `${spoken.remedy} ${words.setting(product.name, setting)}` : spoken.remedy,
      server: rule.about === 'capture' ? '' : options.server,
      where: hits.slice(0, PLACES_KEPT).map(({ stream, frames }) => ({ cell: options.cell, stream, frames })),
    });
  }
  return worstFirst(found);
}

function seenText(hits: readonly Hit[], spoken: Words<Figures>, words: Language): string {
  const first = spoken.seen(hits[0]!.args);
  if (hits.length === 1) return first;
  return words.times(hits.length, new Set(hits.map(({ stream }) => stream)).size) + first;
}

/** By severity; of one severity in the order of the registry. */
export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
