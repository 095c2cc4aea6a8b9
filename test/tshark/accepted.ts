/** Differences from tshark that are right to keep: declared here with the reason, never in the comparison's code. */
import { type Disagreement, INCOMPLETE } from './compare.ts';

export interface AcceptedDifference {
  /** What it is about. */
  field: string;
  /** Why ours is right to keep. */
  reason: string;
  applies(disagreement: Disagreement): boolean;
}

/** The lists are equal once some of ours that have no end are left out. */
function onlyIncompleteLeftOut({ ours, tshark }: Disagreement): boolean {
  const theirs = tshark === '' ? [] : tshark.split('\n');
  let place = 0;
  for (const item of ours === '' ? [] : ours.split('\n')) {
    const incomplete = item.endsWith(INCOMPLETE);
    const text = incomplete ? item.slice(0, -INCOMPLETE.length) : item;
    if (theirs[place] === text) place++;
    else if (!incomplete) return false;
  }
  return place === theirs.length;
}

/** What tshark tells is among ours, in the same order. */
function moreThanTshark({ ours, tshark }: Disagreement): boolean {
  const theirs = tshark === '' ? [] : tshark.split('\n');
  let place = 0;
  for (const item of ours.split('\n')) if (theirs[place] === item.replace(INCOMPLETE, '')) place++;
  return place === theirs.length;
}

const GAP_REASON =
  'where segments are missing the next sure message is found again, and segments out of order are put in order; tshark waits for the missing one, or takes the order for the end, and tells nothing more';
const BROKEN_OFF_REASON =
  'tshark stops dissecting a frame at damaged options or where the snap length cut it, before it shows what it found; the analysis needs the fixed header alone';
const INCOMPLETE_REASON =
  'a message that the connection or the capture cut off is told with what was seen of it; tshark, which shows a message when it is whole, leaves it out';

export const acceptedDifferences: readonly AcceptedDifference[] = [
  { field: 'stream.requests', reason: INCOMPLETE_REASON, applies: onlyIncompleteLeftOut },
  { field: 'stream.statuses', reason: INCOMPLETE_REASON, applies: onlyIncompleteLeftOut },
  { field: 'stream.requests', reason: GAP_REASON, applies: (disagreement) => disagreement.lack === 'gap' && moreThanTshark(disagreement) },
  { field: 'stream.statuses', reason: GAP_REASON, applies: (disagreement) => disagreement.lack === 'gap' && moreThanTshark(disagreement) },
  { field: 'frame.analysis', reason: BROKEN_OFF_REASON, applies: ({ lack, tshark }) => lack === 'broken-off' && tshark === '' },
];

export const acceptedReason = (disagreement: Disagreement): string | null =>
  acceptedDifferences.find(({ field, applies }) => field === disagreement.field && applies(disagreement))?.reason ?? null;
