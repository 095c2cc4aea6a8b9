import { enPrinted } from './en-printed.ts';
import { enSectionFour } from './en-section-four.ts';

export const en = {
  language: 'en',
  verdicts: {
    reproduced: 'reproduced',
    'reproduced-other-cause': 'reproduced, but with another cause',
    contradicted: 'contradicted',
    'not-observable': 'not observable',
  },
  cellsMissing: (cells: string[]): string => `not in this run: ${cells.join(', ')}.`,
  needCells: (cells: string[]): string =>
    `a successful capture of each of ${cells.join(', ')} (npm run doctor shows what this machine lacks).`,
  ...enSectionFour,
  ...enPrinted,
  claims: { ...enSectionFour.claims, ...enPrinted.printedClaims },
  page: {
    title: 'Section four, reproduced and put to the test',
    intro:
      'What the lab reports say, held against captured packets. Each claim is judged by a predicate over the captures; where a report gives a cause, it is tested with a variant of the server (or browser) that differs in nothing else.',
    run: (date: string, window: number): string => `Run of ${date}; idle connections were watched for ${window} s.`,
    fromCaptures: (dir: string): string => `Judged from the captures in ${dir}.`,
    colon: ': ',
    comma: ', ',
    aside: (text: string): string => ` (${text})`,
    verdictTable: 'Verdicts',
    claim: 'claim',
    says: 'what the report says',
    verdict: 'verdict',
    why: 'why',
    report: 'Report',
    itsCause: 'Its cause',
    itsCure: 'Its cure',
    noCure: 'none given',
    seen: 'Seen',
    needed: 'Still needed',
    evidence: 'Evidence',
    frames: (list: readonly number[]): string => `${list.length === 1 ? 'frame' : 'frames'} ${list.join(', ')}`,
    captureFile: 'capture',
    ladder: (cell: string, stream: number): string => `Key connection: ${cell}, stream ${stream}`,
    wireshark: 'In Wireshark',
    filter: (filter: string): string => `Display filter: ${filter}`,
    matrix: 'Servers and browsers',
    matrixIntro:
      "The report's six servers with its four browsers. Each cell shows the connections of the first visit (used ones; unused ones after a plus sign); who closes first, how, and after how many seconds idle; then what became of the page's files when the address was typed again.",
    server: 'server',
    connections: (used: number, unused: number): string => `${used}${unused > 0 ? `+${unused}` : ''} conn.`,
    closes: (by: 'server' | 'client', how: string, seconds: string): string => `${by} ${how} ${seconds}`,
    open: (seconds: string): string => `still open after ${seconds}`,
    atOnce: 'at once',
    revisit: (asked: number, files: number, notModified: number): string =>
      asked === 0 ? 'nothing re-requested' : `${asked} of ${files} re-requested, ${notModified} × 304`,
    notRun: '–',
    provenance: { real: 'real', model: 'model', emulated: 'emulated' },
    provenanceNote:
      '"model": an imitation of the server built from cited sources; "emulated": a profile of the browser, not the browser itself. IE 11 and Edge cannot be installed here: their profiles follow documentation and Chromium.',
    times: (server: string, client: string): string => `${server} × ${client}`,
  },
};

/** The shape of every language's sentences about claims. */
export type ClaimWords = typeof en;
export type ClaimId = keyof ClaimWords['claims'];
