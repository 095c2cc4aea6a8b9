import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { projectRoot } from '../../harness/system/project-root.ts';
import type { ReadRequest } from './apache-request.ts';
import { parseHttpDate } from './http-date.ts';
import { headerOf, lists } from './request-head.ts';
import type { StoredFile } from './site-files.ts';

/** Boundary of multipart/byteranges, chosen once, when the server starts. */
export const BOUNDARY = Buffer.from(String(process.hrtime.bigint())).toString('hex').slice(-16);

/**
 * A file as mod_deflate compresses it (zlib's level 6, memory level 9). Node's zlib is a fork whose output differs a little, so that the
 * site's texts are kept as zlib 1.2.13 compresses them (`deflated/`); any other file is compressed here, a few bytes longer or shorter.
 */
export function deflated({ name, bytes }: StoredFile): Buffer {
  const kept = join(projectRoot(), 'servers', 'models', 'deflated', `${name}.gz`);
  if (existsSync(kept)) {
    const packed = readFileSync(kept);
    if (gunzipSync(packed).equals(bytes)) return packed;
  }
  return gzipSync(bytes, { level: 6, memLevel: 9 });
}

/** Whether an `Accept-Encoding` accepts gzip, as mod_deflate reads it. */
export function acceptsGzip(header: string | undefined): boolean {
  const entry = header?.split(',').find((item) => /^\s*(?:x-)?gzip\s*(?:;|$)/i.test(item));
  return entry !== undefined && !/;\s*q=0(?:\.0*)?\s*$/.test(entry);
}

/** `ap_meets_conditions`: every condition must hold for a 304; where one fails, the status is 200. */
export function precondition({ headers, method }: ReadRequest, file: StoredFile, etag: string): 200 | 304 | 412 {
  const safe = method === 'GET' || method === 'HEAD';
  const match = headerOf(headers, 'if-match');
  if (match !== undefined && !lists(match, etag)) return 412;
  const unmodifiedSince = parseHttpDate(headerOf(headers, 'if-unmodified-since'));
  if (match === undefined && unmodifiedSince !== null && file.modified > unmodifiedSince) return 412;
  const answers: boolean[] = [];
  const noneMatch = headerOf(headers, 'if-none-match');
  if (noneMatch !== undefined) {
    const matches = lists(noneMatch, etag, { weak: true });
    if (matches && !safe) return 412;
    answers.push(matches);
  }
  const sinceHeader = headerOf(headers, 'if-modified-since');
  if (sinceHeader !== undefined) {
    const since = parseHttpDate(sinceHeader) ?? 0;
    answers.push(file.modified <= since && since <= Date.now() / 1000);
  }
  return safe && answers.length > 0 && answers.every(Boolean) ? 304 : 200;
}

/** `ap_set_byterange`: end excluded, overlapping and adjacent ranges joined; `null`: the whole content, also where the header can't be read. */
export function rangesOf(
  { headers, version }: ReadRequest,
  file: StoredFile,
  length: number,
  etag: string,
): [number, number][] | 'unsatisfiable' | null {
  const header = headerOf(headers, 'range');
  if (header === undefined || !/^bytes=/i.test(header) || version === 9) return null;
  const ifRange = headerOf(headers, 'if-range');
  if (ifRange !== undefined && (ifRange.startsWith('"') ? ifRange !== etag : parseHttpDate(ifRange) !== file.modified)) return null;
  const ranges: [number, number][] = [];
  let asked = 0;
  for (const item of header.slice(6).split(',')) {
    const range = /^\s*(?:(\d+)-(\d*)|-(\d+))\s*$/.exec(item);
    if (!range) return null;
    asked++;
    let [start, end] = [0, length];
    if (range[3] !== undefined) {
      if (Number(range[3]) === 0) return null;
      start = Math.max(0, length - Number(range[3]));
    } else {
      start = Number(range[1]);
      if (range[2] !== '') {
        if (Number(range[2]) < start) return null;
        end = Math.min(length, Number(range[2]) + 1);
      }
    }
    if (start >= length) continue;
    const joined = ranges.find(([from, to]) => start <= to && end >= from);
    if (joined) [joined[0], joined[1]] = [Math.min(joined[0], start), Math.max(joined[1], end)];
    else ranges.push([start, end]);
  }
  if (asked === 0) return null;
  return ranges.length === 0 ? 'unsatisfiable' : ranges;
}

/** The body of a multipart/byteranges response; the end of each range is excluded. */
export function multipart(ranges: [number, number][], content: Buffer, type: string): Buffer {
  const parts = ranges.flatMap(([start, end]) => [
    Buffer.from(`\r\n--${BOUNDARY}\r\nContent-type: ${type}\r\nContent-range: bytes ${start}-${end - 1}/${content.length}\r\n\r\n`),
    content.subarray(start, end),
  ]);
  return Buffer.concat([...parts, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}
