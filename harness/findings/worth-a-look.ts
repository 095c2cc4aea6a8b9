import type { Finding, Place } from './finding.ts';
import { worstFirst } from './findings-of.ts';

/** At most so many are shown first. */
export const WORTH_A_LOOK = 10;
/** Frames that are named of each. */
const FRAMES_NAMED = 8;

export interface WorthALook {
  /** The first of its kind. */
  finding: Finding;
  /** All servers that show it, the first one first. */
  servers: string[];
  /** Of the first place. */
  stream: number | null;
  cell: string | null;
  /** The first ones of the first places; none where it concerns the capture as a whole. */
  frames: number[];
}

export interface Look {
  shown: WorthALook[];
  /** Kinds of findings that are not shown. */
  more: number;
}

/** The findings that a reader should see first: worst first, equal ones of several servers or cells as one. */
export function worthALook(findings: readonly Finding[], most = WORTH_A_LOOK): Look {
  const kinds = new Map<string, Finding[]>();
  for (const finding of worstFirst(findings)) {
    const kind = kinds.get(finding.id);
    if (kind) kind.push(finding);
    else kinds.set(finding.id, [finding]);
  }
  const all = [...kinds.values()].map(([finding, ...others]): WorthALook => {
    const [place] = finding!.where;
    return {
      finding: finding!,
      servers: [...new Set([finding!, ...others].map(({ server }) => server))],
      stream: place?.stream ?? null,
      cell: place?.cell ?? null,
      frames: firstFrames(finding!.where),
    };
  });
  return { shown: all.slice(0, most), more: Math.max(0, all.length - most) };
}

/** Frames of the first place; of further ones in the same capture their first frame. */
function firstFrames(where: readonly Place[]): number[] {
  const [first, ...others] = where;
  if (!first) return [];
  const same = others.filter(({ cell }) => cell === first.cell).flatMap(({ frames }) => frames.slice(0, 1));
  return [...new Set([...first.frames, ...same])].slice(0, FRAMES_NAMED).sort((a, b) => a - b);
}
