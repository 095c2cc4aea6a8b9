import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { countExchange, histogram, newCounts, SLOWEST_KEPT } from '../../harness/findings/counts.ts';
import { type Finding, PLACES_KEPT } from '../../harness/findings/finding.ts';
import { findingsOf } from '../../harness/findings/findings-of.ts';
import { WORTH_A_LOOK, worthALook } from '../../harness/findings/worth-a-look.ts';
import { FLAG } from '../packets/layers.ts';
import { racing, withContent } from './cases.ts';
import { answer, ask, looked, spoken, talk } from './talk.ts';

/** A word of what is said of each fault of a part. */
const EN_PARTS: Record<string, string> = {
  'no-empty-line': 'empty line',
  'early-empty-line': 'before its head',
  'no-content-range': 'no valid Content-Range',
  'other-length': 'not as long',
  'other-bytes': 'not those of the file',
  'not-asked': 'not asked for',
  'not-closed': 'no delimiter',
  'no-part': 'does not begin a part',
  'no-boundary': 'no boundary',
};

const subject = { server: 'yours', cell: 'yours/probe/range' };

describe('findingsOf', () => {
  it('has the shape of the contract', async () => {
    const [finding, ...more] = findingsOf(await spoken([ask(), answer('ETag: abc\r\n')]), subject);
    expect(more).toEqual([]);
    expect(finding).toEqual({
      id: 'header.etag-unquoted',
      severity: 'fault',
      level: 'MUST',
      spec: 'RFC 9110 §8.8.3',
      title: 'ETag without quotes',
      seen: 'ETag: abc',
      consequence: expect.stringContaining('caches'),
      remedy: 'Put double quotes around the value: ETag: "abc".',
      server: 'yours',
      where: [{ cell: 'yours/probe/range', stream: 0, frames: [4, 5] }],
    });
  });

  it('says nothing of a sound exchange', async () => {
    expect(findingsOf(await spoken([ask(), answer('ETag: "a"\r\n')]), subject)).toEqual([]);
  });

  it.each([
    ['crossing', 'connection.keep-alive-race', [6, 7, 8]],
    ['crash', 'connection.closed-instead-of-answering', [6, 7]],
  ] as const)('tells a close that crosses a request from one that answers it: %s', async (order, id, frames) => {
    const [finding] = findingsOf(await racing(order)(), subject);
    expect([finding?.id, finding?.where[0]?.frames]).toEqual([id, frames]);
  });

  it('knows gzip by its first bytes, where they are there', async () => {
    const say = () => spoken([ask(), answer('Content-Encoding: gzip\r\n')]);
    const ids = async (content: string) => findingsOf(await withContent(say, content), subject).map(({ id }) => id);
    expect(await ids('hello')).toEqual(['coding.mislabelled']);
    expect(await ids(gzipSync('hello').toString('latin1'))).toEqual([]);
    expect(findingsOf(await say(), subject)).toEqual([]);
  });

  it.each([
    ['no-empty-line', 'Content-Range: bytes 0-1/10\r\n', '01\r\n--b--'],
    ['early-empty-line', '\r\nContent-Range: bytes 0-1/10\r\n', '\r\n01\r\n--b--'],
    ['no-content-range', 'X: y\r\n', '\r\n01\r\n--b--'],
    ['no-content-range', 'Content-Range: bytes 0-10/10\r\n', '\r\n01\r\n--b--'],
    ['other-length', 'Content-Range: bytes 0-2/10\r\n', '\r\n01\r\n--b--'],
    ['other-bytes', 'Content-Range: bytes 4-5/10\r\n', '\r\n56\r\n--b--'],
    ['not-asked', 'Content-Range: bytes 8-9/10\r\n', '\r\n89\r\n--b--'],
    ['not-closed', 'Content-Range: bytes 0-1/10\r\n', '\r\n01'],
    ['not-closed', 'Content-Range: bytes 0-1/10\r\n', '\r\n01\r\n--b\r\n'],
    ['not-closed', 'Content-Range: bytes 0-1/10\r\n', '\r\n01\r\n--b'],
    ['no-part', 'Content-Range: bytes 0-1/10\r\n', '\r\n01\r\n--b--'],
    ['no-boundary', 'Content-Range: bytes 0-1/10\r\n', '\r\n01\r\n--b--'],
    [null, 'Content-Range: bytes 4-5/10\r\n', '\r\n45\r\n--b--'],
    [null, 'content-range:bytes 0-1/*\r\n', '\r\n01\r\n--b--\r\nafter'],
  ])('reads each part of a multipart answer: %s', async (fault, head, rest) => {
    const lines = `--b\r\n${head}${rest}`;
    const body = fault === 'no-part' ? lines.replaceAll('\r\n', '\n') : lines;
    const type = `Content-Type: multipart/byteranges${fault === 'no-boundary' ? '' : '; boundary="b"'}\r\nETag: "a"\r\n`;
    const parts = answer(type, { status: '206 Partial Content', body, type: false });
    const say = () => spoken([ask(), answer('ETag: "a"\r\n', { body: '0123456789' })], [ask('Range: bytes=0-1,4-5\r\n'), parts]);
    const [finding, ...more] = findingsOf(await withContent(say, '0123456789', body), subject);
    expect(more).toEqual([]);
    expect(finding?.id).toBe(fault === null ? undefined : 'range.multipart-broken');
    if (fault) expect(finding?.seen).toContain(EN_PARTS[fault]);
  });

  it('does not miss a part that is longer than its range because it is coded', async () => {
    const coded = (range: string, body: string) =>
      answer(`Content-Encoding: gzip\r\nContent-Range: ${range}\r\n`, { status: '206 Partial Content', body });
    const ids = async (range: string, body: string) =>
      findingsOf(await spoken([ask('Range: bytes=0-4\r\n'), coded(range, body)]), subject).map(({ id }) => id);
    expect(await ids('bytes 0-4/900', 'more than that')).toEqual(['range.content-range-wrong']);
    expect(await ids('bytes 0-4/900', 'hello')).toEqual([]);
  });

  it('finds a connection that is closed in the head of its next request by a reset too, and after what was sent of it', async () => {
    const cut = talk([[ask(), answer()]], (conversation) => conversation.wait(5_000).data('client', ask().slice(0, 20)).rst('server'));
    const [finding] = findingsOf(await looked(cut.packets), subject);
    expect([finding?.id, finding?.where[0]?.frames]).toEqual(['connection.head-timer-on-reuse', [6, 7]]);
    const slow = talk([[ask(), answer()]], (conversation) =>
      conversation.wait(5_000).data('client', ask().slice(0, 20)).wait(2_000).close('server'),
    );
    expect(findingsOf(await looked(slow.packets), subject)).toEqual([]);
  });

  it.each([
    ['deflate', deflateSync('hello')],
    ['deflate', deflateRawSync('hello')],
    ['br', brotliCompressSync('hello')],
    ['x-gzip', gzipSync('hello')],
  ])('unpacks %s, whole or damaged', async (coding, content) => {
    const say = () => spoken([ask(), answer(`Content-Encoding: ${coding}\r\n`)]);
    const ids = async (text: string) => findingsOf(await withContent(say, text), subject).map(({ id }) => id);
    const text = content.toString('latin1');
    expect(await ids(text)).toEqual([]);
    expect(await ids(text.slice(0, 3) + '\u00ff'.repeat(4))).toEqual(['coding.undecodable']);
  });

  it('does not take the next response for bytes beyond the length, where the length is too large', async () => {
    const long = answer('', { length: 45 });
    const ids = findingsOf(await spoken([ask(), long], [ask(), long], [ask(), long]), subject).map(({ id }) => id);
    expect(ids).not.toContain('framing.content-length-short');
    const pipelined = talk([[ask().repeat(3), long]], (conversation) => conversation.data('server', long).data('server', long));
    expect(findingsOf(await looked(pipelined.packets), subject).map(({ id }) => id)).not.toContain('framing.content-length-short');
  });

  it('finds that the last chunk is missing where the next response begins, and nothing in that one', async () => {
    const open = answer('Transfer-Encoding: chunked\r\n', { length: null, body: '5\r\nhello\r\n' });
    const found = findingsOf(
      await looked(talk([[ask() + ask('', '/', 'HEAD') + ask(), open + answer('', { body: '', length: 5 }) + answer()]]).packets),
      subject,
    );
    expect(found.map(({ id }) => id)).toEqual(['framing.no-last-chunk']);
    expect(found[0]?.seen).toContain('the next response begins');
  });

  it('tells a request that crossed a close from one that came after it', async () => {
    const seen = async (isAfter: boolean): Promise<string | undefined> => {
      const on = talk([[ask(), answer()]], (one) => {
        const ack = one.wait(5_000).next.client;
        if (isAfter) one.fin('server').wait(3_000).data('client', ask());
        else one.data('client', ask()).segment('server', { flags: FLAG.fin | FLAG.ack, ack });
      });
      return findingsOf(await looked(on.packets), subject).find(({ id }) => id === 'connection.keep-alive-race')?.seen;
    };
    expect(await seen(true)).toMatch(/GET \/ came 3000 ms after the close and/);
    expect(await seen(false)).toMatch(/GET \/ crossed the close within 0\.1 ms and/);
  });

  it('tells a body without its last chunk from one without the empty line after it', async () => {
    const seen = async (body: string): Promise<string | undefined> => {
      const open = answer('Transfer-Encoding: chunked\r\n', { length: null, body });
      const on = await looked(talk([[ask(), open]], (conversation) => conversation.close('server')).packets);
      return findingsOf(on, subject).find(({ id }) => id === 'framing.no-last-chunk')?.seen;
    };
    expect(await seen('5\r\nhello\r\n')).toMatch(/after 5 bytes the server closes the connection without the last chunk \(0\)/);
    expect(await seen('5\r\nhello\r\n0\r\n')).toMatch(/and the last chunk \(0\) the server closes the connection without the empty line/);
    expect(await seen('5\r\nhello\r\n0\r\n\r\n')).toBeUndefined();
  });

  it('asks no Host of a server that speaks HTTP/1.0', async () => {
    const on = await spoken([ask('Host: b.test\r\n'), answer('', { version: '1.0' })]);
    expect(findingsOf(on, subject)).toEqual([]);
  });

  it('asks no status line and no field of HTTP/0.9, which has none', async () => {
    const on = await looked(talk([['GET /old\r\n', '<p>old</p>']], (conversation) => conversation.close('server')).packets);
    expect(on.exchanges[0]?.response).toMatchObject({ version: '0.9', bodyBytes: 10 });
    expect(findingsOf(on, subject)).toEqual([]);
  });

  it('joins what is seen several times, and says how often', async () => {
    const said = Array.from({ length: PLACES_KEPT + 5 }, () => [ask(), answer('ETag: abc\r\n')] as const);
    const [finding] = findingsOf(await spoken(...said), subject);
    expect(finding?.seen).toBe('37 times; the first: ETag: abc');
    expect(finding?.where).toHaveLength(PLACES_KEPT);
    expect(finding?.where[1]).toEqual({ cell: 'yours/probe/range', stream: 0, frames: [6, 7] });
  });

  it('puts the worst first', async () => {
    const found = findingsOf(
      await spoken([ask(), answer('ETag: abc\r\n', { date: false })], [ask(), answer('', { status: '404 Not Found' })]),
      subject,
    );
    expect(found.map(({ severity }) => severity)).toEqual(['fault', 'risk', 'note']);
  });

  it.each([
    ['Server: nginx/1.26.3', 'etag on'],
    ['Server: Apache/2.4.66 (Debian)', 'FileETag'],
    ['X-Powered-By: Express', "app.set('etag'"],
  ])('names the setting of the server that is recognised: %s', async (line, setting) => {
    const [finding] = findingsOf(await spoken([ask(), answer(`ETag: abc\r\n${line}\r\n`)]), subject);
    expect(finding?.remedy).toContain(setting);
  });

  it('recognises a server of the registry by its id', async () => {
    const [finding] = findingsOf(await spoken([ask(), answer('ETag: abc\r\n')]), { server: 'fastify', cell: null });
    expect(finding?.remedy).toContain('@fastify/etag');
  });

  it('tells what concerns the capture from what concerns a server', async () => {
    const on = await looked([]);
    expect(findingsOf(on, { ...subject, about: ['server', 'traffic'] })).toEqual([]);
    expect(findingsOf(on, { ...subject, about: ['capture'] }).map(({ id, server }) => [id, server])).toEqual([
      ['capture.no-connection', ''],
    ]);
  });

  it('sees a limit of requests that is not announced, not a failure, where the request before was the same', async () => {
    const closed = (target: string) =>
      looked(
        talk(
          [
            [ask(), answer()],
            [ask('', target), null],
          ],
          (conversation) => conversation.close('server'),
        ).packets,
      );
    expect(findingsOf(await closed('/'), subject).map(({ id }) => id)).toEqual(['connection.closed-without-saying']);
    expect(findingsOf(await closed('/other'), subject).map(({ id }) => id)).toEqual(['connection.closed-instead-of-answering']);
  });

  it('calls no close a fault after the server was asked to stop', async () => {
    const on = await looked(talk([[ask(), answer('', { length: 100 })]], (conversation) => conversation.close('server')).packets);
    const stopped = { ...on, steps: [{ id: 'shutdown-idle', frame: 5, timeNs: 0 }] };
    expect(findingsOf(on, subject).map(({ id }) => id)).toContain('framing.content-length-long');
    expect(findingsOf(stopped, subject)).toEqual([]);
  });

  it('counts all exchanges where the evidence has only some of them', async () => {
    const counts = newCounts();
    for (let index = 0; index < 9_000; index++)
      countExchange(counts, {
        stream: index,
        method: 'GET',
        target: '/',
        status: index % 3 === 0 ? 502 : 200,
        version: '1.1',
        isResponseMissing: false,
        requestFrames: [index + 1, index + 1],
        responseFrames: [index + 2, index + 2],
        durationNs: index,
      });
    const [finding] = findingsOf({ ...(await spoken([ask(), answer()])), counts }, subject);
    expect(finding?.seen).toBe('3,000 of 9,000 exchanges: 502 × 3000.');
    expect(histogram(counts)).toBe('200 × 6000, 502 × 3000');
    expect(counts.slowest.map(({ durationNs }) => durationNs)).toEqual([8999, 8998, 8997, 8996, 8995].slice(0, SLOWEST_KEPT));
  });
});

const made = (id: string, severity: Finding['severity'], server = 'a', frames = [1]): Finding => ({
  id,
  severity,
  level: null,
  spec: null,
  title: id,
  seen: '',
  consequence: '',
  remedy: '',
  server,
  where: [{ cell: null, stream: 0, frames }],
});

describe('worthALook', () => {
  it('joins equal findings of several servers', () => {
    const { shown, more } = worthALook([made('a.a', 'risk', 'x', [4]), made('b.b', 'fault', 'x', [9]), made('a.a', 'risk', 'y', [7])]);
    expect(shown.map(({ finding, servers, frames }) => [finding.id, servers, frames])).toEqual([
      ['b.b', ['x'], [9]],
      ['a.a', ['x', 'y'], [4]],
    ]);
    expect(more).toBe(0);
  });

  it('shows at most ten, the worst', () => {
    const many = Array.from({ length: 15 }, (_, index) => made(`a.${index}`, index === 14 ? 'fault' : 'note'));
    const { shown, more } = worthALook(many);
    expect(shown).toHaveLength(WORTH_A_LOOK);
    expect(shown[0]?.finding.id).toBe('a.14');
    expect(more).toBe(5);
  });

  it('names frames of the first places of one capture', () => {
    const finding = made('a.a', 'fault');
    finding.where = [
      { cell: null, stream: 0, frames: [4, 6] },
      { cell: null, stream: 1, frames: [9, 12] },
      { cell: 'x/y/z', stream: 0, frames: [2] },
    ];
    expect(worthALook([finding]).shown[0]?.frames).toEqual([4, 6, 9]);
  });
});
