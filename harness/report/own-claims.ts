/** The claims of the user's own configuration, as tables and the terminal list them. Those of the lab reports are in section-four.md. */
import { CLAIM_WORDS } from '../claims/wording/index.ts';
import type { RunResult } from '../compare/run-result.ts';
import type { Language } from '../model.ts';

/** One line a claim: its id, its verdict, what it says and what was seen. */
export function ownClaimLines({ run, claims }: Pick<RunResult, 'run' | 'claims'>, language: Language): string[] {
  const own = new Set(run.own?.claims ?? []);
  const { verdicts } = CLAIM_WORDS[language];
  return claims
    .filter(({ id }) => own.has(id))
    .map(({ id, verdict, statement, because }) => {
      const name = language === 'zh' ? `${id}（${verdicts[verdict]}）：` : `${id} (${verdicts[verdict]}): `;
      return `${name}${statement} ${because}`;
    });
}
