const list = (numbers: readonly (number | string)[]): string => (numbers.length === 0 ? 'none' : numbers.join(', '));
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const times = (seconds: readonly number[]): string => (seconds.length === 0 ? 'none' : seconds.map((one) => `${one} s`).join(', '));
const afterTimes = (seconds: readonly number[]): string => (seconds.length === 0 ? 'none' : `after ${times(seconds)}`);
const orNone = (value: string | number | null): string => (value === null ? 'none' : String(value));
const RACE = 'which of two FINs within a millisecond comes first is a race';
const after = (ms: number | null): string => (ms === null ? 'never' : `${ms} ms after the last byte`);

export interface Plain {
  title: string;
  statement: string;
  cause: string | null;
  cure: string | null;
}
const plain = (title: string, statement: string): Plain => ({ title, statement, cause: null, cure: null });

export const enPrinted = {
  printedClaims: {
    'R0.1': plain(
      'Django writes a response in pieces',
      'Django sends one response in many small segments: status line 17 bytes, Date 37, Server 39, the rest of the head 150, then a body of 1417.',
    ),
    'R0.2': plain(
      'A 304 of 124 bytes',
      'On a later visit the requests for CSS and images, on three parallel connections, all get 304; each is 27 + 37 + 39 + 21 bytes and carries Content-Length: 0.',
    ),
    'R0.3': plain(
      'Probes every 45 s',
      'The browser sends TCP keep-alive probes of one byte on idle connections, used and never used alike, every 45.0 s.',
    ),
    'R0.4': plain(
      'Django keeps idle connections',
      'Django keeps an idle connection open beyond the capture, at least 45 s after the last response; statuses 200, 304 and 404 (favicon.ico).',
    ),
    'R1.1': plain(
      'Two connections for one navigation',
      'Two connections are opened at once for one navigation, 0.29 ms apart; the second carries nothing then.',
    ),
    'R1.2': plain(
      'Head and body sent separately, the server closes',
      'Flask says HTTP/1.1 and Connection: close; head (174 bytes) and body (563) are sent separately; the server sends the first FIN, 17.8 ms after the body.',
    ),
    'R1.3': plain(
      'Segments of 8192 bytes',
      'The logo comes in segments of 8192 bytes; the client closes first once the body is complete, 0.3 ms after the last byte.',
    ),
    'R1.4': plain(
      'Each resource on its own connection',
      "The page's resources travel in parallel, each on its own connection; audio 206, logo 304 on the next visit, favicon.ico 404.",
    ),
    'R1.5': plain(
      "Other programs' traffic",
      "Other programs' loopback traffic is mixed in: a poll every 5.0 s, an upgrade to 101, a refused connection answered by RST.",
    ),
    'R2.1': plain(
      'http.server closes after a 304',
      'http.server answers a conditional GET with HTTP/1.0 304 (104 bytes) and closes first at once, 0.13 ms after the response.',
    ),
    'R2.2': plain('The second connection', 'The second connection is never used; probes keep it alive, at 45.0 s and 90.0 s.'),
    'R3.1': plain(
      'Express in a single segment',
      'Express: one request of 534 bytes, one response of 998 bytes in a single segment; Keep-Alive announces when the server will close.',
    ),
    'R3.2': plain(
      '206 with the whole file',
      'Audio is requested with Range: bytes=0- and answered with 206, although the whole file is sent.',
    ),
    'R3.3': plain("Firefox's two connections", 'With Firefox there are two connections: one carries all the data, the other nothing.'),
    'R4.1': plain(
      'Head and body sent separately, a new connection for each resource',
      'Head (174 bytes) and body (8029) are sent separately; the logo gets 304; each resource comes on a new connection (ports 50736 to 50739).',
    ),
    'R4.2': plain(
      'RST in the middle of the audio',
      'During the .ogg the client sends RST + ACK, opens another connection and re-requests it with Range; two requests fetch the file.',
    ),
  },
  both: {
    rowsMissing: (name: string): string => `the rows that the report prints (${name}.tsv) are not here.`,
    needRows: (name: string): string => `harness/claims/printed/rows/${name}.tsv.`,
    rowsDiffer: 'the packets rebuilt from the printed rows do not show it.',
    todayDiffers: "today's server and browser behave differently; see the figures.",
    rowsShow: 'the packets rebuilt from the printed rows show it.',
    bothShow: "the packets rebuilt from the printed rows show it, and so do today's server and browser.",
    todayShows: "today's server and browser show it too.",
    tooShort: (cell: string, seconds: number): string => `${cell} was watched for no longer than ${seconds} s: too short to tell.`,
    needWindow: (seconds: number): string => `a window of at least ${seconds} s (the default of 95 s, not --quick).`,
  },
  r01: (cell: string, sizes: readonly number[]): string => `${cell}: segments of ${list(sizes)} bytes, ${sum(sizes)} in all.`,
  r02: (cells: string, all: number, withLength: number, connections: number, sizes: readonly number[]): string =>
    `${cells}: ${all} whole 304s, ${withLength} of them with Content-Length: 0, on ${connections} connections; one is ${list(sizes)} bytes, ${sum(sizes)} in all.`,
  r03: (cell: string, used: readonly number[], unused: readonly number[]): string =>
    `${cell}: probes on used connections: ${afterTimes(used)}; on unused ones: ${afterTimes(unused)}.`,
  r04: (cell: string, connections: number, closed: number, seconds: number, statuses: readonly number[]): string =>
    `${cell}: ${connections - closed} of ${connections} connections still open after ${seconds} s${statuses.length > 0 ? `; statuses ${list(statuses)}` : ''}.`,
  r11: (cell: string, apart: number | null, carried: boolean): string =>
    apart === null
      ? `${cell}: no second connection.`
      : `${cell}: two SYNs ${apart} ms apart; the other connection had ${carried ? 'carried a request' : 'carried nothing'} when the document was complete.`,
  r12: (cell: string, head: number, body: number, by: 'server' | 'client' | null, fin: number | null, said: string): string =>
    `${cell}: head ${head} bytes, body ${body}, in separate segments${said === '' ? '' : `; Connection: ${said}`}; first FIN by ${orNone(by)}; the server's FIN ${after(fin)} (${RACE}).`,
  r13: (cell: string, largest: number, blocks: number, by: 'server' | 'client' | null, fin: number | null): string =>
    `${cell}: ${blocks} segments of 8192 bytes listed (largest ${largest}); first FIN by ${orNone(by)}; the client's FIN ${after(fin)} (${RACE}).`,
  r14: (
    cell: string,
    requests: number,
    connections: number,
    overlap: boolean,
    { audio, icon, logo }: { audio: number | null; icon: number | null; logo: number | null },
  ): string =>
    `${cell}: ${requests} requests on ${connections} connections, ${overlap ? 'some' : 'none'} of them open side by side; audio ${orNone(audio)}, favicon ${orNone(icon)}, logo on the next visit ${orNone(logo)}.`,
  r15: (cell: string, own: number, others: number, intervals: readonly number[], upgrades: number, refused: number): string =>
    `${cell}: ${own} connections to port 5000, ${others} to other ports; polls ${times(intervals)} apart, ${upgrades} upgrade answered 101, ${refused} SYN answered by RST.`,
  r21: (cell: string, version: string | null, bytes: number, by: 'server' | 'client' | null, fin: number | null): string =>
    version === null
      ? `${cell}: no 304.`
      : `${cell}: HTTP/${version} 304 of ${bytes} bytes; first FIN by ${orNone(by)}; the server's FIN ${after(fin)} (${RACE}).`,
  r22: (cell: string, unused: number, intervals: readonly number[]): string =>
    `${cell}: ${unused} connections never used; probes on them: ${afterTimes(intervals)}.`,
  r31: (cell: string, request: number, segments: readonly number[], named: number | null, idle: number | null): string =>
    `${cell}: request of ${request} bytes, response in segments of ${list(segments)}; timeout=${orNone(named)}, the server's FIN after ${orNone(idle)} s idle.`,
  r32: (cell: string, asked: string | null, status: number | null, answer: string | null): string =>
    `${cell}: Range ${orNone(asked)}, answered ${orNone(status)}, Content-Range ${orNone(answer)}.`,
  r33: (cell: string, opened: number, exchanges: readonly number[]): string =>
    `${cell}: ${opened} connections, ${exchanges.length} of them used (requests on each: ${list(exchanges)}).`,
  r41: (cell: string, segments: readonly number[], requests: number, connections: number, logo: number | null): string =>
    `${cell}: the page in segments of ${list(segments)}; ${requests} requests on ${connections} connections; logo on the next visit ${orNone(logo)}.`,
  r42: (cell: string, requests: number, rst: boolean, range: string | null, status: number | null): string =>
    `${cell}: ${requests} requests for the audio; ${rst ? 'the client ended one transfer by RST' : 'no RST by the client in the middle of one'}; re-requested with Range ${orNone(range)}, answered with ${orNone(status)}.`,
};
