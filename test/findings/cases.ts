/** For each finding evidence that shows it, with the frames, and evidence close by that does not. A finding without a case does not compile. */
import { gzipSync } from 'node:zlib';
import type { LookedAt } from '../../harness/findings/looked-at.ts';
import type { FindingId } from '../../harness/findings/rules/index.ts';
import type { ObservedValue } from '../../harness/model.ts';
import { observations } from '../../harness/observe/index.ts';
import type { Conversation, ConversationGiven } from '../packets/conversation.ts';
import { FLAG, text } from '../packets/layers.ts';
import { answer, ask, inTurn, looked, spoken, stepped, talk } from './talk.ts';

export interface Case {
  fires: () => Promise<LookedAt>;
  /** Of the first place. */
  frames: number[];
  silent: () => Promise<LookedAt>;
}

const one =
  (response: string, request = ask()) =>
  () =>
    spoken([request, response]);
const closing = (response: string, after: (talk: Conversation) => unknown) => () => looked(talk([[ask(), response]], after).packets);
const pipelined = (after: (talk: Conversation) => unknown) => () => looked(talk([[`${ask()}${ask()}`, null]], after).packets);
const two = (first: readonly [string, string | null], second: readonly [string, string | null]) => () => spoken(first, second);

/** A plain answer, with which nothing is wrong. */
const sound = one(answer('ETag: "a"\r\n'));

const page = answer('ETag: "a"\r\n', { body: '0123456789' });
const part = (range: string, body: string, headers = 'ETag: "a"\r\n') =>
  answer(`Content-Range: ${range}\r\n${headers}`, { status: '206 Partial Content', body });
const ranged = (range: string) => ask(`Range: ${range}\r\n`);
const condition = ask('If-None-Match: "a"\r\n');
const not = (headers: string) => answer(headers, { status: '304 Not Modified', body: '', length: null, type: false });

/** Evidence with one value, and its judgement. */
const valued =
  (id: string, value: ObservedValue['value'], more: Partial<ObservedValue> = {}, others: Record<string, ObservedValue> = {}) =>
  () =>
    looked(talk([[ask(), answer()]]).packets, { [id]: { value, frames: [5], ...more }, ...others });
const deviates: Partial<ObservedValue> = { conformance: { verdict: 'deviates', section: '', because: '' } };
const conforms: Partial<ObservedValue> = { conformance: { verdict: 'conforms', section: '', because: '' } };
const judged = (observation: string, value: string | number): Case => ({
  fires: valued(observation, value, deviates),
  frames: [5],
  silent: valued(observation, value, conforms),
});

/** All responses with this content. */
async function keeping(make: () => Promise<LookedAt>, content: Uint8Array | null): Promise<LookedAt> {
  const on = await make();
  for (const { response } of on.exchanges) if (response) response.content = content;
  return on;
}

/** Responses with their content, in turn, as a decoder may keep it. */
export const withContent = async (make: () => Promise<LookedAt>, ...contents: readonly string[]): Promise<LookedAt> => {
  const on = await make();
  on.exchanges.forEach(({ response }, index) => {
    if (response) response.content = Buffer.from(contents[index] ?? '', 'latin1');
  });
  return on;
};

const multipart =
  (blank: string, asked = 'bytes=0-1,4-5') =>
  (): Promise<LookedAt> => {
    const body = `--b\r\nContent-Range: bytes 0-1/10\r\n${blank}01\r\n--b--\r\n`;
    const head = 'Content-Type: multipart/byteranges; boundary=b\r\n';
    return withContent(one(answer(head, { status: '206 Partial Content', body, type: false }), ranged(asked)), body);
  };

const bytesOf = (middle: string) => (): Promise<LookedAt> =>
  withContent(two([ask(), page], [ranged('bytes=2-4'), part('bytes 2-4/10', middle)]), '0123456789', middle);

/** After ten minutes the next request is sent again and again. */
const again =
  (times: number, after: (talk: Conversation) => unknown = () => {}) =>
  () => {
    const request = ask('', '/2');
    const idle = talk([[ask(), answer()]], (conversation) => conversation.ack('client').wait(600_000));
    const given = { seq: idle.next.client, flags: FLAG.ack | FLAG.psh, payload: text(request) };
    idle.data('client', request);
    for (let count = 0; count < times; count++) idle.wait(200 * 2 ** count).segment('client', given);
    after(idle);
    return looked(idle.packets);
  };

const accepted = (request: string): (() => Promise<LookedAt>) => one(answer(), request);
const refusedRequest = (request: string): (() => Promise<LookedAt>) =>
  one(answer('Connection: close\r\n', { status: '400 Bad Request' }), request);

const smuggled = (request: string): Case => ({ fires: accepted(request), frames: [4, 5], silent: refusedRequest(request) });

const refusal = answer('Connection: close\r\n', { status: '400 Bad Request' });
const refusedPost = answer('Allow: GET\r\n', { status: '405 Method Not Allowed' });
const lastPage = answer('Connection: close\r\n');
const inChunks = (body: string) => `${ask('Transfer-Encoding: chunked\r\n', '/', 'POST')}${body}`;
const bothFields = `${ask('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '/', 'POST')}0\r\n\r\n`;
const hiddenCoding = (before: string) =>
  `${ask(`Content-Length: 5\r\nX-Thing: a${before}Transfer-Encoding: chunked\r\n`, '/', 'POST')}0\r\n\r\n`;

/** A direct question about parsers, with the second request behind it in the same segment, and these responses. */
export const question = (id: string, request: string, responses: readonly string[]) => (): Promise<LookedAt> =>
  stepped(
    `parsers.${id}`,
    looked(
      talk([[`${request}${ask('Connection: close\r\n')}`, null]], (conversation) => {
        for (const response of responses) conversation.data('server', response);
        conversation.close('server');
      }).packets,
    ),
  );

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
/** A 100 that comes with the answer to the next request. */
const lateContinue = (headers: string) => two([`${post(headers)}hello`, answer()], [ask(), `${CONTINUE}${answer()}`]);

/** The body is kept back after a final response; the next request gets no answer for so long. */
const withheld = (ms: number) => () =>
  looked(
    talk(
      [
        [post('Expect: 100-continue\r\n'), answer('', { status: '413 Content Too Large' })],
        [ask(), null],
      ],
      (conversation) => conversation.wait(ms).fin('client'),
    ).packets,
  );

/** A request that meets the close of its idle connection. */
export const racing = (order: 'before' | 'crossing' | 'crash' | 'answered') => () =>
  looked(
    talk([[ask(), answer()]], (conversation) => {
      conversation.wait(5_000);
      if (order === 'before') conversation.fin('server').data('client', ask()).rst('server');
      else if (order === 'crossing') conversation.data('client', ask()).fin('server').rst('server');
      else if (order === 'crash') conversation.data('client', ask()).rst('server');
      else conversation.data('client', ask()).data('server', answer()).fin('server');
    }).packets,
  );

/** Three clients close after their response; the server closes `ms` after each of them. */
const clientCloses = (ms: number) => (): Promise<LookedAt> =>
  inTurn(
    ...Array.from(
      { length: 3 },
      () => (given: ConversationGiven) =>
        talk([[ask(), answer()]], (conversation) => conversation.fin('client').wait(ms).fin('server'), given),
    ),
  );

/** The server closes when the first half of the next request has come, 5 s after its response. */
const closedInHead = (headers: string) => () =>
  looked(
    talk([[ask(), answer(headers)]], (conversation) =>
      conversation.wait(5_000).data('client', ask().slice(0, 20)).fin('server').data('client', ask().slice(20)).rst('server'),
    ).packets,
  );

const slow =
  (ms: number): (() => Promise<LookedAt>) =>
  () => {
    const conversation = talk([]);
    for (let index = 0; index < 3; index++) conversation.data('client', ask()).wait(ms).data('server', answer());
    return looked(conversation.packets);
  };

/** A silent connection, and a request on another one that is answered after `ms`; the silent one is closed then, or at the end. */
const beside = (closes: 'first' | 'last') => () => {
  const silent = talk([], undefined, { clientPort: 40_001 });
  const [start] = silent.packets;
  const other = talk([], undefined, { clientPort: 40_002, startNs: (start?.timeNs ?? 0n) + 1_000_000n });
  other.data('client', ask()).wait(4_000).data('server', answer());
  silent.wait(closes === 'first' ? 3_990 : 9_000).fin('client');
  return looked([...silent.packets, ...other.packets].sort((a, b) => Number(a.timeNs - b.timeNs)));
};

const chunked = (...chunks: string[]): string => answer('Transfer-Encoding: chunked\r\n', { length: null, body: chunks.join('') });

/** A response at 22:13:20 in a run, which says that it is another time. */
const dated =
  (time: string, headers = '') =>
  () =>
    stepped('identify.http', one(answer(`Date: Tue, 14 Nov 2023 ${time} GMT\r\n${headers}`, { date: false }))());

const switched = { status: '101 Switching Protocols', body: '', length: null, type: false, date: false };

/** The same content at two times, modified at these seconds. */
const modified = (first: string, second: string) => (): Promise<LookedAt> => {
  const at = (date: string, changed: string): string =>
    answer(`Date: Tue, 14 Nov 2023 22:13:${date} GMT\r\nLast-Modified: Tue, 14 Nov 2023 22:13:${changed} GMT\r\n`, { date: false });
  return withContent(two([ask(), at('20', first)], [ask(), at('23', second)]), 'hello', 'hello');
};

/** The same content each time, with these ETags. */
const tagged =
  (...tags: readonly string[]) =>
  (): Promise<LookedAt> =>
    withContent(() => spoken(...tags.map((tag): [string, string] => [ask(), answer(`ETag: ${tag}\r\n`)])), ...tags.map(() => 'hello'));

const plainPage = (size: number, headers = '') => answer(`Vary: Accept-Encoding\r\n${headers}`, { body: 'x'.repeat(size) });
const coded = (size: number, headers = 'Vary: Accept-Encoding\r\n') =>
  answer(`Content-Encoding: gzip\r\n${headers}`, { body: 'y'.repeat(size) });
const gzipAsked = ask('Accept-Encoding: gzip\r\n');

/** `hello` plain, then coded, then plain again. */
const zipped = (gzip: Uint8Array, last = 'hello'): Promise<LookedAt> =>
  withContent(
    () =>
      spoken([ask(), answer('Vary: Accept-Encoding\r\n')], [gzipAsked, coded(gzip.length)], [ask(), answer('Vary: Accept-Encoding\r\n')]),
    'hello',
    Buffer.from(gzip).toString('latin1'),
    last,
  );

const upload = (status: string, end: 'RST' | 'FIN') => () =>
  looked(
    talk([], (conversation) => {
      conversation.data('client', ask('Content-Length: 10\r\n', '/', 'POST'));
      conversation.data('server', answer('Connection: close\r\n', { status }));
      conversation.data('client', '0123456789');
      if (end === 'RST') conversation.rst('server');
      else conversation.fin('server').fin('client');
    }).packets,
  );

export const retransmitted = (count: number) => () =>
  looked(
    talk([[ask(), answer('', { body: 'x'.repeat(500) })]], (conversation) => {
      for (let index = 0; index < count; index++)
        conversation.wait(300).segment('server', { seq: 5001, flags: FLAG.ack | FLAG.psh, payload: Buffer.alloc(600, 120) });
    }).packets,
  );

/** The end of a response comes when the head has been acknowledged. */
const heldResponse = (ms: number) => () => {
  const response = answer();
  const end = response.length - 5;
  return looked(
    talk([], (conversation) =>
      conversation
        .data('client', ask())
        .ack('server')
        .data('server', response.slice(0, end))
        .wait(ms)
        .ack('client')
        .data('server', response.slice(end))
        .ack('client'),
    ).packets,
  );
};
const post = (headers = '') => ask(`${headers}Content-Length: 5\r\n`, '/', 'POST');
const heldRequest = (ms: number) => () =>
  looked(
    talk([], (conversation) => conversation.data('client', post()).wait(ms).ack('server').data('client', 'hello').data('server', answer()))
      .packets,
  );
export const expecting =
  (ms: number, version = '1.1') =>
  () =>
    looked(
      talk([], (conversation) =>
        conversation
          .data('client', post('Expect: 100-continue\r\n').replace('HTTP/1.1', `HTTP/${version}`))
          .wait(ms)
          .data('client', 'hello')
          .data('server', answer()),
      ).packets,
    );
const zero = (side: 'client' | 'server', window: number) => () =>
  looked(talk([[ask(), answer()]], (conversation) => conversation.segment(side, { flags: FLAG.ack, window })).packets);

const inEach = (packets: Conversation, keep: (index: number) => boolean) => looked(packets.packets.filter((_, index) => keep(index)));

const captureWith = (capture: Partial<LookedAt['capture']>) => async (): Promise<LookedAt> => {
  const on = await sound();
  return { ...on, capture: { ...on.capture, ...capture } };
};

/** Evidence of a server that is asked to stop before `frame`: when the steps before it begin, and when its process ends. */
const stopping =
  (frame: number, steps: Readonly<Record<string, number>>, conversation: () => Conversation, endS: number | null = null, atS = 0) =>
  async (): Promise<LookedAt> => {
    const on = await looked(conversation().packets);
    const marks = Object.entries(steps).map(([id, first]) => ({ id, frame: first, timeNs: 0 }));
    const scenario = marks.at(-1)!.id;
    for (const exchange of on.exchanges)
      exchange.step = marks.findLast(({ frame: first }) => first <= (exchange.request?.frames[0] ?? 0))?.id ?? null;
    const end = endS === null ? null : { code: 0, signal: null, timeNs: endS * 1e9, frame: on.capture.frames + 1 };
    return { ...on, cell: { ...on.cell, scenario }, steps: marks, stop: { signal: 'SIGTERM', timeNs: atS * 1e9, frame, end } };
  };
/** A step's connection. */
type Staged = readonly [step: string, make: (given: ConversationGiven) => Conversation];

/** Evidence of steps that have one connection each, one after the other. */
const staged =
  (...parts: readonly Staged[]) =>
  async (): Promise<LookedAt> => {
    const steps: LookedAt['steps'] = [];
    let frame = 1;
    const packets = parts.flatMap(([id, make], index) => {
      const made = make({ clientPort: 40_000 + index, startNs: 1_700_000_000_000_000_000n + BigInt(index) * 100_000_000n }).packets;
      steps.push({ id, frame, timeNs: 0 });
      frame += made.length;
      return made;
    });
    const on = await looked(packets);
    for (const exchange of on.exchanges)
      exchange.step = steps.findLast(({ frame: first }) => first <= (exchange.request?.frames[0] ?? 0))?.id ?? null;
    return { ...on, steps };
  };
const asked =
  (ms: number, response = answer()) =>
  (given: ConversationGiven) =>
    talk([], (conversation) => conversation.data('client', ask()).wait(ms).data('server', response), given);
const askedTwice = (ms: number) => (given: ConversationGiven) =>
  talk(
    [],
    (conversation) => {
      for (const wait of [ms, 5]) conversation.data('client', ask()).wait(wait).data('server', answer());
    },
    given,
  );
const nothing = (given: ConversationGiven) => talk([], undefined, given);
const PLAIN: Staged = ['limits.plain', asked(1)];
const UNREAD: Staged = ['starvation.reader', asked(1, answer('', { length: 90_000 }))];
const ALONE: Staged = ['starvation.plain', asked(1)];
const tooLarge = answer('Connection: close\r\n', { status: '431 Request Header Fields Too Large' });
const without = (end: (conversation: Conversation) => unknown) => (given: ConversationGiven) =>
  talk([[ask(), null]], (conversation) => end(conversation), given);
/** Beside a connection that is closed by the client after 3 s. */
const held = (given: ConversationGiven) => talk([], (conversation) => conversation.wait(3_000).fin('client'), given);
const besides = (step: string, name: string): Case => ({
  fires: staged(ALONE, [step, held], [name, asked(4_000)]),
  frames: [6, 13, 14],
  // It is only slow.
  silent: staged(ALONE, [step, held], [name, asked(2_000)]),
});

/** Beside a connection that is closed 5 s after its response, one with a second request after 2.6 s, closed `ms` after that. */
const usedAgain = (ms: number) => async (): Promise<LookedAt> => {
  const on = await staged(
    [
      'idle-used',
      (given) =>
        talk(
          [[ask(), answer()]],
          (conversation) => conversation.wait(2_600).data('client', ask()).data('server', answer()).wait(ms).fin('server'),
          given,
        ),
    ],
    ['idle-used.other', (given) => talk([[ask(), answer()]], (conversation) => conversation.wait(5_000).fin('server'), given)],
  )();
  on.steps.splice(1);
  const observed = observations.find(({ id }) => id === 'idle.restarts')?.observe(on);
  return { ...on, values: observed ? { 'idle.restarts': observed } : {} };
};

const halfPost = ask('Content-Length: 10\r\n', '/', 'POST');
const IN_POST = { 'shutdown.half-body': 1, 'shutdown-idle': 5 };
const WHILE_IDLE = { 'shutdown-idle.request': 1, 'shutdown-idle': 6 };
const UNUSED = { 'shutdown.silent': 1, 'shutdown-idle': 4 };
const WHILE_BUSY = { 'shutdown-busy.request': 1, 'shutdown-busy': 6 };

export const CASES: Readonly<Record<FindingId, Case>> = {
  'framing.content-length-long': {
    fires: closing(answer('', { length: 100 }), (conversation) => conversation.close('server')),
    frames: [4, 5, 6],
    // The client left first.
    silent: closing(answer('', { length: 100 }), (conversation) => conversation.close('client')),
  },
  'framing.content-length-short': { fires: one(answer('', { length: 2 })), frames: [4, 5], silent: sound },
  'framing.body-never-ends': {
    fires: closing(answer('', { length: 100 }), (conversation) => conversation.wait(6_000).close('client')),
    frames: [4, 5, 6],
    silent: closing(answer('', { length: 100 }), (conversation) => conversation.wait(1_000).close('client')),
  },
  'framing.no-last-chunk': {
    fires: closing(chunked('5\r\nhello\r\n'), (conversation) => conversation.close('server')),
    frames: [4, 5, 6],
    silent: closing(chunked('5\r\nhello\r\n', '0\r\n\r\n'), (conversation) => conversation.close('server')),
  },
  'framing.end-missing': {
    fires: closing(chunked('5\r\nhello\r\n'), (conversation) => conversation.wait(6_000).close('client')),
    frames: [4, 5, 6],
    silent: closing(
      answer('Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n', { length: null, type: false, body: '5\r\nhello\r\n' }),
      (conversation) => conversation.wait(6_000).close('client'),
    ),
  },
  'framing.end-by-timer': {
    fires: closing(answer('', { length: null }), (conversation) => conversation.wait(5_000).close('server')),
    frames: [4, 5, 6],
    silent: closing(answer('', { length: null }), (conversation) => conversation.wait(100).close('server')),
  },
  'framing.204-body': {
    fires: one(answer('', { status: '204 No Content', length: null, body: 'hello' })),
    frames: [4, 5],
    silent: one(answer('', { status: '204 No Content', length: null, body: '' })),
  },
  'framing.205-body': {
    fires: one(answer('', { status: '205 Reset Content' })),
    frames: [4, 5],
    silent: one(answer('', { status: '205 Reset Content', body: '' })),
  },
  'framing.304-body': {
    fires: one(answer('', { status: '304 Not Modified', length: null, body: 'hello' }), condition),
    frames: [4, 5],
    silent: one(not(''), condition),
  },
  'framing.head-body': {
    fires: one(answer(), ask('', '/', 'HEAD')),
    frames: [4, 5],
    silent: one(answer('', { body: '', length: 5 }), ask('', '/', 'HEAD')),
  },
  'framing.204-length': {
    fires: one(answer('', { status: '204 No Content', body: '', length: 0 })),
    frames: [4, 5],
    silent: one(answer('', { status: '204 No Content', body: '', length: null })),
  },
  'framing.204-transfer-encoding': {
    fires: one(answer('Transfer-Encoding: chunked\r\n', { status: '204 No Content', body: '', length: null })),
    frames: [4, 5],
    silent: one(answer('', { status: '204 No Content', body: '', length: 0 })),
  },
  'framing.conflicting-lengths': {
    fires: one(answer('Content-Length: 4\r\n')),
    frames: [4, 5],
    silent: one(answer('Content-Length: 5\r\n')),
  },
  'framing.repeated-length': { fires: one(answer('Content-Length: 5\r\n')), frames: [4, 5], silent: sound },
  'framing.invalid-length': { fires: one(answer('Content-Length: -5\r\n', { length: null })), frames: [4, 5], silent: sound },
  'framing.length-with-transfer-encoding': {
    fires: one(answer('Transfer-Encoding: chunked\r\n', { body: '5\r\nhello\r\n0\r\n\r\n' })),
    frames: [4, 5],
    silent: one(chunked('5\r\nhello\r\n0\r\n\r\n')),
  },
  'framing.chunked-to-http10': {
    fires: one(chunked('5\r\nhello\r\n0\r\n\r\n'), ask('', '/', 'GET', '1.0')),
    frames: [4, 5],
    silent: one(chunked('5\r\nhello\r\n0\r\n\r\n')),
  },
  'framing.chunked-repeated': {
    fires: one(answer('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', { length: null, body: '5\r\nhello\r\n0\r\n\r\n' })),
    frames: [4, 5],
    silent: one(answer('Transfer-Encoding: gzip, chunked\r\n', { length: null, body: '5\r\nhello\r\n0\r\n\r\n' })),
  },
  'framing.transfer-coding-unknown': {
    fires: one(answer('Transfer-Encoding: identity\r\n')),
    frames: [4, 5],
    silent: one(chunked('0\r\n\r\n')),
  },
  'framing.chunk-broken': {
    fires: one(chunked('4\r\nhello\r\n0\r\n\r\n')),
    frames: [4, 5],
    silent: one(chunked('5;x=y\r\nhello\r\n0\r\n\r\n')),
  },
  'framing.chunk-line-odd': {
    fires: one(chunked('5 \r\nhello\r\n0\r\n\r\n')),
    frames: [4, 5],
    silent: one(chunked('5 ; x=y\r\nhello\r\n0\r\n\r\n')),
  },
  'framing.junk-before-status-line': {
    fires: one(`\r\n${answer()}`),
    frames: [4, 5],
    // Before a request an empty line is allowed.
    silent: one(answer(), `\r\n${ask()}`),
  },
  'framing.bare-lf': { fires: one(answer().replaceAll('\r\n', '\n')), frames: [4, 5], silent: sound },
  'framing.folded-line': { fires: one(answer('X-Long: a\r\n b\r\n')), frames: [4, 5], silent: one(answer('X-Long: a b\r\n')) },
  'framing.space-before-colon': { fires: one(answer('X-Thing : a\r\n')), frames: [4, 5], silent: one(answer('X-Thing:a \r\n')) },
  'framing.field-line-broken': { fires: one(answer('no colon here\r\n')), frames: [4, 5], silent: one(answer('x-empty:\r\n')) },
  'framing.status-line': { fires: one(answer('', { status: '999 Odd' })), frames: [4, 5], silent: one(answer('', { status: '200 ' })) },
  'framing.status-line-space': {
    fires: one(answer('', { status: '200' })),
    frames: [4, 5],
    silent: one(answer('', { status: '200 ' })),
  },
  'framing.trailer-forbidden': {
    fires: one(chunked('5\r\nhello\r\n', '0\r\nContent-Length: 5\r\n\r\n')),
    frames: [4, 5],
    silent: one(chunked('5\r\nhello\r\n', '0\r\nServer-Timing: a\r\n\r\n')),
  },
  'framing.head-large': {
    fires: one(answer(`X-Long: ${'a'.repeat(8_200)}\r\n`)),
    frames: [4, 5],
    silent: one(answer(`X-Long: ${'a'.repeat(8_000)}\r\n`)),
  },
  'framing.no-status-line': { fires: one('hello, no status line\r\n'), frames: [4, 5], silent: sound },

  'connection.keep-alive-race': { fires: racing('before'), frames: [6, 7, 8], silent: racing('answered') },
  'connection.head-timer-on-reuse': { fires: closedInHead(''), frames: [6, 7, 9], silent: closedInHead('Keep-Alive: timeout=5\r\n') },
  'connection.closed-instead-of-answering': {
    fires: () => looked(talk([[ask(), null]], (conversation) => conversation.close('server')).packets),
    frames: [4, 5],
    // A request that it may refuse without a word.
    silent: () => looked(talk([['GET / HTTP/1.1\r\n\r\n', null]], (conversation) => conversation.close('server')).packets),
  },
  'connection.reset-in-response': {
    fires: closing(answer('', { length: 100 }), (conversation) => conversation.rst('server')),
    frames: [4, 5, 6],
    silent: closing(answer('', { length: 100 }), (conversation) => conversation.rst('client')),
  },
  'connection.upload-reset': {
    fires: upload('413 Content Too Large', 'RST'),
    frames: [4, 5, 7],
    silent: upload('413 Content Too Large', 'FIN'),
  },
  'connection.reset-after-response': {
    fires: closing(answer('Connection: close\r\n'), (conversation) => conversation.rst('server')),
    frames: [4, 5, 6],
    silent: closing(answer('Connection: close\r\n'), (conversation) => conversation.close('server')),
  },
  'exchange.unanswered': {
    fires: () => looked(talk([[ask(), null]], (conversation) => conversation.wait(8_000).close('client')).packets),
    frames: [4, 5],
    silent: () => looked(talk([[ask(), null]], (conversation) => conversation.wait(2_000).close('client')).packets),
  },
  'exchange.never-acknowledged': {
    fires: again(4),
    frames: [7, 8, 9, 10, 11],
    silent: again(4, (conversation) => conversation.ack('server').wait(60_000).rst('client')),
  },
  'connection.idle-reset': {
    fires: closing(answer(), (conversation) => conversation.wait(5_000).rst('server')),
    frames: [4, 5, 6],
    silent: closing(answer(), (conversation) => conversation.wait(5_000).close('server')),
  },
  'connection.client-close-ignored': { fires: clientCloses(4_000), frames: [6, 7], silent: clientCloses(10) },
  'limits.one-blocks-all': besides('starvation.silent', 'starvation.beside-one'),
  'limits.few-delay-others': {
    fires: staged(ALONE, ['starvation.many-silent', nothing], ['starvation.beside-many', asked(2_000)]),
    frames: [6, 12, 13],
    silent: staged(ALONE, ['starvation.many-silent', held], ['starvation.beside-many', asked(4_000)]),
  },
  'limits.few-block-all': besides('starvation.many-silent', 'starvation.beside-many'),
  'limits.reader-blocks-all': {
    fires: staged(ALONE, UNREAD, ['starvation.beside-reader', without((conversation) => conversation.wait(3_000).fin('client'))]),
    frames: [6, 14],
    silent: staged(ALONE, UNREAD, ['starvation.beside-reader', asked(500)]),
  },
  'limits.slow-accept': {
    fires: staged(
      ['starvation.plain', askedTwice(400)],
      ['starvation.plain-second', askedTwice(400)],
      ['starvation.plain-third', askedTwice(400)],
    ),
    frames: [11, 12, 13, 14],
    // The first one alone: the server had to warm up.
    silent: staged(
      ['starvation.plain', askedTwice(400)],
      ['starvation.plain-second', askedTwice(9)],
      ['starvation.plain-third', askedTwice(9)],
    ),
  },
  'limits.head-unlimited': {
    fires: staged(PLAIN, ['limits.head-2048000', asked(1)]),
    frames: [9, 10],
    silent: staged(PLAIN, ['limits.head-2048000', asked(1, tooLarge)]),
  },
  'limits.refused-silently': {
    fires: staged(PLAIN, ['limits.head-8000', without((conversation) => conversation.rst('server'))]),
    frames: [9, 10],
    silent: staged(PLAIN, ['limits.head-8000', asked(1, tooLarge)]),
  },
  'limits.request-line-short': {
    fires: staged(PLAIN, ['limits.line-8000', asked(1, tooLarge)]),
    frames: [9, 10],
    silent: staged(PLAIN, ['limits.line-8000', asked(1)], ['limits.line-16000', asked(1, tooLarge)]),
  },
  'limits.refusal-reset': {
    fires: staged(PLAIN, ['limits.head-8000', (given) => talk([[ask(), tooLarge]], (conversation) => conversation.rst('server'), given)]),
    frames: [9, 10, 11],
    silent: staged(PLAIN, ['limits.head-8000', (given) => talk([[ask(), tooLarge]], (conversation) => conversation.fin('server'), given)]),
  },
  'shutdown.download-cut': {
    fires: stopping(6, WHILE_BUSY, () =>
      talk([[ask(), answer('', { length: 100 })]], (conversation) => conversation.wait(100).fin('server')),
    ),
    frames: [4, 5, 6],
    silent: stopping(6, WHILE_BUSY, () =>
      talk([[ask(), answer('', { length: 10 })]], (conversation) => conversation.wait(100).data('server', '56789').fin('server')),
    ),
  },
  'shutdown.request-dropped': {
    fires: stopping(
      5,
      IN_POST,
      () => talk([[`${halfPost}half`, null]], (conversation) => conversation.wait(1_000).fin('server')),
      null,
      0.9,
    ),
    frames: [4, 5],
    // It came at the same time as the order to stop.
    silent: stopping(
      5,
      IN_POST,
      () => talk([[`${halfPost}half`, null]], (conversation) => conversation.wait(1_000).fin('server')),
      null,
      0.1,
    ),
  },
  'shutdown.ignored': {
    fires: stopping(1, { 'shutdown-idle': 1 }, () => talk([[ask(), answer()]], (conversation) => conversation.wait(8_000).ack('client'))),
    frames: [1, 4, 5],
    silent: stopping(
      1,
      { 'shutdown-idle': 1 },
      () => talk([[ask(), answer()]], (conversation) => conversation.wait(8_000).ack('client')),
      7,
    ),
  },
  'shutdown.idle-kept': {
    fires: stopping(6, WHILE_IDLE, () => talk([[ask(), answer()]], (conversation) => conversation.wait(4_000).fin('server')), 4.1),
    frames: [5, 6],
    silent: stopping(6, WHILE_IDLE, () => talk([[ask(), answer()]], (conversation) => conversation.wait(500).fin('server')), 4.1),
  },
  'shutdown.unused-kept': {
    fires: stopping(4, UNUSED, () => talk([], (conversation) => conversation.wait(8_000).fin('server')), 8.2),
    frames: [3, 4],
    silent: stopping(4, UNUSED, () => talk([], (conversation) => conversation.wait(5_500).fin('server')), 5.6),
  },
  'shutdown.close-not-said': {
    fires: stopping(5, IN_POST, () => talk([[halfPost, null]], (conversation) => conversation.data('server', answer()).fin('server'))),
    frames: [4, 5, 6],
    silent: stopping(5, IN_POST, () =>
      talk([[halfPost, null]], (conversation) => conversation.data('server', answer('Connection: close\r\n')).fin('server')),
    ),
  },
  'shutdown.idle-reset': {
    fires: stopping(6, WHILE_IDLE, () => talk([[ask(), answer()]], (conversation) => conversation.wait(100).rst('server'))),
    frames: [5, 6],
    silent: stopping(6, WHILE_IDLE, () => talk([[ask(), answer()]], (conversation) => conversation.wait(100).fin('server'))),
  },
  'connection.refused': {
    fires: () => looked(talk([]).packets.slice(0, 0).concat(refusedSyn())),
    frames: [1, 2],
    silent: () => looked(talk([], (conversation) => conversation.rst('server')).packets),
  },
  'connection.syn-unanswered': {
    fires: () => looked(syns(2)),
    frames: [1, 2],
    // The capture ends before an answer could come.
    silent: () => looked(syns(1)),
  },
  'connection.keep-alive-said-and-closed': {
    fires: closing(answer('Connection: keep-alive\r\n'), (conversation) => conversation.close('server')),
    frames: [4, 5, 6],
    silent: closing(answer('Connection: keep-alive\r\n'), (conversation) => conversation.wait(5_000).close('server')),
  },
  'connection.closed-without-saying': {
    fires: closing(answer(), (conversation) => conversation.close('server')),
    frames: [4, 5, 6],
    silent: closing(answer('Connection: close\r\n'), (conversation) => conversation.close('server')),
  },
  'connection.close-said-and-kept': {
    fires: two([ask(), answer('Connection: close\r\n')], [ask(), answer()]),
    frames: [4, 5, 7],
    silent: closing(answer('Connection: close\r\n'), (conversation) => conversation.wait(5).close('server')),
  },
  'connection.close-ignored': {
    fires: () =>
      looked(talk([[ask('Connection: close\r\n'), answer()]], (conversation) => conversation.wait(5_000).close('client')).packets),
    frames: [4, 5, 6],
    silent: () => looked(talk([[ask('Connection: close\r\n'), answer()]], (conversation) => conversation.wait(5).close('client')).packets),
  },
  'connection.closed-before-advertised': {
    fires: closing(answer('Keep-Alive: timeout=20\r\n'), (conversation) => conversation.wait(4_000).close('server')),
    frames: [4, 5, 6],
    silent: closing(answer('Keep-Alive: timeout=4\r\n'), (conversation) => conversation.wait(4_000).close('server')),
  },
  'connection.one-at-a-time': { fires: beside('first'), frames: [7, 8, 9], silent: beside('last') },
  'pipelining.dropped': {
    fires: pipelined((conversation) => conversation.data('server', answer()).wait(3_000).close('client')),
    frames: [4, 5, 6],
    silent: pipelined((conversation) => conversation.data('server', answer()).wait(3_000).close('server')),
  },
  'exchange.repeated-after-loss': {
    fires: () =>
      inTurn(
        (given) => talk([[ask(), null]], (conversation) => conversation.close('server'), given),
        (given) => talk([[ask(), answer()]], undefined, given),
      ),
    frames: [4, 5, 11],
    silent: () =>
      inTurn(
        (given) => talk([[ask(), null]], (conversation) => conversation.close('server'), given),
        (given) => talk([[ask('', '/other'), answer()]], undefined, given),
      ),
  },
  'exchange.aborted-by-client': {
    fires: closing(answer('', { length: 100 }), (conversation) => conversation.rst('client')),
    frames: [4, 5, 6],
    silent: closing(answer(), (conversation) => conversation.rst('client')),
  },
  'exchange.unsolicited-response': {
    fires: () =>
      looked(
        talk([], (conversation) =>
          conversation
            .wait(9_000)
            .data('server', answer('', { status: '408 Request Timeout' }))
            .close('server'),
        ).packets,
      ),
    frames: [4],
    // What was asked is not in the capture.
    silent: () => inEach(talk([[ask(), answer()]]), (index) => index !== 3),
  },

  'exchange.answered-twice': {
    fires: closing(answer() + answer('', { status: '404 Not Found' }), (conversation) => conversation.wait(500).close('client')),
    frames: [4, 5],
    silent: closing(answer() + answer('', { status: '408 Request Timeout' }), (conversation) => conversation.wait(500).close('client')),
  },
  'body.becomes-request': {
    fires: two(
      [`${ask('Content-Length: 2\r\n', '/', 'POST')}{}`, answer('', { status: '405 Method Not Allowed' })],
      [ask(), answer('', { status: '501 Not Implemented' })],
    ),
    frames: [4, 6, 7],
    silent: two(
      [ask('', '/', 'POST'), answer('', { status: '405 Method Not Allowed' })],
      [ask(), answer('', { status: '501 Not Implemented' })],
    ),
  },

  'connection.upload-cut': {
    fires: () => looked(talk([], (conversation) => conversation.data('client', `${post()}hel`).rst('server')).packets),
    frames: [4, 5],
    silent: () => looked(talk([], (conversation) => conversation.data('client', `${post()}hel`).rst('client')).packets),
  },
  'expect.100-after-response': {
    fires: lateContinue('Expect: 100-continue\r\n'),
    frames: [4, 5, 7],
    // Nothing was expected: an interim response is the server's own idea.
    silent: lateContinue(''),
  },
  'expect.100-twice': {
    fires: one(`${CONTINUE}${CONTINUE}${answer()}`, post('Expect: 100-continue\r\n').concat('hello')),
    frames: [4, 5],
    silent: one(`${CONTINUE}${answer()}`, post('Expect: 100-continue\r\n').concat('hello')),
  },
  'expect.interim-to-http10': {
    fires: one(`${CONTINUE}${answer()}`, ask('', '/', 'GET', '1.0')),
    frames: [4, 5],
    silent: one(`${CONTINUE}${answer()}`),
  },
  'expect.next-request-lost': { fires: withheld(5_000), frames: [4, 5, 6, 7], silent: withheld(5) },

  'range.content-range-missing': {
    fires: one(answer('', { status: '206 Partial Content' }), ranged('bytes=0-4')),
    frames: [4, 5],
    silent: one(part('bytes 0-4/10', 'hello'), ranged('bytes=0-4')),
  },
  'range.content-range-invalid': {
    fires: one(part('0-4/10', 'hello'), ranged('bytes=0-4')),
    frames: [4, 5],
    // Its numbers are wrong, not its form.
    silent: one(part('bytes 0-10/10', 'hello'), ranged('bytes=0-4')),
  },
  'range.content-range-wrong': {
    fires: one(part('bytes 0-5/10', 'hello'), ranged('bytes=0-5')),
    frames: [4, 5],
    silent: one(part('bytes 0-4/10', 'hello'), ranged('bytes=0-4')),
  },
  'range.other-than-asked': {
    fires: one(part('bytes 9-9/10', '9'), ranged('bytes=99-')),
    frames: [4, 5],
    silent: one(part('bytes 9-9/10', '9'), ranged('bytes=-1')),
  },
  'range.total-wrong': {
    fires: two([ask(), page], [ranged('bytes=0-1'), part('bytes 0-1/11', '01')]),
    frames: [5, 6, 7],
    // Another version.
    silent: two([ask(), page], [ranged('bytes=0-1'), part('bytes 0-1/11', '01', 'ETag: "b"\r\n')]),
  },
  'range.bytes-wrong': { fires: bytesOf('345'), frames: [5, 6, 7], silent: bytesOf('234') },
  'range.of-coded-content': {
    fires: two([ask(), page], [ranged('bytes=0-4'), part('bytes 0-4/10', 'hello', 'Content-Encoding: gzip\r\n')]),
    frames: [6, 7],
    silent: two([ask(), page], [ranged('bytes=0-4'), part('bytes 0-4/8', 'hello', 'Content-Encoding: gzip\r\n')]),
  },
  'range.multipart-for-one': { fires: multipart('\r\n', 'bytes=0-1'), frames: [4, 5], silent: multipart('\r\n') },
  'range.multipart-broken': { fires: multipart(''), frames: [4, 5], silent: multipart('\r\n') },
  'range.multipart-content-range': {
    fires: one(
      answer('Content-Type: multipart/byteranges; boundary=b\r\nContent-Range: bytes 0-5/10\r\n', {
        status: '206 Partial Content',
        type: false,
      }),
      ranged('bytes=0-1,4-5'),
    ),
    frames: [4, 5],
    silent: one(
      answer('Content-Type: multipart/byteranges; boundary=b\r\n', { status: '206 Partial Content', type: false }),
      ranged('bytes=0-1,4-5'),
    ),
  },
  'range.etag-differs': {
    fires: two(
      [ask(), answer('ETag: "a"\r\nLast-Modified: x\r\n')],
      [ranged('bytes=0-1'), part('bytes 0-1/5', 'he', 'ETag: "b"\r\nLast-Modified: x\r\n')],
    ),
    frames: [5, 6, 7],
    silent: two(
      [ask(), answer('ETag: "a"\r\nLast-Modified: x\r\n')],
      [ranged('bytes=0-1'), part('bytes 0-1/5', 'he', 'ETag: "b"\r\nLast-Modified: y\r\n')],
    ),
  },
  'range.part-without-etag': {
    fires: two([ask(), page], [ranged('bytes=0-4'), part('bytes 0-4/10', '01234', '')]),
    frames: [5, 6, 7],
    silent: two([ask(), page], [ranged('bytes=0-4'), part('bytes 0-4/10', '01234')]),
  },
  'range.part-lacks-fields': {
    fires: two([ask(), answer('Vary: Accept-Encoding\r\n')], [ranged('bytes=0-1'), part('bytes 0-1/5', 'he', '')]),
    frames: [5, 6, 7],
    // The whole is coded, and the part is not.
    silent: two(
      [ask(), answer('Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n')],
      [ranged('bytes=0-1'), part('bytes 0-1/5', 'he', '')],
    ),
  },
  'range.content-range-on-200': {
    fires: one(answer('Content-Range: bytes 0-4/5\r\n')),
    frames: [4, 5],
    silent: one(part('bytes 0-4/5', 'hello'), ranged('bytes=0-')),
  },
  'range.not-as-advertised': {
    fires: one(answer('Accept-Ranges: bytes\r\n'), ranged('bytes=0-1')),
    frames: [4, 5],
    // It gets its part elsewhere.
    silent: two([ranged('bytes=0-1'), answer('Accept-Ranges: bytes\r\n')], [ranged('bytes=0-2'), part('bytes 0-2/5', 'hel', '')]),
  },
  'range.416-without-length': {
    fires: one(answer('', { status: '416 Range Not Satisfiable' }), ranged('bytes=99-')),
    frames: [4, 5],
    silent: one(answer('Content-Range: bytes */10\r\n', { status: '416 Range Not Satisfiable' }), ranged('bytes=99-')),
  },

  'conditional.304-without-etag': {
    fires: two([ask(), page], [condition, not('')]),
    frames: [5, 6, 7],
    silent: two([ask(), answer()], [ask('If-Modified-Since: x\r\n'), not('')]),
  },
  'conditional.304-other-etag': {
    fires: one(not('ETag: "b"\r\n'), condition),
    frames: [4, 5],
    silent: one(not('ETag: W/"b"\r\n'), ask('If-None-Match: "a", "b"\r\n')),
  },
  'conditional.304-lacks-fields': {
    fires: two([ask(), answer('ETag: "a"\r\nCache-Control: no-cache\r\n')], [condition, not('ETag: "a"\r\n')]),
    frames: [5, 6, 7],
    // The 200 has its Vary for the sake of a coding that was not asked for here.
    silent: two([gzipAsked, answer('ETag: "a"\r\nVary: Accept-Encoding\r\n')], [condition, not('ETag: "a"\r\n')]),
  },
  'conditional.304-lacks-vary': {
    fires: two([ask(), answer('ETag: "a"\r\nVary: Accept\r\n')], [condition, not('ETag: "a"\r\n')]),
    frames: [5, 6, 7],
    silent: () =>
      spoken(
        [ask(), answer('ETag: "a"\r\nVary: Accept\r\n')],
        [condition, not('ETag: "a"\r\nvary: accept\r\n')],
        // Of another status another page may come.
        [ask(), answer('', { status: '404 Not Found' })],
      ),
  },
  'conditional.304-other-length': {
    fires: two([ask(), page], [condition, not('ETag: "a"\r\nContent-Length: 11\r\n')]),
    frames: [5, 6, 7],
    silent: two([ask(), page], [condition, not('ETag: "a"\r\nContent-Length: 10\r\n')]),
  },
  'conditional.304-unasked': { fires: one(not('')), frames: [4, 5], silent: one(not(''), condition) },
  'conditional.412-for-get': {
    fires: one(answer('', { status: '412 Precondition Failed' }), condition),
    frames: [4, 5],
    silent: one(answer('', { status: '412 Precondition Failed' }), ask('If-None-Match: "a"\r\nIf-Match: "b"\r\n')),
  },
  'conditional.etag-ignored': {
    fires: one(page, condition),
    frames: [4, 5],
    silent: one(page, ask('If-None-Match: "a"\r\nCache-Control: no-cache\r\n')),
  },
  'conditional.date-ignored': {
    fires: one(answer('Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\n'), ask('If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT\r\n')),
    frames: [4, 5],
    silent: one(answer('Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\n'), ask('If-Modified-Since: Tue, 14 Nov 2023 22:13:21 GMT\r\n')),
  },

  'status.401-without-challenge': {
    fires: one(answer('', { status: '401 Unauthorized' })),
    frames: [4, 5],
    silent: one(answer('WWW-Authenticate: Bearer\r\n', { status: '401 Unauthorized' })),
  },
  'status.redirect-without-location': {
    fires: one(answer('', { status: '302 Found' })),
    frames: [4, 5],
    silent: one(answer('Location: /other\r\n', { status: '302 Found' })),
  },
  'status.redirect-to-itself': {
    fires: one(answer('Location: http://a.test/?x\r\n', { status: '301 Moved Permanently' }), ask('', '/?x')),
    frames: [4, 5],
    // It may lead elsewhere with the cookie.
    silent: one(answer('Location: /?x\r\nSet-Cookie: a=b\r\n', { status: '301 Moved Permanently' }), ask('', '/?x')),
  },
  'status.101-unasked': {
    fires: one(answer('Upgrade: websocket\r\n', switched)),
    frames: [4, 5],
    silent: one(answer('Upgrade: websocket\r\n', switched), ask('Upgrade: websocket\r\n')),
  },
  'status.426-without-upgrade': {
    fires: one(answer('', { status: '426 Upgrade Required' })),
    frames: [4, 5],
    silent: one(answer('Upgrade: websocket\r\n', { status: '426 Upgrade Required' })),
  },
  'methods.405-without-allow': {
    fires: one(answer('', { status: '405 Method Not Allowed' }), ask('', '/', 'DELETE')),
    frames: [4, 5],
    silent: one(answer('Allow: GET\r\n', { status: '405 Method Not Allowed' }), ask('', '/', 'DELETE')),
  },
  'methods.405-allows-it': {
    fires: one(answer('Allow: GET, DELETE\r\n', { status: '405 Method Not Allowed' }), ask('', '/', 'DELETE')),
    frames: [4, 5],
    silent: one(answer('Allow: GET\r\n', { status: '405 Method Not Allowed' }), ask('', '/', 'DELETE')),
  },
  'methods.options-without-allow': {
    fires: one(answer(), ask('', '/', 'OPTIONS')),
    frames: [4, 5],
    silent: one(answer(), ask('Access-Control-Request-Method: PUT\r\n', '/', 'OPTIONS')),
  },
  'methods.head-other-length': {
    fires: two([ask(), page], [ask('', '/', 'HEAD'), answer('ETag: "a"\r\n', { body: '', length: 11 })]),
    frames: [5, 6, 7],
    // The page may have changed.
    silent: two([ask(), page], [ask('', '/', 'HEAD'), answer('ETag: "b"\r\n', { body: '', length: 11 })]),
  },
  'methods.head-lacks-fields': {
    fires: two([ask(), answer('ETag: "a"\r\n')], [ask('', '/', 'HEAD'), answer('ETag: "a"\r\n', { body: '', length: 5, type: false })]),
    frames: [5, 6, 7],
    silent: two([ask(), answer('ETag: "a"\r\n')], [ask('', '/', 'HEAD'), answer('ETag: "a"\r\n', { body: '', length: 5 })]),
  },
  'methods.head-other-status': {
    fires: two([ask(), answer('', { status: '404 Not Found' })], [ask('', '/', 'HEAD'), answer('', { body: '' })]),
    frames: [5, 6, 7],
    silent: two(
      [ask(), answer('', { status: '404 Not Found' })],
      [ask('', '/', 'HEAD'), answer('', { status: '404 Not Found', body: '' })],
    ),
  },
  'methods.head-refused': {
    fires: two([ask(), page], [ask('', '/', 'HEAD'), answer('', { status: '404 Not Found', body: '' })]),
    frames: [5, 6, 7],
    silent: two([ask('', '/other'), page], [ask('', '/', 'HEAD'), answer('', { status: '404 Not Found', body: '' })]),
  },

  'methods.trace-echoes': {
    fires: () => withContent(one(answer('', { body: 'Cookie: a=b' }), ask('Cookie: a=b\r\n', '/', 'TRACE')), 'Cookie: a=b'),
    frames: [4, 5],
    silent: () => withContent(one(answer('', { body: 'Host: a.test' }), ask('Cookie: a=b\r\n', '/', 'TRACE')), 'Host: a.test'),
  },
  'smuggling.length-over-transfer-encoding': {
    fires: question('length-beyond-chunks', bothFields, [refusedPost, lastPage]),
    frames: [4, 5, 6, 7],
    // By its chunks.
    silent: question('length-beyond-chunks', bothFields, [refusedPost, answer(), lastPage]),
  },
  'smuggling.length-with-transfer-encoding': smuggled(
    `${ask('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '/', 'POST')}0\r\n\r\n`,
  ),
  'smuggling.conflicting-lengths': smuggled(`${ask('Content-Length: 2\r\nContent-Length: 3\r\n', '/', 'POST')}{}`),
  'smuggling.repeated-length': smuggled(`${ask('Content-Length: 2\r\nContent-Length: 2\r\n', '/', 'POST')}{}`),
  'smuggling.transfer-encoding-unknown': {
    fires: question('coding-unknown', ask('Transfer-Encoding: xchunked\r\n', '/', 'POST'), [refusedPost, lastPage]),
    frames: [4, 5, 6, 7],
    silent: question('coding-unknown', ask('Transfer-Encoding: xchunked\r\n', '/', 'POST'), [refusal]),
  },
  'smuggling.http10-transfer-encoding': {
    fires: question('coding-http10', ask('Transfer-Encoding: chunked\r\n', '/', 'POST', '1.0'), [refusedPost, lastPage]),
    frames: [4, 5, 6, 7],
    // It closes after its answer.
    silent: question('coding-http10', ask('Transfer-Encoding: chunked\r\n', '/', 'POST', '1.0'), [lastPage]),
  },
  'smuggling.chunk-size-overflow': {
    fires: question('chunk-overflow', inChunks('10000000000000002\r\nxx\r\n0\r\n\r\n'), [refusedPost, lastPage]),
    frames: [4, 5, 6, 7],
    silent: question('chunk-overflow', inChunks('10000000000000002\r\nxx\r\n0\r\n\r\n'), [refusal]),
  },
  'smuggling.chunk-line-lf': {
    fires: question('chunk-lf', inChunks('2;\nxx\r\n0\r\n\r\n'), [refusedPost, lastPage]),
    frames: [4, 5, 6, 7],
    // The body was refused after the answer.
    silent: question('chunk-lf', inChunks('2;\nxx\r\n0\r\n\r\n'), [refusedPost, refusal]),
  },
  'smuggling.refused-and-read-on': {
    fires: question('length-plus', ask('Content-Length: +5\r\n', '/', 'POST'), [answer('', { status: '400 Bad Request' }), lastPage]),
    frames: [4, 5, 6, 7],
    silent: question('length-plus', ask('Content-Length: +5\r\n', '/', 'POST'), [refusal]),
  },
  'smuggling.cr-ends-line': {
    fires: question('bare-cr', hiddenCoding('\r'), [refusedPost, answer(), lastPage]),
    frames: [4, 5, 6, 7, 8],
    silent: question('bare-cr', hiddenCoding('\r'), [refusedPost, lastPage]),
  },
  'smuggling.bare-cr': {
    fires: question('bare-cr', hiddenCoding('\r'), [refusedPost, lastPage]),
    frames: [4, 5, 6, 7],
    silent: question('bare-cr', hiddenCoding('\r'), [refusal]),
  },
  'smuggling.folded-line-read-alone': {
    fires: question('folded', hiddenCoding('\r\n '), [refusedPost, answer(), lastPage]),
    frames: [4, 5, 6, 7, 8],
    silent: question('folded', hiddenCoding('\r\n '), [refusedPost, lastPage]),
  },
  'smuggling.folded-line': smuggled(ask('X-Thing: a\r\n b\r\n')),
  'smuggling.space-before-colon': smuggled(ask('X-Thing : a\r\n')),
  'smuggling.two-hosts': smuggled(ask('Host: b.test\r\n')),
  'smuggling.no-host': smuggled('GET / HTTP/1.1\r\n\r\n'),
  'smuggling.bare-lf': smuggled('GET / HTTP/1.1\nHost: a.test\n\n'),
  'smuggling.nul': {
    fires: question('nul', ask('X-Thing: a\0b\r\n'), [answer(), lastPage]),
    frames: [4, 5, 6, 7],
    silent: question('nul', ask('X-Thing: a\0b\r\n'), [refusal]),
  },
  'request.empty-line-refused': {
    fires: question('empty-line', `\r\n${ask()}`, [refusal]),
    frames: [4, 5, 6],
    silent: question('empty-line', `\r\n${ask()}`, [answer(), lastPage]),
  },

  'header.repeated': {
    fires: one(answer('ETag: "a"\r\nETag: "b"\r\n')),
    frames: [4, 5],
    silent: one(answer('Set-Cookie: a\r\nSet-Cookie: b\r\nVary: a\r\nVary: b\r\n')),
  },
  'header.repeated-date': { fires: one(answer('date: Tue, 14 Nov 2023 22:13:20 GMT\r\n')), frames: [4, 5], silent: sound },
  'header.date-missing': {
    fires: one(answer('', { date: false })),
    frames: [4, 5],
    silent: one(answer('', { date: false, status: '500 Internal Server Error' })),
  },
  'header.date-missing-in-error': {
    fires: two([ask(), answer()], [ask(), answer('', { date: false, status: '400 Bad Request' })]),
    frames: [6, 7],
    // Nothing shows that its successes have one.
    silent: one(answer('', { date: false, status: '400 Bad Request' })),
  },
  'header.date-invalid': {
    fires: one(answer('Date: 2023-11-14 22:13:20\r\n', { date: false })),
    frames: [4, 5],
    silent: one(answer('Expires: 0\r\n')),
  },
  'header.date-obsolete': {
    fires: one(answer('Date: Tuesday, 14-Nov-23 22:13:20 GMT\r\n', { date: false })),
    frames: [4, 5],
    silent: one(answer('Expires: -1\r\n')),
  },
  'header.value-malformed': {
    fires: one(answer('Cache-Control: public; max-age=60\r\n')),
    frames: [4, 5],
    silent: one(answer('Cache-Control: public, max-age="60", no-cache="Set-Cookie, X-A",\r\n')),
  },
  'header.cookie-rejected': {
    fires: one(answer('Set-Cookie: id=1; Path=/; SameSite=None\r\n')),
    frames: [4, 5],
    silent: one(answer('Set-Cookie: id=1; Path=/; SameSite=None; Secure\r\nSet-Cookie: __Host-a=1; secure; Path=/\r\n')),
  },
  'header.date-off': {
    fires: dated('23:13:20'),
    frames: [4, 5],
    // A cache has kept it for an hour.
    silent: dated('21:13:20', 'Age: 3600\r\n'),
  },
  'header.last-modified-in-future': {
    fires: one(answer('Last-Modified: Tue, 14 Nov 2023 23:13:20 GMT\r\n')),
    frames: [4, 5],
    silent: one(answer('Last-Modified: Tue, 14 Nov 2023 22:13:21 GMT\r\n')),
  },
  'header.content-type-missing': {
    fires: one(answer('', { type: false })),
    frames: [4, 5],
    silent: one(answer('', { type: false, body: '' })),
  },
  'header.etag-unquoted': { fires: one(answer('ETag: abc\r\n')), frames: [4, 5], silent: one(answer('ETag: W/"abc"\r\n')) },
  'header.etag-invalid': {
    fires: one(answer('ETag: w/"a"\r\n')),
    frames: [4, 5],
    silent: one(answer('ETag: W/"a"\r\n')),
  },
  'cache.etag-changes': {
    fires: tagged('"a"', '"b"', '"a"'),
    frames: [5, 7],
    // The file was saved again.
    silent: tagged('"a"', '"b"', '"b"'),
  },
  'cache.etag-of-other-content': {
    fires: () => withContent(two([ask(), answer('ETag: "a"\r\n')], [ask(), answer('ETag: "a"\r\n')]), 'hello', 'other'),
    frames: [5, 7],
    silent: () => withContent(two([ask(), answer('ETag: W/"a"\r\n')], [ask(), answer('ETag: W/"a"\r\n')]), 'hello', 'other'),
  },
  'cache.modified-now': { fires: modified('20', '23'), frames: [5, 7], silent: modified('20', '20') },
  'cache.control-conflict': {
    fires: one(answer('Cache-Control: no-store, public\r\n')),
    frames: [4, 5],
    silent: one(answer('Cache-Control: public, private="X-A", max-age=60\r\n')),
  },
  'cache.shared-cookie': {
    fires: one(answer('Cache-Control: public, max-age=60\r\nSet-Cookie: id=1\r\n')),
    frames: [4, 5],
    silent: one(answer('Cache-Control: private, max-age=60\r\nSet-Cookie: id=1\r\n')),
  },
  'coding.vary-missing': {
    fires: two([ask(), plainPage(600)], [gzipAsked, coded(100, '')]),
    frames: [5, 7],
    // Nothing shows that it comes plain at all.
    silent: one(coded(100, ''), gzipAsked),
  },
  'coding.vary-missing-plain': {
    fires: two([ask(), answer('', { body: 'x'.repeat(100) })], [gzipAsked, coded(50)]),
    frames: [5, 7],
    silent: two([ask(), plainPage(100)], [gzipAsked, coded(50)]),
  },
  'coding.shared-etag': {
    fires: two([ask(), plainPage(600, 'ETag: "a"\r\n')], [gzipAsked, coded(100, 'Vary: Accept-Encoding\r\nETag: "a"\r\n')]),
    frames: [5, 7],
    silent: two([ask(), plainPage(600, 'ETag: W/"a"\r\n')], [gzipAsked, coded(100, 'Vary: Accept-Encoding\r\nETag: W/"a"\r\n')]),
  },
  'coding.mislabelled': {
    fires: two([ask(), plainPage(600)], [gzipAsked, coded(600)]),
    frames: [5, 7],
    silent: two([ask(), plainPage(600)], [gzipAsked, coded(100)]),
  },

  'coding.unknown': {
    fires: one(answer('Content-Encoding: utf-8\r\n')),
    frames: [4, 5],
    silent: one(answer('Content-Encoding: x-own\r\n'), ask('Accept-Encoding: x-own\r\n')),
  },
  'coding.identity-named': {
    fires: one(answer('Content-Encoding: identity\r\n')),
    frames: [4, 5],
    silent: one(answer('Content-Encoding: utf-8\r\n')),
  },
  'coding.refused-coding-used': {
    fires: one(answer('Content-Encoding: br\r\n'), gzipAsked),
    frames: [4, 5],
    silent: one(answer('Content-Encoding: x-gzip\r\n'), ask('Accept-Encoding: br;q=0, *;q=0.5\r\n')),
  },
  'coding.undecodable': {
    fires: () => zipped(gzipSync('hello').subarray(0, 12)),
    frames: [6, 7],
    silent: () => zipped(gzipSync('hello')),
  },
  'coding.other-content': {
    fires: () => zipped(gzipSync('other')),
    frames: [5, 6, 7, 9],
    // The page changes from one answer to the next.
    silent: () => zipped(gzipSync('other'), 'later'),
  },
  'status.server-errors': {
    fires: two([ask(), answer()], [ask(), answer('', { status: '502 Bad Gateway' })]),
    frames: [7],
    silent: one(answer('', { status: '501 Not Implemented' })),
  },
  'status.client-errors': {
    fires: one(answer('', { status: '404 Not Found' })),
    frames: [5],
    silent: one(answer('', { status: '302 Found' })),
  },
  'time.first-byte-slow': { fires: slow(800), frames: [4, 5], silent: slow(100) },
  'time.slowest': { fires: slow(2_000), frames: [4, 5], silent: slow(500) },
  'expect.no-100': { fires: expecting(1_000), frames: [4, 5], silent: expecting(100) },
  'tcp.server-delayed-ack': { fires: heldResponse(40), frames: [6, 7, 8], silent: heldResponse(5) },
  'tcp.client-delayed-ack': { fires: heldRequest(200), frames: [4, 5, 6], silent: heldRequest(5) },
  'tcp.retransmissions': { fires: retransmitted(3), frames: [6, 7, 8], silent: retransmitted(2) },
  'tcp.server-window-zero': { fires: zero('server', 0), frames: [6], silent: zero('server', 100) },
  'tcp.client-window-zero': { fires: zero('client', 0), frames: [6], silent: zero('client', 100) },
  'tcp.synack-repeated': {
    fires: () =>
      looked(
        syns(1, (conversation) =>
          conversation
            .synAck()
            .wait(1_000)
            .segment('server', { seq: 5000, flags: FLAG.syn | FLAG.ack })
            .ack('client'),
        ),
      ),
    frames: [2, 3],
    silent: sound,
  },

  'idle.shorter-than-proxies': { fires: valued('idle.used-s', 5), frames: [5], silent: valued('idle.used-s', null) },
  'idle.none': { fires: valued('idle.used-s', 0.001), frames: [5], silent: valued('idle.used-s', 5) },
  'idle.window-too-short': {
    fires: valued('idle.used-s', null, { windowS: 95 }),
    frames: [5],
    silent: valued('idle.used-s', 5),
  },
  'idle.not-restarted': { fires: usedAgain(2_400), frames: [5, 7, 8], silent: usedAgain(5_000) },
  'keepalive.max-not-kept': {
    fires: valued('keepalive.max-requests', 20, {}, { 'keepalive.advertised-max': { value: 100, frames: [5] } }),
    frames: [5],
    silent: valued('keepalive.max-requests', 101, {}, { 'keepalive.advertised-max': { value: 100, frames: [5] } }),
  },
  'limits.half-body-kept': {
    fires: valued('idle.partial-body-s', null, { windowS: 95 }),
    frames: [5],
    silent: valued('idle.partial-body-s', null, { windowS: 8 }),
  },
  'idle.not-advertised': {
    fires: valued('keepalive.advertised-s', null, {}, { 'idle.used-s': { value: 5, frames: [5] } }),
    frames: [5],
    silent: valued('keepalive.advertised-s', 5, {}, { 'idle.used-s': { value: 5, frames: [5] } }),
  },
  'limits.half-head-kept': {
    fires: valued('idle.partial-head-s', null, { windowS: 95 }),
    frames: [5],
    silent: valued('idle.partial-head-s', null, { windowS: 8 }),
  },
  'cache.no-validators': {
    fires: valued('cache.etag', 'none', {}, { 'cache.last-modified': { value: 'no', frames: [5] } }),
    frames: [5],
    silent: valued(
      'cache.etag',
      'none',
      {},
      { 'cache.last-modified': { value: 'no', frames: [5] }, 'cache.control': { value: 'no-store', frames: [5] } },
    ),
  },
  'cache.no-lifetime': {
    fires: valued('cache.control', 'none', {}, { 'cache.last-modified': { value: 'yes', frames: [5] } }),
    frames: [5],
    silent: valued('cache.control', 'none', { note: 'Expires' }, { 'cache.last-modified': { value: 'yes', frames: [5] } }),
  },
  'range.refused': judged('range.first-ten', '416 bytes */100'),
  'range.if-range-refused': judged('range.if-range-stale', '412'),
  'range.multi-refused': judged('range.multi', '416 bytes */100'),
  'range.suffix-refused': judged('range.suffix', '416 bytes */100'),
  'range.unsupported': { fires: valued('range.first-ten', '200'), frames: [5], silent: valued('range.first-ten', '404') },
  'keepalive.request-limit': { fires: valued('keepalive.max-requests', 100), frames: [5], silent: valued('keepalive.max-requests', null) },
  'pipelining.order': judged('pipelining.order', 'changed'),
  'range.if-range-ignored': judged('range.if-range-stale', '206 bytes 0-9/100'),
  'range.if-range-weak': judged('range.if-range-weak', '206 bytes 0-9/100'),
  'range.if-range-date-ignored': judged('range.if-range-date-stale', '206 bytes 0-9/100'),
  'range.if-range-date-later': judged('range.if-range-date-later', '206 bytes 0-9/100'),
  'range.first-byte-wrong': judged('range.first-byte', '206 bytes 0-99/100'),
  'range.end-not-clamped': judged('range.end-beyond', '416 bytes */100'),
  'range.long-suffix-wrong': judged('range.suffix-long', '416 bytes */100'),
  'range.before-condition': judged('range.if-none-match', '206 bytes 0-9/100'),
  'range.invalid-answered': judged('range.reversed', '206 bytes 0-9/100'),
  'range.unknown-unit': judged('range.unknown-unit', '416'),
  'range.of-head': judged('range.head', '206'),
  'conditional.etag-not-compared': judged('conditional.if-none-match-other', 304),
  'conditional.date-not-compared': judged('conditional.if-modified-since-earlier', 304),
  'conditional.date-before-etag': judged('conditional.precedence', 304),
  'conditional.strong-compare': {
    fires: one(page, ask('If-None-Match: W/"a"\r\n')),
    frames: [4, 5],
    // Not even the ETag itself is found.
    silent: two([condition, page], [ask('If-None-Match: W/"a"\r\n'), page]),
  },
  'conditional.list-ignored': judged('conditional.list', 200),
  'conditional.star-ignored': judged('conditional.star', 200),
  'conditional.no-cache-honoured': judged('conditional.with-no-cache', 200),
  'methods.unknown': judged('methods.unknown', 404),
  'versions.http10-kept': judged('versions.http10', 'stays open'),
  'versions.close-kept': judged('versions.connection-close', 'keeps'),
  'versions.absolute-form': judged('versions.absolute-form', 404),

  'capture.no-connection': { fires: () => looked([]), frames: [], silent: sound },
  'capture.one-direction': {
    fires: () => inEach(talk([[ask(), answer()]]), (index) => ![1, 4].includes(index)),
    frames: [1, 3],
    silent: sound,
  },
  'capture.mid-stream': { fires: () => inEach(talk([[ask(), answer()]]), (index) => index > 2), frames: [1], silent: sound },
  'capture.bytes-missing': {
    fires: () =>
      inEach(
        talk(
          [
            [ask(), answer()],
            [ask(), answer()],
          ],
          (conversation) => conversation.ack('client'),
        ),
        (index) => index !== 6,
      ),
    frames: [1, 7],
    silent: sound,
  },
  'capture.protocol-not-read': {
    fires: () => spoken([String.fromCharCode(22, 3, 1, 0, 5), null]),
    frames: [4],
    silent: sound,
  },
  'capture.content-not-kept': {
    fires: () => keeping(one(part('bytes 0-4/10', 'hello'), ranged('bytes=0-4')), null),
    frames: [4, 5],
    silent: () => keeping(one(answer()), null),
  },
  'capture.cut-by-snap-length': {
    fires: captureWith({ undecoded: { 'cut-by-snap-length': 2 } }),
    frames: [],
    silent: captureWith({ undecoded: { 'link-type-9': 2 } }),
  },
  'capture.undecoded': {
    fires: captureWith({ undecoded: { 'link-type-9': 2 } }),
    frames: [],
    silent: captureWith({ undecoded: { 'cut-by-snap-length': 2 } }),
  },
  'capture.dropped': { fires: captureWith({ dropped: 3, received: 9 }), frames: [], silent: captureWith({ dropped: 0, received: 9 }) },
};

function syns(count: number, after: (conversation: Conversation) => unknown = () => {}) {
  const conversation = talk([], undefined, {} satisfies ConversationGiven);
  const packets = [conversation.packets[0]!];
  const rest = talk([]);
  rest.packets.length = 1;
  rest.next.server = 5000;
  for (let index = 1; index < count; index++) {
    rest.wait(1_000).segment('client', { seq: 1000, ack: 0, flags: FLAG.syn });
  }
  after(rest);
  return [...packets, ...rest.packets.slice(1)];
}

function refusedSyn() {
  const conversation = talk([]);
  conversation.packets.length = 1;
  conversation.next.server = 0;
  conversation.segment('server', { seq: 0, flags: FLAG.rst | FLAG.ack });
  return conversation.packets;
}
