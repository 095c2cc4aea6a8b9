import { once } from 'node:events';
import net from 'node:net';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { asClientFailure, Cancelled, ClientFailure, isOwnFailure, OwnFailures, ShownOnWire } from '../../clients/own-failure.ts';

const withCode = (code: string, message = code): Error => Object.assign(new Error(message), { code });

async function errorOf(emitter: net.Socket | zlib.Gunzip | zlib.BrotliDecompress): Promise<unknown> {
  const [error] = await once(emitter, 'error');
  return error;
}

describe('isOwnFailure', () => {
  it.each([
    ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_DESTROYED'],
    ...['UND_ERR_HEADERS_OVERFLOW', 'ERR_STREAM_PREMATURE_CLOSE', 'Z_DATA_ERROR', 'ZSTD_error_corruption_detected'],
  ])('%s is on the wire', (code) => {
    expect(isOwnFailure(withCode(code))).toBe(false);
  });

  it.each([
    ...['EMFILE', 'ENFILE', 'ENOMEM', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EACCES', 'ENOSPC', 'ERR_ASSERTION', 'ERR_INVALID_ARG_TYPE'],
    ...['UND_ERR_INVALID_ARG', 'Z_MEM_ERROR', 'ZSTD_error_memory_allocation'],
  ])("%s is the client's own", (code) => {
    expect(isOwnFailure(withCode(code))).toBe(true);
  });

  it.each([new TypeError('x'), new RangeError('x'), new Error('x'), 'x', null, undefined])('%s, without a code, is too', (error) => {
    expect(isOwnFailure(error)).toBe(true);
  });

  it('leaves out what the client gave up, and what it says of bytes of the server', () => {
    expect(isOwnFailure(new Cancelled('left'))).toBe(false);
    expect(isOwnFailure(new ShownOnWire('no such coding'))).toBe(false);
  });

  it('knows content that is damaged, as zlib says it', async () => {
    for (const decoder of [zlib.createGunzip(), zlib.createBrotliDecompress()]) {
      const failed = errorOf(decoder);
      decoder.end(Buffer.alloc(64, 0xff));
      expect(isOwnFailure(await failed)).toBe(false);
    }
  });

  it('knows a port on which nothing listens, by address and by a name with several', async () => {
    for (const host of ['127.0.0.1', 'localhost']) expect(isOwnFailure(await errorOf(net.connect({ host, port: 1 })))).toBe(false);
  });

  it('knows a name that does not resolve', async () => {
    const lookup = (_: string, __: unknown, done: (error: Error) => void) => done(withCode('ENOTFOUND'));
    expect(isOwnFailure(await errorOf(net.connect({ host: 'nowhere.invalid', port: 1, lookup: lookup as never })))).toBe(true);
  });
});

describe('asClientFailure', () => {
  it.each<[unknown, RegExp]>([
    [withCode('EMFILE'), /^the client itself failed, not the server: EMFILE; raise the limit of open files \(ulimit -n 4096\)$/],
    [withCode('EADDRNOTAVAIL'), /; wait until local ports are free again/],
    [withCode('ENOTFOUND'), /; let the name resolve/],
    [withCode('ENOSPC'), /; free some space/],
    [new RangeError('WebAssembly.Instance(): Out of memory'), /: WebAssembly\.Instance\(\): Out of memory; give it more memory: /],
    [Object.assign(new AggregateError([withCode('EMFILE')]), { code: 'EMFILE' }), /: EMFILE; raise/],
    [new Error('it broke'), /^the client itself failed, not the server: it broke$/],
    [new TypeError('x is undefined'), /: TypeError: x is undefined\n\s+at /],
  ])('%s', (error, message) => {
    const failure = asClientFailure(error);
    expect(failure.message).toMatch(message);
    expect(failure.cause).toBe(error);
    expect(asClientFailure(failure)).toBe(failure);
  });
});

describe('OwnFailures', () => {
  it('keeps the first failure, and nothing of the wire', async () => {
    const failures = new OwnFailures();
    failures.note(withCode('ECONNRESET'));
    expect(failures.first).toBeNull();
    await expect(failures.duringWork(Promise.resolve(1))).resolves.toBe(1);
    failures.note(withCode('EMFILE'));
    failures.note(withCode('ENOMEM'));
    expect(failures.first?.message).toContain('EMFILE');
    await expect(failures.duringWork(Promise.resolve(1))).rejects.toBe(failures.first);
    await expect(failures.duringWork(new Promise(() => {}))).rejects.toBeInstanceOf(ClientFailure);
  });

  it('puts its failure before the error that follows it', async () => {
    const failures = new OwnFailures();
    const work = async () => {
      failures.note(withCode('EMFILE'));
      throw withCode('EMFILE', 'the same again');
    };
    await expect(failures.duringWork(work())).rejects.toBeInstanceOf(ClientFailure);
  });

  it('lets any other error of the work through', async () => {
    const error = new Error('there is no question "x"');
    await expect(new OwnFailures().duringWork(Promise.reject(error))).rejects.toBe(error);
  });
});
