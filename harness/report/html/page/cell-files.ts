/** A cell's requests for other tools, made from what the page holds: curl commands, and a HAR without bodies. */
import type { PackedExchange } from '../page-format.ts';
import { type Cell, cellId, clientAt, detailOf, index, scenarioTitle, serverAt, textAt } from './model.ts';

interface Field {
  name: string;
  value: string;
}

/** @param refs name, value, name, value, … */
function fieldsOf(refs: readonly number[]): Field[] {
  return Array.from({ length: refs.length / 2 }, (_, place) => ({
    name: textAt(refs[2 * place] ?? null) ?? '',
    value: textAt(refs[2 * place + 1] ?? null) ?? '',
  }));
}

/** Fields that curl writes itself, or that tell of a body that is not here. */
const LEFT_TO_CURL = new Set(['host', 'content-length', 'connection']);

/** A request as a curl command for a shell; `null` where the request is not in the capture. */
export function curlOf({ method, target, versions, requestHeaders }: PackedExchange): string | null {
  const [verb, path] = [textAt(method), textAt(target)];
  if (verb === null || path === null) return null;
  const fields = fieldsOf(requestHeaders);
  const host = fields.find(({ name }) => name.toLowerCase() === 'host')?.value ?? '127.0.0.1:8080';
  const url = path.startsWith('/') ? `http://${host}${path}` : path;
  const parts = [
    'curl -i --path-as-is',
    ...(textAt(versions[0]) === 'HTTP/1.0' ? ['--http1.0'] : ['--http1.1']),
    ...(verb === 'HEAD' ? ['--head'] : verb === 'GET' ? [] : [`-X ${quoted(verb)}`]),
    ...fields.filter(({ name }) => !LEFT_TO_CURL.has(name.toLowerCase())).map(({ name, value }) => `-H ${quoted(`${name}: ${value}`)}`),
    quoted(url),
  ];
  return parts.join(' ');
}

/** One word of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The cell as HAR 1.2, heads and times; the bodies are in the capture. */
export function harOf(cell: Cell): string {
  const exchanges = detailOf(cell)?.exchanges ?? [];
  const server = serverAt(cell.server);
  const start = index.run?.startedAt ?? new Date(0).toISOString();
  const at = (us: number): string => new Date(Date.parse(start) + us / 1e3).toISOString();
  const log = {
    version: '1.2',
    creator: { name: 'wirematrix', version: '' },
    comment: `${cellId(cell)}: ${server.title} ${server.version ?? ''}, ${clientAt(cell.client).title}, ${scenarioTitle(cell.scenario)}. Times count from the start of the run; bodies are in the capture.`,
    entries: exchanges.map((exchange) => entryOf(exchange, at(exchange.times[0]))),
  };
  return JSON.stringify({ log }, null, 1);
}

function entryOf(exchange: PackedExchange, startedDateTime: string): object {
  const { stream, method, target, status, reason, versions, requestHeaders, responseHeaders, bodyBytes, times, frames } = exchange;
  const [, , sending, waiting, receiving] = times.map((us) => us / 1e3) as [number, number, number, number, number];
  const headers = fieldsOf(requestHeaders);
  const host = headers.find(({ name }) => name.toLowerCase() === 'host')?.value ?? '';
  const path = textAt(target) ?? '';
  const answer = fieldsOf(responseHeaders);
  const field = (name: string): string => answer.find((one) => one.name.toLowerCase() === name)?.value ?? '';
  return {
    startedDateTime,
    time: sending + waiting + receiving,
    request: {
      method: textAt(method) ?? '',
      url: path.startsWith('/') ? `http://${host}${path}` : path,
      httpVersion: textAt(versions[0]) ?? '',
      headers,
      queryString: [...new URLSearchParams(path.split('?')[1] ?? '')].map(([name, value]) => ({ name, value })),
      cookies: [],
      headersSize: -1,
      bodySize: -1,
    },
    response: {
      status: status ?? 0,
      statusText: textAt(reason) ?? '',
      httpVersion: textAt(versions[1]) ?? '',
      headers: answer,
      cookies: [],
      content: { size: bodyBytes, mimeType: field('content-type') },
      redirectURL: field('location'),
      headersSize: -1,
      bodySize: status === null ? -1 : bodyBytes,
    },
    cache: {},
    timings: { send: sending, wait: waiting, receive: receiving },
    connection: String(stream),
    comment: `frames ${frames[0]}–${frames[3]}`,
  };
}
