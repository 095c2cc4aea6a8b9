import type { RaceWords } from './race-words.ts';

/** The words of the race's reports in English. */
export const RACE_EN: RaceWords = {
  title: 'The race',
  intro: ({ windowS, delayMs, startedAt, minutes }) => [
    'A server closes an idle connection. At that moment a proxy or a client library sends the next request on it. The request arrives at a closed socket and is answered by a RST: it is lost, or sent again unseen (RFC 9112 §9.3.1, §9.5).',
    `Each upstream side and each server was first watched alone, for up to ${windowS} s. Then requests were aimed at the server's close, half of them GET, half POST with a body, each after a gap of its own. ${
      delayMs > 0
        ? `A program on the path (a relay) held every packet between the two for ${delayMs} ms each way, as between two cities.`
        : 'The path has no delay here, so few requests cross the close.'
    } A client library stands behind a small server of its own, which names the exception that it got. All counts are read from the packets. Run of ${startedAt}, ${minutes} min.`,
  ],
  list: ', ',
  and: '; ',
  named: (name, text) => `${name}: ${text}`,
  upstream: 'Upstream side',
  server: 'Server',
  method: 'Method',
  matrix: 'Which upstream side loses requests to which server',
  matrixNote:
    'Lost: of the requests aimed at the close, how many were lost to it. Repeated: the upstream side sent the request again, and its client saw nothing. None lost of those tried does not mean never. Not shown: none met the close, though by their timers the two race, or a timer is not known.',
  pairs: 'Each pair in figures',
  pairHeads: ['Upstream side', 'Server', 'Method', 'Margin', 'Tried', 'Raced', 'Repeated', 'Lost', 'Share lost, 95 %', 'Verdict'],
  verdicts: { safe: 'safe', races: 'races', 'not-shown': 'not shown' },
  predicted: { safe: 'predicted safe', races: 'predicted to race', unknown: 'not predicted' },
  because: {
    'keeps-none': 'the upstream side keeps no idle connection',
    'closes-each': 'the server ends each connection with its response, and says so',
    'obeys-hint': 'the upstream side obeys Keep-Alive: timeout',
    timers: 'by the two timers',
    'never-closes': 'the server keeps connections for longer than the upstream side',
    'not-known': 'a timer is not known',
  },
  lost: (lost, tried) => `lost ${lost}/${tried}`,
  repeated: 'repeated',
  notTried: 'not tried',
  notAimed: ({ closesEach, shortestS, openAfterS }) =>
    closesEach
      ? 'the server ends each connection with its response'
      : shortestS === null
        ? `the server closed no idle connection in ${openAfterS} s`
        : `the server closes after ${shortestS} s: too long to aim at`,
  habits: 'What each upstream side does by itself',
  habitsNote:
    "Idle: how long it keeps a connection to a server that never closes. Hint: whether it closes before the time of Keep-Alive: timeout, and how long before. FIN: whether it has seen the server's FIN before it sends the next request, half a second later. Kept: idle connections that are open a second after 64 requests at one time. GET, POST, POST with a body: whether it sends the request again where the server closes the connection without an answer.",
  habitHeads: [
    'Upstream side',
    'Version',
    'Idle',
    'Hint',
    'FIN seen',
    'Kept',
    'GET again',
    'POST again',
    'POST with body again',
    'Its client gets',
  ],
  openAfter: (s) => `still open after ${s} s`,
  keepsNone: 'keeps none',
  hint: (value, marginS) => (value === 'yes' ? `yes, ${marginS} s before` : value === 'no' ? 'no' : '–'),
  yesNo: { yes: 'yes', no: 'no' },
  declines: (s) => `uses none again after ${s} s`,
  repeats: (value, on) =>
    value === 'fresh'
      ? 'always on a new connection'
      : on === null
        ? value
        : `${value}, on ${on === 'new' ? 'a new connection' : 'another idle one'}`,
  timers: 'When each server closes an idle connection',
  timerHeads: ['Server', 'Version', 'Closes after', 'Keep-Alive: timeout', 'Requests on a connection', 'Lifetime', 'When asked to stop'],
  limit: (requests, most, isAnnounced) =>
    requests === null ? `${most} and more` : `${requests}, then closed${isAnnounced ? ' (Connection: close)' : ' unannounced'}`,
  lifetime: (age, isAnnounced) => `${age}, however busy${isAnnounced ? ' (Connection: close)' : ', unannounced'}`,
  noLifetime: (busyS) => `none in ${busyS} s`,
  documentedLifetime: (age, setting) => `documented: ${age} (${setting})`,
  age: (s) => (s % 3_600 === 0 ? `${s / 3_600} h` : `${s} s`),
  stop: (closedMs) =>
    closedMs === null
      ? 'keeps idle connections for 2 s and more'
      : closedMs < 1
        ? 'closes idle connections at once'
        : `closes idle connections after ${closedMs} ms`,
  ends: {
    limit: {
      announced: 'The server ends connections at a limit of requests, and says so: no request races that.',
      safe: 'The server ends connections at a limit of requests unannounced; the upstream side uses none again.',
      races: 'The server ends connections at a limit of requests unannounced: the next request races that, whatever the timers.',
    },
    lifetime: {
      announced: 'The server ends connections at an age, however busy, and says so: no request races that.',
      safe: 'The server ends connections at an age unannounced; the upstream side uses none again.',
      races:
        'The server ends connections at an age, however busy, unannounced: requests that are on their way are lost then, whatever the timers.',
    },
    stop: {
      safe: 'When the server stops, the upstream side has no idle connection to it.',
      races: 'When the server stops, it closes its idle connections: requests that are on their way are lost then, whatever the timers.',
    },
  },
  closesEach: 'each response (Connection: close)',
  notClosed: (s) => (s === null ? '–' : `still open after ${s} s`),
  examples: 'In which frame',
  example: ({ upstream, server, method, request, close, reset, outcome, answer, crossed }) =>
    `${upstream} > ${server}, ${method}: frame ${request} is the request, frame ${close} the server's close${reset === close ? ' by RST' : ''}${
      crossed ? ', which was on its way when the request left' : ', already there when the request left'
    }${reset === null || reset === close ? '' : `, frame ${reset} the RST that answers the request`}. ${
      outcome === 'repeated'
        ? 'The upstream side sent it again.'
        : `The client got: ${outcome}${answer === null ? '' : ` (frame ${answer})`}.`
    }`,
  filter: 'Display filter',
  ladders: {
    race: 'The connection to the server, on which the request met the close',
    client: "The client's connection to the upstream side: what the client got",
    repeat: 'The connection to the server on which the request was sent again',
  },
  states: {
    lost: 'requests were lost',
    repeated: 'requests met the close, and were sent again unseen',
    safe: 'none met the close, as predicted',
    'not-shown': 'none met the close, though none was predicted to be safe',
    'not-tried': 'not tried',
  },
  predictedBy: ({ predicted, margin, because, upstreamIdle, serverIdle }) =>
    `${predicted}${margin === '' ? '' : ` (margin ${margin})`}: ${because}. The upstream side keeps an idle connection: ${upstreamIdle}. The server: ${serverIdle}.`,
  show: { label: 'Show', all: 'all', proxy: 'proxies', library: 'client libraries', racing: 'only those that race' },
  noExample: 'No request of this pair met the close.',
  noLadder: 'The page has no room for the ladders of this pair; they are in its capture.',
  where: (file) => `Each pair with its frames: ${file}`,
  capture: 'Capture',
  document: 'Document',
  gate: ({ kind, pair, now: counted, share, before, because }) => {
    const now = share === '' ? counted : `${counted} (${share})`;
    return {
      race: `${pair}: requests met the close: ${now}`,
      lost: `${pair}: ${now}`,
      predicted: `${pair}: predicted to race: ${because}`,
      new: `${pair}: ${now}; the baseline has no such pair`,
      'no-longer-safe': `${pair}: safe in the baseline, now ${now}`,
      'more-lost': `${pair}: of the requests that met the close ${before} in the baseline, now ${now}`,
    }[kind];
  },
  cures: 'What cures it',
  curesNote: 'The same requests, at the same gaps, to a server that differs in one thing.',
  cure: ({ upstream, method, base, baseLost, variant, variantLost, summary }) =>
    `${upstream}, ${method}: ${base} ${baseLost}; ${variant} (${summary}) ${variantLost}`,
  setting: (server, line) => `${server}: give it a longer idle timeout than whatever is in front of it: ${line}`,
  documented: "Load balancers and CDNs that can't run here, according to their documentation",
  documentedNote:
    'How long each keeps an idle connection to a server. A server that closes before that races it. Lifetime: after how long it closes a connection itself, however busy; no request is lost to that. probe --behind ID predicts it for your own server.',
  documentedHeads: ['Id', 'Who', 'Idle, default', 'Lifetime, default', 'Can be set', 'Sends again', 'Document'],
  notDocumented: 'not documented',
  noLimit: 'no limit',
  readOn: (date) => `read ${date}`,
  skipped: (title, reason, remedy) => `${title}: ${reason}; ${remedy}`,
  behind: 'What stands in front',
  frontLifetime: (age) => `; it also ends connections after ${age}, however busy`,
  front: ({ title, idle, isSetByUser, predicted, margin, because, lifetime }) =>
    `${title} (${idle}${isSetByUser ? ', as you set it' : ''}): ${predicted}${margin === '' ? '' : `, margin ${margin}`}: ${because}${lifetime}`,
};
