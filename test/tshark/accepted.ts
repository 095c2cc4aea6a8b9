/** Differences from tshark that are right to keep: declared here with the reason, never in the comparison's code. */
import { METHODS } from 'node:http';
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

/** The lists are equal once requests of ours are left out whose method is none of those in use. */
function onlyUnknownMethodsLeftOut({ ours, tshark }: Disagreement): boolean {
  const requests = ours.split('\n');
  const known = requests.filter((request) => METHODS.includes(request.slice(0, request.indexOf(' '))));
  return known.length < requests.length && known.join('\n') === tshark;
}

/** The lists are equal once targets of ours end at their first space. */
function onlyTargetsWithSpacesCut({ ours, tshark }: Disagreement): boolean {
  const theirs = tshark.split('\n');
  const requests = ours.split('\n');
  return (
    requests.length === theirs.length && requests.every((text, place) => text === theirs[place] || text.startsWith(`${theirs[place]} `))
  );
}

const GAP_REASON =
  'where segments are missing the next sure message is found again, and segments out of order are put in order; tshark waits for the missing one, or takes the order for the end, and tells nothing more';
const BROKEN_OFF_REASON =
  'tshark stops dissecting a frame at damaged options or where the snap length cut it, before it shows what it found; the analysis needs the fixed header alone';
const INCOMPLETE_REASON =
  'a message that the connection or the capture cut off is told with what was seen of it; tshark, which shows a message when it is whole, leaves it out';
const METHOD_REASON =
  'any token may be a method (RFC 9110 §9.1), and servers answer it with 405 or 501; tshark takes the line for a request only where it knows the method';
const TARGET_REASON =
  'a request line with whitespace inside its target is invalid (RFC 9112 §3.2), is named so, and is told whole; tshark ends the target at the first space';
const NEGATIVE_LENGTH_REASON =
  'a negative Content-Length is no length (RFC 9110 §8.6) and is named invalid: the body is what came until the connection closed; tshark tells the number as it stands in the field';

export const acceptedDifferences: readonly AcceptedDifference[] = [
  { field: 'stream.requests', reason: INCOMPLETE_REASON, applies: onlyIncompleteLeftOut },
  { field: 'stream.statuses', reason: INCOMPLETE_REASON, applies: onlyIncompleteLeftOut },
  { field: 'stream.requests', reason: GAP_REASON, applies: (disagreement) => disagreement.lack === 'gap' && moreThanTshark(disagreement) },
  { field: 'stream.statuses', reason: GAP_REASON, applies: (disagreement) => disagreement.lack === 'gap' && moreThanTshark(disagreement) },
  { field: 'stream.requests', reason: METHOD_REASON, applies: onlyUnknownMethodsLeftOut },
  { field: 'stream.requests', reason: TARGET_REASON, applies: onlyTargetsWithSpacesCut },
  { field: 'stream.bodyBytes', reason: NEGATIVE_LENGTH_REASON, applies: ({ tshark }) => /^-\d+$/.test(tshark) },
  { field: 'frame.analysis', reason: BROKEN_OFF_REASON, applies: ({ lack, tshark }) => lack === 'broken-off' && tshark === '' },
];

export const acceptedReason = (disagreement: Disagreement): string | null =>
  acceptedDifferences.find(({ field, applies }) => field === disagreement.field && applies(disagreement))?.reason ?? null;
