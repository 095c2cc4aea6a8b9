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

const INCOMPLETE_REASON =
  'a message that the connection or the capture cut off is told with what was seen of it; tshark, which shows a message when it is whole, leaves it out';

export const acceptedDifferences: readonly AcceptedDifference[] = [
  { field: 'stream.requests', reason: INCOMPLETE_REASON, applies: onlyIncompleteLeftOut },
  { field: 'stream.statuses', reason: INCOMPLETE_REASON, applies: onlyIncompleteLeftOut },
];

export const acceptedReason = (disagreement: Disagreement): string | null =>
  acceptedDifferences.find(({ field, applies }) => field === disagreement.field && applies(disagreement))?.reason ?? null;
