import type { Ending, Lifetimes, Revisit, Wait } from '../shapes.ts';

type RevisitRow = Revisit & { id: string };
type EndingRow = Ending & { id: string };
const lives = (cell: string, { requests, connections, sayClose, sayKeepAlive, closedByServer, closedByClient, open }: Lifetimes): string =>
  `${cell}: ${requests} answered requests on ${connections} connections; ${sayClose} responses have Connection: close, ${sayKeepAlive} keep-alive; the server sent the first FIN or RST on ${closedByServer}, the client on ${closedByClient}; ${open} still open at the end.`;

const kindText: Record<Revisit['kind'], string> = {
  'all-304': '304 for every file',
  'nothing-sent': 'no file requested',
  'data-only': 'no 304, requested files sent in full',
  mixed: 'some 304s',
};
const KINDS = Object.keys(kindText) as Revisit['kind'][];
const seconds = (value: number): string => `${value} s`;
const ms = (value: number): string => `${Math.round(value)} ms`;
const ended = ({ by, how, idleS, beforeQuit, advertisedS, rstBy }: Ending): string =>
  [
    by === null
      ? `still open after ${seconds(idleS)}`
      : `${by} ${how} after ${seconds(idleS)} idle${beforeQuit ? '' : ', when the browser was closed'}`,
    advertisedS === null ? 'no timeout advertised' : `Keep-Alive: timeout=${advertisedS}`,
    ...(rstBy === null ? [] : [`RST by the ${rstBy} in the end`]),
  ].join('; ');

export const enSectionFour = {
  claims: {
    'S4.1': {
      title: "Flask's short connections",
      statement:
        "Flask's development server speaks HTTP/1.1 and yet makes short connections: a new TCP connection for every request, closed by the server.",
      cause: 'the WSGI layer (Werkzeug) answers Connection: close by default',
      cure: 'set the connection to persistent',
    },
    'S4.2': {
      title: '304 for everything',
      statement: 'With Node.js, Django and others, every browser but IE gets 304 for everything on a revisit, not a data transfer.',
      cause: "the browser's cache, revalidated with ETag",
      cure: 'disable the cache in the developer tools',
    },
    'S4.3': {
      title: 'Several connections at once',
      statement: 'Several TCP connections are used at once: HTML and CSS on one, audio and image on another.',
      cause: 'HTTP/1.1 answers in order; a slow response blocks those after it (head-of-line blocking), so browsers open more connections',
      cure: null as string | null,
    },
    'S4.4': {
      title: 'No teardown with IIS and NGINX',
      statement: 'With IIS and NGINX no teardown is seen until the browser is closed, and then with RST.',
      cause: 'their responses carry neither Connection nor Keep-Alive, so nothing limits the connection',
      cure: 'add the response header (done in IIS: "solved")',
    },
  },
  s41: {
    flask: lives,
    headerOnly: (cell: string, life: Lifetimes): string => `Header alone changed: ${lives(cell, life)}`,
    persistent: (cell: string, life: Lifetimes): string => `The same application on a server that keeps connections: ${lives(cell, life)}`,
    notShort: ({ requests, connections, mostOnOne }: Lifetimes): string =>
      `${requests} requests went over ${connections} connections, up to ${mostOnOne} on one: these are not short connections.`,
    headerNotVaried: 'the variant that should send keep-alive does not: the header was not varied, so it was not tested as the cause.',
    needHeaderOnly: 'flask-header-only with Connection: keep-alive in its responses.',
    notPersistent: 'the variant that should keep connections open does not: what keeps them open was not shown.',
    needPersistent: 'flask-persistent with more than one request on a connection.',
    serverCloses: (headerOnly: Lifetimes, persistent: Lifetimes): string =>
      `the header only announces it. With Connection: keep-alive on all ${headerOnly.sayKeepAlive} responses each connection still carried one request and was ended; where the server's own connection handling keeps it, up to ${persistent.mostOnOne} requests share one. It is Werkzeug's server that closes, not the text of the header: changing the header alone cures nothing.`,
    headerIsCause: (headerOnly: Lifetimes): string =>
      `with the header alone changed, up to ${headerOnly.mostOnOne} requests share a connection: the header is the cause.`,
  },
  s42: {
    table: (rows: RevisitRow[]): string =>
      `Address typed again: ${KINDS.flatMap((kind) => {
        const those = rows.filter((row) => row.kind === kind);
        const each = those.map(({ id, files, asked, notModified }) => `${id} (${asked} of ${files} files asked for, ${notModified} × 304)`);
        return those.length > 0 ? [`${kindText[kind]}: ${each.join(', ')}`] : [];
      }).join('; ')}.`,
    kinds: (rows: { visit: string; files: number; asked: number; notModified: number; sentAgain: number }[]): string =>
      `Express and Django together, all browsers but IE, by kind of visit: ${rows.map(({ visit, files, asked, notModified, sentAgain }) => `${visit}: of ${files} files ${asked} asked for, ${notModified} × 304, ${sentAgain} sent again`).join('; ')}.`,
    withoutEtag: (cell: string, { files, notModified }: Revisit): string =>
      `Without ETag (Last-Modified alone), ${cell}: ${notModified} of ${files} files got 304.`,
    withoutValidators: (cell: string, { files, sentAgain, notModified }: Revisit): string =>
      `Without any validator, ${cell}: ${notModified} × 304, ${sentAgain} of ${files} files sent again.`,
    cacheOff: (cell: string, { files, sentAgain, notModified }: Revisit): string =>
      `Cache disabled, ${cell}: ${notModified} × 304, ${sentAgain} of ${files} files sent again.`,
    etagNotVaried: 'express-no-etag sends an ETag: whether an ETag is necessary was not tested.',
    needNoEtag: 'express-no-etag without ETag in its responses.',
    validatorsNotVaried: 'node-http sends validators: what happens without them was not tested.',
    needNoValidators: 'node-http without ETag and Last-Modified.',
    cacheNotOff: 'the requests with the cache disabled carry no Cache-Control: no-cache: the cure was not tested.',
    needCacheOff: 'a visit with the cache disabled in the developer tools.',
    notEverything: (
      counts: { all: number; all304: number; mixed: number; nothing: number; data: number },
      noEtag: Revisit,
      ieLike: number,
      ie: number,
      cure: boolean,
    ): string =>
      `not everything, and not because of ETag. Of ${counts.all} pairs of server and browser other than IE, every file got 304 in ${counts.all304}; in ${counts.nothing} nothing was asked for at all (a copy with Last-Modified and no Cache-Control is fresh for a tenth of its age, RFC 9111 §4.2.2), in ${counts.mixed} some files got 304, in ${counts.data} there was no 304 and what was asked for came in full. Without ETag ${noEtag.notModified} files still got 304, by Last-Modified.${ie === 0 ? '' : ` IE 11 (emulated) got 304 for everything in ${ieLike} of ${ie}.`}${cure ? ' The cure does what it says: with the cache disabled no 304 comes.' : ''}`,
    anyValidator: ({ notModified }: Revisit): string =>
      `304 also comes without ETag (${notModified} files, by Last-Modified): any validator is enough.`,
    etagIsCause: 'every file got 304, and none without ETag.',
  },
  s43: {
    spread: (cell: string, files: { file: string; stream: number }[]): string =>
      `${cell}: ${files.map(({ file, stream }) => `${file} on stream ${stream}`).join(', ')}.`,
    waits: (six: string, one: string, waits: Wait[]): string =>
      `Requested, counted from the end of the document, with six connections (${six}) and with one (${one}): ${waits
        .map(
          ({ file, sixMs, oneMs, sixDoneMs, oneDoneMs }) =>
            `${file} after ${ms(sixMs)} and ${ms(oneMs)} (last byte ${ms(sixDoneMs)} and ${ms(oneDoneMs)})`,
        )
        .join('; ')}.`,
    totals: (six: number, one: number, pipelined: number): string =>
      `Last byte of the page: ${ms(six)} with six, ${ms(one)} with one. Requests sent before the previous response was complete: ${pipelined}.`,
    notOne: (connections: number): string => `the client that should use one connection used ${connections}: the number was not varied.`,
    needOne: 'a client limited to one connection per host (chromium-one-connection).',
    notSlow: (took: number): string => `no file took long enough (${ms(took)}) to show a wait behind it.`,
    needSlow: 'a slow link: the scenario slow-link in a network namespace of its own.',
    oneIsEnough: 'all files came over one connection.',
    noWaiting: 'with one connection nothing had to wait for the slow file, yet several are opened: the cause must be another.',
    blocked: (slow: string, took: number, held: Wait[], last: { six: number; one: number }): string =>
      `with one connection ${held.map(({ file, oneMs, sixMs }) => `${file} was requested ${ms(oneMs - sixMs)} later`).join(', ')}, each after the responses before it (the slowest, ${slow}, took ${ms(took)}); with several connections nothing had to wait for another response. The queue is in the browser: it never sends a request before the previous one is answered (no pipelining). More connections do not make the link faster; they share it among the files: the last byte came after ${ms(last.six)} with several and ${ms(last.one)} with one.`,
  },
  s44: {
    endings: (rows: EndingRow[]): string => `${rows.map((row) => `${row.id}: ${ended(row)}`).join('. ')}.`,
    lateFin: (cell: string, { idleS, by, rstBy, rstAnswers, answeredAfterS }: Ending, finWait2S: number): string =>
      `${cell}, the browser closed at the end of the window: FIN by ${by ?? 'nobody'} after ${seconds(idleS)}; ${
        rstBy === 'server' && rstAnswers !== null
          ? `the browser left it unanswered, and its ${rstAnswers === 'FIN' ? `own FIN${answeredAfterS === null ? '' : `, ${seconds(answeredAfterS)} later,`}` : 'next keep-alive probe'} was answered with a RST from the server: its kernel leaves FIN_WAIT_2 after ${finWait2S} s. This is how a RST like the one in the report can arise.`
          : `${answeredAfterS === null ? 'no FIN from the other side' : `the other side's FIN ${seconds(answeredAfterS)} later`}, ${rstBy === null ? 'and no RST' : `and a RST by the ${rstBy}`}.`
      }`,
    nothingUsed: 'no connection carried a request.',
    tooShort: (idleS: number): string =>
      `the connection was still open after ${seconds(idleS)} idle: it was not watched long enough to decide.`,
    needWindow: (least: number): string => `a window of at least ${least} s (the default of 95 s, not --quick).`,
    headerNotVaried: 'nginx-header-only does not differ from nginx in the Keep-Alive header: the header was not tested.',
    needHeaderOnly: 'nginx-header-only with Keep-Alive: timeout=5, and nginx without.',
    timerNotVaried: 'nginx-timer-only did not close after about 5 s without a header: the timer was not tested.',
    needTimerOnly: 'nginx-timer-only with keepalive_timeout 5s.',
    headerIsCause: (idleS: number): string => `with the header alone the connection ended after ${seconds(idleS)}: the header limits it.`,
    neverCloses: (idleS: number): string => `nothing ended the connection within ${seconds(idleS)}, and the header changed nothing.`,
    timer: (times: {
      nginx: number;
      headerOnly: number;
      obeying: number;
      obeyingBy: 'server' | 'client' | null;
      timerOnly: number;
      rstAnswers: 'FIN' | 'probe' | null;
      saysKeepAlive: boolean;
    }): string =>
      [
        `a timer limits the connection, header or no header. nginx sends FIN by itself after ${seconds(times.nginx)}: anyone who closes the browser sooner does not see it.`,
        `With the header alone (timeout=5) Chromium's connection lasts ${seconds(times.headerOnly)}; ${
          times.obeyingBy === 'client'
            ? `only Firefox, which obeys the header, ends it itself, after ${seconds(times.obeying)}`
            : `Firefox's is ended by ${times.obeyingBy ?? 'nobody'} after ${seconds(times.obeying)}`
        }.`,
        `With the timer alone, and no header, nginx sends FIN after ${seconds(times.timerOnly)}.`,
        'So the header is advice to the client; the "solution" in IIS changes only what a client that reads it does.',
        ...(times.saysKeepAlive ? ['Nor is it true that nginx sends neither header: its responses say Connection: keep-alive.'] : []),
        ...(times.rstAnswers === null
          ? []
          : [
              `The RST comes where the browser leaves the server's FIN unanswered for more than 60 s: what it sends then (here its ${times.rstAnswers === 'FIN' ? 'own FIN, when it is closed' : 'keep-alive probe'}) no longer finds a connection.`,
            ]),
      ].join(' '),
  },
};
