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

/** What tshark reports is among ours, in the same order. */
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

/** tshark reports what ours reports, and more after it. */
const moreThanOurs = ({ ours, tshark }: Disagreement): boolean => tshark.startsWith(`${ours.replaceAll(INCOMPLETE, '')}\n`);

/** The lists are equal once codes of theirs with fewer than three digits are left out. */
function onlyCutCodesLeftOut({ ours, tshark }: Disagreement): boolean {
  const codes = tshark.split('\n');
  const whole = codes.filter((code) => code.length === 3);
  return whole.length < codes.length && whole.join('\n') === ours.replaceAll(INCOMPLETE, '');
}

const GAP_REASON =
  'where segments are missing the next sure message is found again, and segments out of order are put in order; tshark waits for the missing one, or takes the order for the end, and tells nothing more';
const BROKEN_OFF_REASON =
  'tshark stops dissecting a frame at damaged options or where the snap length cut it, before it shows what it found; the analysis needs the fixed header alone';
const INCOMPLETE_REASON =
  'a message that the connection or the capture cut off is reported with what was seen of it; tshark, which shows a message when it is whole, leaves it out';
const METHOD_REASON =
  'any token may be a method (RFC 9110 §9.1), and servers answer it with 405 or 501; tshark takes the line for a request only where it knows the method';
const TARGET_REASON =
  'a request line with whitespace inside its target is invalid (RFC 9112 §3.2), is named so, and is reported whole; tshark ends the target at the first space';
const NO_LENGTH_REASON =
  'a Content-Length below 0 or above 2^53 is no length (RFC 9110 §8.6) and is named invalid: the body is what came until the connection closed; tshark reports the number as it stands in the field';
const STATUS_LINE_REASON =
  'a response whose status code is below 100 (RFC 9110 §15) or whose status line has a bare CR (RFC 9112 §2.2) is reported and its line named invalid; tshark takes it for no response, and leaves out what follows bytes that are none';
const CUT_STATUS_REASON = 'a status code that the snap length cut is not known; tshark reports the digits that are there';
const LATER_REQUEST_REASON =
  'where answers are missing the next one is that of what was asked after the gap; tshark gives it to the oldest request that has none';
const TUNNEL_REASON =
  'what follows a 101, or a 2xx to CONNECT, is no message of the connection (RFC 9110 §9.3.6): it is a tunnel; tshark hands it to the dissector of its contents';

const FRAGMENTS_REASON =
  'a datagram of which fragments overlap is dropped (RFC 8200 §4.5, and Linux does so for IPv4), and counted as not decoded; tshark puts it together';
const PROXY_REASON =
  'a request may follow the header of the PROXY protocol in the same segment; tshark 4.0 takes the whole segment for the header, and leaves the request out';

/** What tshark shows of a datagram that is dropped here: its frame, what is in it, and that nothing is missing. */
function isOfDroppedDatagram({ lack, field, ours, tshark }: Disagreement): boolean {
  if (lack !== 'fragments') return false;
  if (field === 'frame.analysis') return tshark === '' && (ours === 'lost_segment' || ours === 'ack_lost_segment');
  if (field === 'stream.frames') return Number(tshark) > Number(ours);
  return field === 'frame.present' ? ours === 'false' : ours === '' || tshark.startsWith(`${ours}\n`);
}

export const acceptedDifferences: readonly AcceptedDifference[] = [
  { field: 'stream.requests', reason: INCOMPLETE_REASON, applies: onlyIncompleteLeftOut },
  { field: 'stream.statuses', reason: INCOMPLETE_REASON, applies: onlyIncompleteLeftOut },
  { field: 'stream.requests', reason: GAP_REASON, applies: (disagreement) => disagreement.lack === 'gap' && moreThanTshark(disagreement) },
  { field: 'stream.statuses', reason: GAP_REASON, applies: (disagreement) => disagreement.lack === 'gap' && moreThanTshark(disagreement) },
  { field: 'stream.requests', reason: METHOD_REASON, applies: onlyUnknownMethodsLeftOut },
  { field: 'stream.requests', reason: TARGET_REASON, applies: onlyTargetsWithSpacesCut },
  {
    field: 'stream.statuses',
    reason: STATUS_LINE_REASON,
    applies: (disagreement) => disagreement.lack === 'status-line' && moreThanTshark(disagreement),
  },
  {
    field: 'stream.statuses',
    reason: CUT_STATUS_REASON,
    applies: (disagreement) => disagreement.lack === 'gap' && onlyCutCodesLeftOut(disagreement),
  },
  {
    field: 'stream.pairing',
    reason: LATER_REQUEST_REASON,
    applies: ({ lack, ours, tshark }) => (lack === 'gap' || lack === 'broken-off') && Number(/\d+/.exec(ours)?.[0]) > Number(tshark),
  },
  {
    field: 'stream.requests',
    reason: TUNNEL_REASON,
    applies: (disagreement) => disagreement.lack === 'tunnel' && moreThanOurs(disagreement),
  },
  {
    field: 'stream.statuses',
    reason: TUNNEL_REASON,
    applies: (disagreement) => disagreement.lack === 'tunnel' && moreThanOurs(disagreement),
  },
  {
    field: 'stream.bodyBytes',
    reason: NO_LENGTH_REASON,
    applies: ({ tshark }) => !(Number(tshark) >= 0 && Number(tshark) <= Number.MAX_SAFE_INTEGER),
  },
  ...['frame.present', 'frame.analysis', 'stream.frames', 'stream.requests', 'stream.statuses'].map((field) => ({
    field,
    reason: FRAGMENTS_REASON,
    applies: isOfDroppedDatagram,
  })),
  {
    field: 'stream.requests',
    reason: PROXY_REASON,
    applies: (disagreement) => disagreement.lack === 'proxy-protocol' && moreThanTshark(disagreement),
  },
  { field: 'frame.analysis', reason: BROKEN_OFF_REASON, applies: ({ lack, tshark }) => lack === 'broken-off' && tshark === '' },
];

export const acceptedReason = (disagreement: Disagreement): string | null =>
  acceptedDifferences.find(({ field, applies }) => field === disagreement.field && applies(disagreement))?.reason ?? null;
