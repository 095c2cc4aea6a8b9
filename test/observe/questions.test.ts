/** The answers to the direct questions, from evidence made by hand. */
import { describe, expect, it } from 'vitest';
import type { Evidence, HeaderField, Observation, ResponseMessage, ValueJson } from '../../harness/model.ts';
import { coding } from '../../harness/observe/coding.ts';
import { conditional } from '../../harness/observe/conditional.ts';
import { methods } from '../../harness/observe/methods.ts';
import { pipelining } from '../../harness/observe/pipelining.ts';
import { range } from '../../harness/observe/range.ts';
import { shutdown } from '../../harness/observe/shutdown.ts';
import { versions } from '../../harness/observe/versions.ts';
import { type ConnectionInput, evidence, type RequestInput, show } from './evidence-builder.ts';
import { judgeById as judge } from './judge-by-id.ts';

type Asked = [step: string, response: Partial<ResponseMessage> | null, more?: Partial<RequestInput>, close?: ConnectionInput['close']];

/** One connection a question, ten frames each: SYN, SYN-ACK, ACK, request (4), response (5), and the close, if any. */
function asked(...questions: Asked[]): Evidence {
  return evidence({
    scenario: 'questions',
    steps: [...questions.map(([id], index) => ({ id, frame: index * 10 + 1 })), { id: 'questions', frame: questions.length * 10 + 1 }],
    connections: questions.map(([, response, more, close], index) => ({
      syn: index * 10 + 1,
      requests: [{ frame: index * 10 + 4, response, ...more }],
      ...(close ? { close: { ...close, frame: index * 10 + close.frame, atMs: index * 10 + close.atMs } } : {}),
    })),
  });
}

const get = (group: readonly Observation[], id: string, ...questions: Asked[]): ValueJson | undefined =>
  show(group, id, asked(...questions))?.value;

describe('conditional.*', () => {
  const all = conditional.filter((one) => !one.id.startsWith('conditional.304'));

  it.each(all.map((one) => one.id))('%s is the status of its own step, with both heads', (id) => {
    const visit = asked(['conditional.validators', { status: 200 }], [id, { status: 418 }]);
    expect(show(conditional, id, visit)).toEqual({ value: 418, frames: [14, 15] });
  });

  it('has no value for a question that was not asked', () => {
    const visit = asked(['conditional.validators', { status: 200 }]);
    for (const { id, observe } of all) expect(observe(visit), id).toBeNull();
  });

  it('says what happened instead of an answer', () => {
    const silent = asked(['conditional.star', null]);
    expect(show(conditional, 'conditional.star', silent)).toMatchObject({ value: null, note: 'no answer until the client gave up' });
    const closed = asked(['conditional.star', null, {}, { by: 'server', how: 'RST', frame: 5, atMs: 5 }]);
    expect(show(conditional, 'conditional.star', closed)).toEqual({
      value: null,
      frames: [4, 5],
      note: 'no answer: the server closed by RST',
    });
  });

  const whole: HeaderField[] = [
    ['Date', 'x'],
    ['ETag', '"a"'],
    ['Cache-Control', 'max-age=0'],
    ['Content-Type', 'text/css'],
    ['Content-Length', '9'],
  ];
  const pair = (headers: HeaderField[]): Asked[] => [
    ['conditional.validators', { status: 200, headers: whole }],
    ['conditional.if-none-match', { status: 304, headers, headBytes: 77 }],
  ];

  it('measures the head of a 304 and finds nothing odd about a clean one', () => {
    const clean = pair([
      ['date', 'x'],
      ['etag', '"a"'],
      ['cache-control', 'max-age=0'],
    ]);
    expect(show(conditional, 'conditional.304-length', asked(...clean))).toEqual({ value: 77, frames: [15] });
    expect(get(conditional, 'conditional.304-fields', ...clean)).toBe('clean');
  });

  it('names what a 304 has too much and too little', () => {
    const odd = pair([
      ['Date', 'x'],
      ['Content-Type', 'text/css'],
      ['Content-Length', '9'],
    ]);
    expect(get(conditional, 'conditional.304-fields', ...odd)).toBe('content-type, content-length, no etag, no cache-control');
    expect(show(conditional, 'conditional.304-length', asked(...odd))?.note).toBe(
      'content-type, content-length, no etag, no cache-control',
    );
  });

  it('tells a Content-Length that is not that of the 200', () => {
    const fields: HeaderField[] = [
      ['Date', 'x'],
      ['ETag', '"a"'],
      ['Cache-Control', 'max-age=0'],
      ['Content-Length', '0'],
    ];
    expect(get(conditional, 'conditional.304-fields', ...pair(fields))).toBe('wrong content-length');
  });

  it('does not miss a field that the 200 has not either', () => {
    const visit: Asked[] = [
      ['conditional.validators', { status: 200, headers: [] }],
      ['conditional.if-modified-since', { status: 304, headers: [] }],
    ];
    expect(get(conditional, 'conditional.304-fields', ...visit)).toBe('clean');
  });

  it('counts bytes behind the head of a 304', () => {
    const visit = asked(['conditional.if-none-match', { status: 304, headBytes: 70 }]);
    visit.connections[0]!.sides.server.payloadBytes = 79;
    expect(show(conditional, 'conditional.304-body', visit)?.value).toBe(9);
  });
});

describe('range.*', () => {
  it('says nothing of an end beyond the file where all that was asked for lies beyond it', () => {
    const beyond = (from: number, response: Partial<ResponseMessage>) =>
      get(range, 'range.end-beyond', ['range.end-beyond', response, { headers: [['Range', `bytes=${from}-99999999`]] }]);
    const refused: Partial<ResponseMessage> = { status: 416, headers: [['Content-Range', 'bytes */100']] };
    expect(beyond(90, refused)).toBe('416 bytes */100');
    expect(beyond(100, refused)).toBeUndefined();
    expect(beyond(90, { status: 206, headers: [['Content-Range', 'bytes 90-99/100']] })).toBe('206 bytes 90-99/100');
  });

  it.each<[Partial<ResponseMessage>, string]>([
    [{ status: 206, headers: [['content-range', 'bytes 0-9/100']] }, '206 bytes 0-9/100'],
    [{ status: 206, headers: [['Content-Type', 'multipart/byteranges; boundary=x']] }, '206 multipart'],
    [{ status: 206 }, '206'],
    [{ status: 206, headers: [['Content-Range', 'bytes 0-9/100']], framing: 'content-length', bodyBytes: 10 }, '206 bytes 0-9/100'],
    [
      { status: 206, headers: [['Content-Range', 'bytes 0-9/100']], framing: 'content-length', bodyBytes: 100 },
      '206 bytes 0-9/100 with 100 bytes',
    ],
    [{ status: 200, headers: [['Content-Range', 'bytes 0-9/100']] }, '200'],
    [{ status: 416, headers: [['Content-Range', 'bytes */100']] }, '416 bytes */100'],
    [{ status: 416 }, '416'],
    [{ status: 304 }, '304'],
  ])('tells %j', (response, kind) => {
    expect(get(range, 'range.first-ten', ['range.first-ten', response])).toBe(kind);
  });

  it('takes Accept-Ranges from the first response that has it', () => {
    const visit: Asked[] = [
      ['a', { status: 404 }],
      ['b', { status: 200, headers: [['Accept-Ranges', 'Bytes']] }],
    ];
    expect(show(range, 'range.accept-ranges', asked(...visit))).toEqual({ value: 'bytes', frames: [15] });
    expect(get(range, 'range.accept-ranges', ['a', { status: 200 }])).toBe('none');
    expect(get(range, 'range.accept-ranges', ['a', { status: 404 }])).toBeUndefined();
  });
});

describe('pipelining.*', () => {
  const types: Record<string, string> = { '/': 'text/html; charset=utf-8', '/style.css': 'text/css', '/logo.png': 'image/png' };
  const three = (answers: (string | null)[], close?: ConnectionInput['close']) =>
    evidence({
      scenario: 'pipelining',
      steps: [{ id: 'pipelining.answered', frame: 1 }],
      connections: [
        {
          requests: ['/', '/style.css', '/logo.png'].map((target, index) => ({
            frame: 4,
            target,
            responseFrame: 5 + index,
            response: answers[index] == null ? null : { headers: [['Content-Type', answers[index] as string]] },
          })),
          ...(close ? { close } : {}),
        },
      ],
    });
  const inOrder = Object.values(types);

  it('counts the answers until one is missing', () => {
    expect(show(pipelining, 'pipelining.answered', three(inOrder))).toEqual({ value: 3, frames: [4, 5, 6, 7] });
    expect(show(pipelining, 'pipelining.answered', three([inOrder[0]!, null, null], { by: 'server', frame: 9, atMs: 9 }))).toEqual({
      value: 1,
      frames: [4, 5, 9],
      note: 'then the server closed by FIN',
    });
    expect(show(pipelining, 'pipelining.answered', three([inOrder[0]!, null, inOrder[2]!]))?.value).toBe(1);
  });

  it('sees answers in another order', () => {
    expect(show(pipelining, 'pipelining.order', three(inOrder))?.value).toBe('kept');
    expect(show(pipelining, 'pipelining.order', three([inOrder[1]!, inOrder[0]!, inOrder[2]!]))?.value).toBe('broken');
    expect(show(pipelining, 'pipelining.order', three([inOrder[0]!, null, null]))).toBeNull();
  });

  const alone: Asked[] = [
    ['pipelining.page', { status: 200, headers: [['ETag', '"page"']] }, { target: '/' }],
    ['pipelining.missing', { status: 404 }, { target: '/no' }],
  ];
  const mixed = (...answers: (Partial<ResponseMessage> | null)[]): Asked[] =>
    answers.map((answer, index): Asked => ['pipelining.mixed', answer, { target: index % 2 === 0 ? '/' : '/no' }]);
  const page: Partial<ResponseMessage> = { status: 200, headers: [['ETag', '"page"']] };

  it('knows an answer to another request by what that one gets alone', () => {
    expect(get(pipelining, 'pipelining.order', ...alone, ...mixed(page, { status: 404 }))).toBe('kept');
    expect(get(pipelining, 'pipelining.order', ...alone, ...mixed({ status: 404 }, page))).toBe('broken');
    // An answer that looks like none of them says nothing of the order.
    expect(get(pipelining, 'pipelining.order', ...alone, ...mixed({ status: 503 }, { status: 404 }))).toBe('kept');
    expect(get(pipelining, 'pipelining.mixed', ...alone, ...mixed(page, { status: 404 }, null, page))).toBe(2);
  });

  it('tells no order where all ask for one target', () => {
    const page = three(['application/json', 'application/json', 'application/json']);
    for (const { request } of page.exchanges) if (request) request.target = '/';
    expect(show(pipelining, 'pipelining.order', page)).toBeNull();
    expect(show(pipelining, 'pipelining.answered', page)?.value).toBe(3);
  });
});

describe('methods.*', () => {
  const length = (text: string): HeaderField[] => [['Content-Length', text]];
  it.each<[string, HeaderField[], HeaderField[]]>([
    ['same', length('10'), length('10')],
    ['different', length('10'), length('0')],
    ['none', length('10'), []],
    ['same', [], []],
    ['same', [], length('10')],
    ['different', [], length('11')],
  ])('the length of HEAD is %s where GET has %j and HEAD %j', (verdict, ofGet, ofHead) => {
    const questions: Asked[] = [
      ['methods.get', { headers: ofGet, bodyBytes: 10 }],
      ['methods.head', { headers: ofHead }, { method: 'HEAD' }],
    ];
    expect(get(methods, 'methods.head-length', ...questions)).toBe(verdict);
  });

  it('finds a body behind the head of HEAD', () => {
    const visit = asked(['methods.head', { headBytes: 90 }]);
    visit.connections[0]!.sides.server.payloadBytes = 100;
    expect(show(methods, 'methods.head-body', visit)?.value).toBe(10);
  });

  it('asks for Allow only where it belongs', () => {
    const allow: HeaderField[] = [['Allow', 'OPTIONS,GET , HEAD']];
    expect(get(methods, 'methods.post-allow', ['methods.post', { status: 405, headers: allow }])).toBe('GET, HEAD, OPTIONS');
    expect(get(methods, 'methods.post-allow', ['methods.post', { status: 405 }])).toBe('none');
    expect(get(methods, 'methods.post-allow', ['methods.post', { status: 405, headers: [['Allow', '']] }])).toBe('empty');
    expect(get(methods, 'methods.post-allow', ['methods.post', { status: 404, headers: allow }])).toBeUndefined();
  });
});

describe('versions.*', () => {
  const id = 'versions.http10';
  it('tells who closes first behind the answer', () => {
    const by = (side: 'server' | 'client') => asked([id, { status: 200 }, {}, { by: side, frame: 6, atMs: 6 }]);
    expect(show(versions, id, by('server'))).toEqual({ value: 'closes', frames: [4, 5, 6] });
    expect(show(versions, id, by('client'))?.value).toBe('keeps');
    const timer = asked([id, { status: 200 }, {}, { by: 'server', frame: 6, atMs: 505 }]);
    expect(show(versions, id, timer)).toEqual({ value: 'keeps', frames: [4, 5, 6], note: 'closed 0.5 s later' });
    expect(get(versions, id, [id, null])).toBeNull();
  });

  it('reads the announcement of a close', () => {
    const step = 'versions.connection-close';
    expect(get(versions, 'versions.close-announced', [step, { headers: [['Connection', 'foo, Close']] }])).toBe('yes');
    expect(get(versions, 'versions.close-announced', [step, { headers: [['Connection', 'closed']] }])).toBe('no');
    const old = show(versions, 'versions.close-announced', asked([step, { version: '1.0' }]));
    expect(old).toMatchObject({ value: 'no', note: 'HTTP/1.0 without keep-alive says so by its version' });
    expect(judge('versions.close-announced', old!)?.verdict).toBe('conforms');
    expect(get(versions, 'versions.close-announced', [step, { version: '1.0', headers: [['Connection', 'keep-alive']] }])).toBe('no');
  });

  it('reads the version of the answer', () => {
    expect(get(versions, 'versions.http10-answered-as', [id, { version: '1.0' }])).toBe('1.0');
  });
});

describe('coding.*', () => {
  const gzip: HeaderField = ['Content-Encoding', 'gzip'];

  it('tells what a client gets that refuses gzip, or takes nothing else', () => {
    expect(get(coding, 'coding.gzip-refused', ['coding.gzip-refused', { status: 200 }])).toBe('200 identity');
    expect(get(coding, 'coding.gzip-refused', ['coding.gzip-refused', { status: 200, headers: [gzip] }])).toBe('200 gzip');
    expect(get(coding, 'coding.identity-refused', ['coding.identity-refused', { status: 406 }])).toBe('406 identity');
    expect(get(coding, 'coding.identity-refused', ['coding.identity-refused', null])).toBeNull();
  });

  it('tells a part of coded content from one of the plain', () => {
    const part: HeaderField = ['Content-Range', 'bytes 0-99/240'];
    const of = (...headers: HeaderField[]) => get(coding, 'coding.range', ['coding.range', { status: 206, headers, framing: 'none' }]);
    expect(of(part)).toBe('206 bytes 0-99/240');
    expect(of(part, gzip)).toBe('gzip 206 bytes 0-99/240');
  });

  const answers = (plain: string | null, coded: string | null, more: HeaderField[] = []): Asked[] => [
    ['coding.identity', { headers: plain === null ? [] : [['ETag', plain]] }],
    ['coding.gzip', { headers: [['Content-Encoding', 'gzip'], ...(coded === null ? [] : [['ETag', coded] as HeaderField]), ...more] }],
    ['coding.revalidates', { status: 304 }],
  ];
  it.each<[string, string | null, string | null]>([
    ['same strong', '"a"', '"a"'],
    ['same weak', 'W/"a"', 'W/"a"'],
    ['weakened', '"a"', 'W/"a"'],
    ['changed', '"a"', '"a-gzip"'],
    ['dropped', '"a"', null],
    ['added', null, '"a"'],
    ['none', null, null],
  ])('an ETag is %s: %s becomes %s', (change, plain, coded) => {
    expect(get(coding, 'coding.etag', ...answers(plain, coded))).toBe(change);
  });

  it('reads the coding and Vary', () => {
    const coded = answers('"a"', '"a"', [['Vary', 'Accept-Encoding']]);
    expect(get(coding, 'coding.gzip', ...coded)).toBe('gzip');
    expect(get(coding, 'coding.vary', ...coded)).toBe('accept-encoding');
    expect(get(coding, 'coding.vary', ...answers(null, null))).toBe('none');
    expect(get(coding, 'coding.revalidates', ...coded)).toBe(304);
  });

  it('takes a coding that every client gets for no choice', () => {
    const gzip: HeaderField[] = [
      ['Content-Encoding', 'gzip'],
      ['ETag', '"a"'],
    ];
    const always: Asked[] = [
      ['coding.identity', { headers: gzip }],
      ['coding.gzip', { headers: gzip }],
    ];
    expect(show(coding, 'coding.gzip', asked(...always))).toMatchObject({
      value: 'gzip',
      note: 'also sent to a client that accepts only identity',
    });
    for (const id of ['coding.vary', 'coding.etag']) expect(get(coding, id, ...always), id).toBeUndefined();
  });

  it('says nothing of validators where nothing was coded', () => {
    const plain: Asked[] = [
      ['coding.identity', { headers: [['ETag', '"a"']] }],
      ['coding.gzip', { headers: [['ETag', '"a"']] }],
      ['coding.revalidates', { status: 304 }],
    ];
    expect(get(coding, 'coding.gzip', ...plain)).toBe('identity');
    for (const id of ['coding.vary', 'coding.etag', 'coding.revalidates']) expect(get(coding, id, ...plain), id).toBeUndefined();
  });
});

describe('shutdown.*', () => {
  const stopped = (scenario: string, connection: ConnectionInput, stopFrame = 20) =>
    evidence({
      scenario,
      steps: [
        { id: `${scenario}.request`, frame: 1 },
        { id: scenario, frame: stopFrame },
      ],
      connections: [connection],
    });

  it('tells the close of an idle connection', () => {
    const requests = [{ frame: 4 }];
    const idle = (connection: ConnectionInput) => show(shutdown, 'shutdown.idle', stopped('shutdown-idle', connection));
    expect(idle({ requests, close: { by: 'server', how: 'RST', frame: 20, atMs: 105 } })).toEqual({
      value: 'RST',
      frames: [5, 20],
      note: '0.1 s after the response, 0.085 s after the stop',
    });
    expect(idle({ requests })).toMatchObject({ value: 'open', windowS: 10 });
    // It had closed it before: this server keeps no idle connections.
    expect(idle({ requests, close: { by: 'server', frame: 6, atMs: 6 } })).toBeNull();
  });

  it('tells what becomes of a download', () => {
    const busy = (response: Partial<ResponseMessage>, close?: ConnectionInput['close']) =>
      show(shutdown, 'shutdown.busy', stopped('shutdown-busy', { requests: [{ frame: 4, response }], ...(close ? { close } : {}) }));
    const close: ConnectionInput['close'] = { by: 'server', frame: 40, atMs: 40 };
    expect(busy({ frames: [5, 39], bodyBytes: 485_144 }, close)).toEqual({
      value: 'completed',
      frames: [5, 39, 40],
      note: '485144 bytes of the body came',
    });
    expect(busy({ frames: [5, 39], bodyBytes: 99 }, close)).toMatchObject({
      value: 'completed',
      note: '99 bytes of the body came, which the kernel may have held: only a larger file shows whether the server waited',
    });
    expect(busy({ frames: [5, 39], complete: false }, close)?.value).toBe('cut by FIN');
    expect(busy({ frames: [5, 39], complete: false }, { ...close, how: 'RST' })?.value).toBe('cut by RST');
    expect(busy({ frames: [5, 39], framing: 'close' }, close)?.value).toBe('ended by FIN');
    expect(busy({ frames: [5, 39], complete: false })?.value).toBe('open');
    // Nothing came between the stop and the close: the download was under way all the same.
    expect(busy({ frames: [5, 19], complete: false }, close)?.value).toBe('cut by FIN');
    // It was over before.
    expect(busy({ frames: [5, 19] }, close)).toBeNull();
    expect(busy({ frames: [5, 18], complete: false }, { ...close, frame: 19, atMs: 19 })).toBeNull();
  });
});
