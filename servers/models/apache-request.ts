import type { ModelRequest } from './request-head.ts';
import { decodePath } from './site-files.ts';

/** The methods that Apache knows. How it reads a head: `HttpProtocolOptions Strict` (`server/protocol.c`, `server/vhost.c`). */
export const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
];

/** A request that Apache refuses: the status, and the further sentence on the error page. */
export class RequestError extends Error {
  readonly status: number;
  readonly detail: string;

  constructor(status: number, detail = '') {
    super();
    this.status = status;
    this.detail = detail;
  }
}

/** A request whose head has been read and accepted. */
export interface ReadRequest extends ModelRequest {
  keepAlive: boolean;
  /** The request has `Connection: keep-alive`: only then does the response have `Keep-Alive` (`ap_set_keepalive`). */
  saysKeepAlive: boolean;
  contentLength: number;
  chunked: boolean;
  /** Host and port as error pages name them. */
  hostName: string;
  hostPort: string;
}

/** Reads a request line by `HttpProtocolOptions Strict`. @throws RequestError */
export function parseRequestLine(line: string): Pick<ModelRequest, 'method' | 'path' | 'version'> {
  const parts = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e\x80-\xff]+)(?: HTTP\/(\d)\.(\d))?$/.exec(line);
  if (!parts) throw new RequestError(400);
  const [, method, target, major, minor] = parts;
  if (major === undefined && method !== 'GET') throw new RequestError(400);
  if (target!.includes('#') || !/^(?:\/|[a-z]+:\/\/)/i.test(target!)) {
    if (!(target === '*' && method === 'OPTIONS') && method !== 'CONNECT') throw new RequestError(400);
  }
  const local = target!.replace(/^[a-z]+:\/\/[^/?]*/i, '');
  const version = major === undefined ? 9 : Number(major) * 10 + Number(minor);
  return { method: method!, path: local.split('?', 1)[0]!, version };
}

/** The path of the file, with dots resolved. @throws RequestError where it is malformed or leaves the root */
export function localPath({ method, path }: Pick<ModelRequest, 'method' | 'path'>): string {
  if (path === '*' && method === 'OPTIONS') return path;
  if (method === 'CONNECT') return '/';
  const decoded = decodePath(path);
  if (decoded === null) throw new RequestError(400);
  const out: string[] = [];
  for (const part of decoded.replace(/\/+/g, '/').split('/').slice(1)) {
    if (part === '..' && out.pop() === undefined) throw new RequestError(400);
    if (part !== '..' && part !== '.') out.push(part);
  }
  return `/${out.join('/')}`;
}

/** Reads the field lines; continuation lines are joined. @throws RequestError where a line is no field */
export function readFields(lines: string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (const line of lines) {
    const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (field && !/[\x00-\x08\x0a-\x1f\x7f]/.test(field[2]!)) headers.push([field[1]!, field[2]!]);
    else if (/^[ \t]/.test(line) && headers.length > 0) headers.at(-1)![1] += ` ${line.trim()}`;
    else throw new RequestError(400);
  }
  return headers;
}

/** Checks a head, and derives framing and persistence from it. @throws RequestError where Apache refuses it */
export function judgeHead(start: Pick<ModelRequest, 'method' | 'path' | 'version'>, headers: [string, string][]): ReadRequest {
  const all = (name: string) => headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  const hosts = all('host');
  const lengths = all('content-length');
  const coding = all('transfer-encoding').join(',').toLowerCase();
  const host = /^([^\s:/]+)(?::(\d+))?$/.exec(hosts[0] ?? '');
  // A CONNECT's target takes the place of the Host field.
  const authority = start.method === 'CONNECT' ? /^([^\s:/]+):(\d+)$/.exec(start.path) : host;
  if (hosts.length > 1 || (hosts.length === 1 && !host) || (start.version >= 11 && !host)) throw new RequestError(400);
  if (lengths.length > 1 || (lengths.length === 1 && !/^\d+$/.test(lengths[0]!))) throw new RequestError(400);
  if (coding !== '' && coding !== 'chunked') throw new RequestError(400);
  const tokens = all('connection')
    .join(',')
    .toLowerCase()
    .split(',')
    .map((token) => token.trim());
  const saysKeepAlive = tokens.includes('keep-alive') && !tokens.includes('close');
  // A request with both framings is answered and the connection closed (RFC 9112 section 6.1).
  const ambiguous = coding !== '' && lengths.length > 0;
  const keepAlive = !ambiguous && !tokens.includes('close') && (start.version >= 11 || (start.version === 10 && saysKeepAlive));
  return {
    ...start,
    headers,
    keepAlive,
    saysKeepAlive,
    contentLength: coding === '' ? Number(lengths[0] ?? 0) : 0,
    chunked: coding !== '',
    hostName: authority?.[1] ?? '127.0.0.1',
    hostPort: authority?.[2] ?? '80',
  };
}
