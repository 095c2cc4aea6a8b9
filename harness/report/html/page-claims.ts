/** The claims as the page has them: their verdicts, and everything that section four says of them, in every language. */
import { standInsOf } from '../../claims/claim.ts';
import { type Judged, wordsOf } from '../../claims/index.ts';
import { CLAIM_WORDS } from '../../claims/wording/index.ts';
import { cellId, type RunResult } from '../../compare/run-result.ts';
import { LANGUAGES, type Language } from '../../model.ts';
import type { ClaimText, PageClaim } from './page-format.ts';

/** The user's own claims; with every claim of the lab reports, where some of the run's servers are among those that these speak of. */
export function pageClaims(run: RunResult, judged: readonly Judged[] = []): PageClaim[] {
  const ofLab = new Set<string>(judged.map(({ claim }) => claim.id));
  const own = run.claims.flatMap((claim): PageClaim[] =>
    ofLab.has(claim.id) ? [] : [{ ...claim, missing: [], words: null, ladder: null, filter: null }],
  );
  const servers = new Set(run.servers.map(({ id }) => id));
  const speaksOf = ({ claim }: Judged): boolean => claim.cells.some(({ server }) => standInsOf(server).some((id) => servers.has(id)));
  if (run.claims.length === own.length && !judged.some(speaksOf)) return own;
  return [...own, ...judged.map((one) => pageClaim(one, run))];
}

function pageClaim({ claim, judgement }: Judged, run: RunResult): PageClaim {
  const { verdict, evidence, ladder, filter, missing = [] } = judgement;
  const words = LANGUAGES.map((language): [Language, ClaimText] => {
    const spoken = CLAIM_WORDS[language];
    const { title, statement, cause, cure } = wordsOf(claim, spoken);
    return [
      language,
      {
        ...{ title, statement, cause, cure },
        because: judgement.because(spoken),
        seen: judgement.seen.map((say) => say(spoken)),
        needed: judgement.needed?.(spoken) ?? null,
      },
    ];
  });
  const spoken = Object.fromEntries(words) as Record<Language, ClaimText>;
  const { statement, because } = spoken.en;
  return {
    ...{ id: claim.id, statement, verdict, because, evidence, filter, missing: [...missing], words: spoken },
    ladder: firstFrame(ladder, run),
  };
}

function firstFrame(ladder: Judged['judgement']['ladder'], { cells }: RunResult): PageClaim['ladder'] {
  if (ladder === null) return null;
  const cell = cells.find((one) => cellId(one) === ladder.cell);
  const connection = cell?.connections.find(({ stream }) => stream === ladder.stream);
  return { ...ladder, frame: connection?.frames[0] ?? null };
}
