/** Evidence made by hand for every cell that a claim needs: the servers and browsers as they were captured, in as few frames as the claims look at. */
import { type CellFacts, type CellNeed, type Facts, needs, type PrintedName } from '../../harness/claims/claim.ts';
import { factsOf } from '../../harness/claims/facts.ts';
import type { HeaderField, ResponseMessage } from '../../harness/model.ts';
import { type ConnectionInput, type EvidenceInput, evidence, type RequestInput } from '../observe/evidence-builder.ts';

export type World = Map<string, CellFacts>;

const MS = 1e6;
export const factsOfWorld = (world: World, printed: ReadonlyMap<PrintedName, CellFacts>): Facts => factsOf([...world.values()], printed);

/** A cell of its own for an id; `change` sees the evidence before it is filed. */
export function cell(id: string, input: EvidenceInput, windowS = 95): CellFacts {
  const [server = '', client = '', scenario = ''] = id.split('/');
  const made = { ...evidence({ endMs: windowS * 1000, ...input }), cell: { server, client, scenario } };
  return {
    id,
    server,
    client,
    scenario,
    serverProvenance: 'real',
    clientProvenance: 'emulated',
    capture: `captures/${id}.pcapng`,
    windowS,
    values: { 'connections.used': { value: 1, frames: [1] }, 'http.statuses': { value: '200', frames: [4] } },
    evidence: made,
  };
}

/** The same evidence under another id: a variant that was run with the settings of its base. */
export const as = (id: string, original: CellFacts): CellFacts => {
  const [server = '', client = '', scenario = ''] = id.split('/');
  return { ...original, id, server, client, scenario };
};

export interface FileGiven {
  target: string;
  status?: number;
  headers?: HeaderField[];
  requestHeaders?: HeaderField[];
  response?: Partial<ResponseMessage>;
}

/** Requests one after the other, 10 ms and 10 frames apart. */
const requests = (files: readonly FileGiven[], from: number, step?: string): RequestInput[] =>
  files.map(({ target, status = 200, headers = [], requestHeaders = [], response = {} }, index) => ({
    frame: from + 10 * index,
    target,
    ...(step ? { step } : {}),
    headers: requestHeaders,
    response: { status, headers, bodyBytes: status < 300 ? 1000 : 0, ...response },
  }));

export const PAGE = ['/', '/style.css', '/logo.png', '/audio.wav'];

/** A visit on one kept connection. */
export const kept = (files: readonly FileGiven[], close?: ConnectionInput['close'], from = 10): ConnectionInput => ({
  syn: from - 5,
  requests: requests(files, from),
  ...(close ? { close } : {}),
});

/** A visit in which every request has its connection, closed by the server behind the response. */
export const short = (files: readonly FileGiven[], from = 10): ConnectionInput[] =>
  requests(files, from).map((request) => ({
    syn: request.frame - 5,
    requests: [request],
    close: { by: 'server', frame: request.frame + 3, atMs: request.frame + 3 },
  }));

const plain = (headers: HeaderField[], targets = PAGE): FileGiven[] => targets.map((target) => ({ target, headers }));

/** First visit and a second one: each file with what became of it; `null`: not asked for. */
export function revisit(id: string, headers: HeaderField[], again: number | null, requestHeaders: HeaderField[] = []): CellFacts {
  const scenario = id.split('/')[2] ?? 'revisit';
  const later = again === null ? [] : PAGE.map((target) => ({ target, status: again, headers, requestHeaders }));
  return cell(id, {
    scenario,
    steps: [
      { id: 'first-visit', frame: 1 },
      { id: scenario, frame: 100 },
    ],
    connections: [{ syn: 5, requests: [...requests(plain(headers), 10, 'first-visit'), ...requests(later, 110, scenario)] }],
  });
}

const ETAG: HeaderField[] = [
  ['ETag', 'W/"1"'],
  ['Last-Modified', 'Mon, 01 Jan 2024 00:00:00 GMT'],
];
const DATED = ETAG.slice(1);

/** A connection that is used once and then idle until someone closes it, or the browser is closed at the window's end. */
export function idle(id: string, by: 'server' | 'client' | null, afterS: number, headers: HeaderField[] = [], windowS = 95): CellFacts {
  const scenario = id.split('/')[2] ?? 'close';
  const [quitMs, closeMs] = [windowS * 1000, afterS * 1000 + 11];
  return cell(
    id,
    {
      scenario,
      steps: [
        { id: 'idle', frame: 1 },
        { id: scenario, frame: 900, atMs: quitMs },
      ],
      endMs: quitMs + 100,
      connections: [kept([{ target: '/', headers }], by ? { by, frame: 800, atMs: closeMs } : { by: 'client', frame: 901, atMs: quitMs })],
    },
    windowS,
  );
}

/** A page over a link on which the audio takes 2 s: what waits behind it is asked for when it is done. */
export function slow(id: string, connections: number): CellFacts {
  const audio: RequestInput = { frame: 30, atMs: 30, target: '/audio.wav', responseFrame: 500, responseMs: 2030 };
  const head: RequestInput[] = [
    { frame: 10, atMs: 10, target: '/', responseMs: 12 },
    { frame: 20, atMs: 20, target: '/style.css', responseMs: 22 },
  ];
  const one = connections === 1;
  const icon: RequestInput = one
    ? { frame: 510, atMs: 2040, target: '/favicon.ico', response: { status: 404 }, responseMs: 2041 }
    : { frame: 40, atMs: 40, target: '/favicon.ico', response: { status: 404 }, responseMs: 42 };
  return cell(id, {
    connections: one
      ? [{ syn: 5, requests: [...head, audio, icon] }]
      : [
          { syn: 5, requests: [...head, icon] },
          { syn: 25, requests: [audio] },
        ],
  });
}

const probed = (by45: number[]): NonNullable<ConnectionInput['probes']> => ({
  side: 'client',
  frames: by45.map((_, index) => 700 + index),
  timesMs: by45.map((seconds) => seconds * 1000),
});

const ids = (list: CellNeed[]): string[] => list.map(({ server, client, scenario }) => `${server}/${client}/${scenario}`);
const OTHERS = ['chromium', 'edge', 'firefox'];

export function world(): World {
  const CLOSE: HeaderField[] = [['Connection', 'close']];
  const ALIVE: HeaderField[] = [['Connection', 'keep-alive']];
  const FIVE: HeaderField[] = [['Keep-Alive', 'timeout=5']];
  const cells: CellFacts[] = [
    cell('flask-header-only/chromium/first-visit', { connections: short(plain(ALIVE)) }),
    cell('flask-persistent/chromium/first-visit', { connections: [kept(plain([]))] }),
    ...ids(
      needs(['express', 'django', 'nginx', 'apache-php', 'iis', 'flask', 'express-no-etag', 'node-http'], [...OTHERS, 'ie11'], ['revisit']),
    ).map((id) =>
      id.startsWith('node-http')
        ? revisit(id, [], 200)
        : id.startsWith('express-no-etag')
          ? revisit(id, DATED, 304)
          : id.startsWith('express')
            ? revisit(id, ETAG, 304)
            : id.startsWith('flask')
              ? revisit(id, ETAG, 304)
              : revisit(id, DATED, null),
    ),
    ...ids(needs(['express', 'django'], [...OTHERS, 'ie11'], ['link-revisit', 'reload', 'hard-reload'])).map((id) =>
      revisit(id, ETAG, 304),
    ),
    ...ids(needs(['express', 'django'], [...OTHERS, 'ie11'], ['cache-disabled'])).map((id) =>
      revisit(id, ETAG, 200, [['Cache-Control', 'no-cache']]),
    ),
    slow('chromium/chromium/slow-link', 6),
    ...ids(needs(['nginx', 'iis'], ['chromium', 'firefox'], ['close'])).map((id) => idle(id, id.startsWith('nginx') ? 'server' : null, 75)),
    idle('nginx-header-only/chromium/close', 'server', 75, FIVE),
    idle('nginx-header-only/firefox/close', 'client', 5, FIVE),
    idle('iis-header-only/chromium/close', null, 95, FIVE),
    idle('iis-header-only/firefox/close', 'client', 5, FIVE),
    ...ids(needs(['nginx-timer-only', 'iis-timer-only'], ['chromium', 'firefox'], ['close'])).map((id) => idle(id, 'server', 5)),
    idle('nginx-timer-only/chromium/close-late', 'server', 5),
    ...ids(needs(['nginx-no-keepalive'], ['chromium', 'firefox'], ['close'])).map((id) => cell(id, { connections: short(plain(CLOSE)) })),
    djangoVisit('django/chromium/first-visit'),
    cell('django/chromium/idle', {
      scenario: 'idle',
      endMs: 95_000,
      connections: [
        { ...kept([{ target: '/' }]), probes: probed([45.011, 90.011]) },
        { syn: 50, synMs: 11, probes: probed([45.011, 90.011]) },
      ],
    }),
    cell('django/probe/conditional', {
      scenario: 'conditional',
      connections: [
        kept([
          {
            target: '/style.css',
            status: 304,
            headers: [['Content-Length', '0']],
            response: { headSegments: 4, segmentSizes: [27, 37, 39, 21] },
          },
        ]),
      ],
    }),
    flaskVisit('flask/chromium/first-visit'),
    cell('python-http/chromium/reload', {
      scenario: 'reload',
      endMs: 95_000,
      connections: [
        {
          ...kept([{ target: '/', status: 304, response: { version: '1.0' } }], { by: 'server', frame: 14, atMs: 12 }),
        },
        { syn: 50, synMs: 11, probes: probed([45.011, 90.011]) },
      ],
    }),
    cell('express/chromium/idle', {
      scenario: 'idle',
      connections: [kept([{ target: '/', headers: FIVE }], { by: 'server', frame: 800, atMs: 6011 })],
    }),
    cell('express/chromium/first-visit', {
      connections: [
        kept([{ target: '/' }, { target: '/style.css' }]),
        kept(
          [
            {
              target: '/audio.wav',
              status: 206,
              requestHeaders: [['Range', 'bytes=0-']],
              headers: [['Content-Range', 'bytes 0-999/1000']],
            },
          ],
          undefined,
          40,
        ),
      ],
    }),
    cell('express/firefox/first-visit', { connections: [kept(plain([])), { syn: 60 }] }),
    seek('flask/chromium/media-seek'),
  ];
  const made = new Map(cells.map((one) => [one.id, one]));
  made.delete('chromium/chromium/slow-link');
  made.set('express/chromium/slow-link', slow('express/chromium/slow-link', 6));
  made.set('express/chromium-one-connection/slow-link', slow('express/chromium-one-connection/slow-link', 1));
  return made;
}

export const djangoVisit = (id: string, segments = [17, 37, 39, 150, 1417]): CellFacts =>
  cell(id, {
    connections: [
      kept([
        {
          target: '/',
          headers: [['Content-Type', 'text/html']],
          response: { headSegments: segments.length - 1, segmentSizes: segments, segmentFrames: segments.map((_, index) => 11 + index) },
        },
      ]),
    ],
  });

/** Two SYNs at once, head and body apart, each file on a connection of its own that the server closes. */
export function flaskVisit(id: string): CellFacts {
  const closes: HeaderField[] = [['Connection', 'close']];
  const page: FileGiven = {
    target: '/',
    headers: closes,
    response: { headSegments: 1, headBytes: 174, bodyBytes: 563, segmentSizes: [174, 563], segmentFrames: [11, 12] },
  };
  const [document] = short([page]);
  const facts = cell(id, {
    connections: [
      { ...document!, syn: 1, synMs: 1 },
      {
        syn: 4,
        synMs: 1.3,
        requests: requests([{ target: '/style.css', headers: closes }], 30),
        close: { by: 'server', frame: 40, atMs: 40 },
      },
      {
        syn: 31,
        requests: [
          {
            frame: 50,
            atMs: 50,
            target: '/logo.png',
            responseMs: 70,
            responseFrame: 60,
            response: { headers: closes, segmentSizes: [300, 8192, 8192], largestSegment: 8192 },
          },
        ],
        close: { by: 'server', frame: 63, atMs: 71 },
      },
      {
        syn: 32,
        requests: [
          {
            frame: 52,
            atMs: 52,
            target: '/audio.wav',
            headers: [['Range', 'bytes=0-']],
            responseMs: 75,
            responseFrame: 61,
            response: { status: 206, headers: closes },
          },
        ],
        close: { by: 'server', frame: 64, atMs: 76 },
      },
      {
        syn: 70,
        requests: requests([{ target: '/favicon.ico', status: 404, headers: closes }], 80),
        close: { by: 'server', frame: 84, atMs: 84 },
      },
    ],
  });
  const logo = facts.evidence.connections[2]!;
  logo.sides.client.finFrame = 65;
  logo.sides.client.finNs = 71.5 * MS;
  return facts;
}

export function seek(id: string): CellFacts {
  const range = (from: number): HeaderField[] => [['Range', `bytes=${from}-`]];
  const facts = cell(id, {
    scenario: 'media-seek',
    connections: [
      {
        syn: 5,
        requests: [
          { frame: 10, atMs: 10, target: '/audio.wav', headers: range(0), responseMs: 200, response: { status: 206, complete: false } },
        ],
        close: { by: 'client', how: 'RST', frame: 90, atMs: 201 },
      },
      {
        syn: 91,
        requests: [{ frame: 95, atMs: 205, target: '/audio.wav', headers: range(300_000), responseMs: 300, response: { status: 206 } }],
      },
    ],
  });
  facts.evidence.connections[0]!.sides.client.rstFrame = 90;
  return facts;
}
