/** Payload for rebuilt rows. The reports print only a message's start line and lengths; a filler field brings the head to its length. */
import type { PlacedRow } from './printed-row.ts';

const START_LINE = /^((?:GET|POST|HEAD|PUT) \S+ HTTP\/1\.[01]|HTTP\/1\.[01] \d{3} [A-Za-z ]*[A-Za-z])/;
const BODY = 0x20;
/** Heads that come in one segment are at most this long (Flask's); a longer message has a body. */
const SMALL_HEAD = 174;
const DATE = 'Date: Mon, 21 Oct 2024 08:00:00 GMT\r\n';

/** The payload of each row, in the order of the rows. Bytes of a message whose start line is not printed are blanks. */
export function payloadsOf(rows: readonly PlacedRow[]): Uint8Array[] {
  const payloads = rows.map((row) => new Uint8Array(row.payload).fill(BODY));
  rows.forEach((row, index) => {
    const startLine = row.protocol === 'HTTP' ? START_LINE.exec(row.info)?.[1] : undefined;
    if (startLine === undefined) return;
    const parts = messageParts(rows, index);
    if (parts === null) return;
    const first = rows[parts[0]!]!;
    const total = row.seq + row.payload - first.seq;
    const sizes = parts.map((part) => rows[part]!.payload);
    const head = new TextEncoder().encode(headFor(startLine, sizes, total));
    let at = 0;
    for (const part of parts) {
      payloads[part]?.set(head.subarray(at, at + (payloads[part]?.length ?? 0)));
      at += payloads[part]?.length ?? 0;
      if (at >= head.length) break;
    }
  });
  return payloads;
}

/** Rows of the same direction that carry the message which the row at `index` completes; `null` where its first one is not printed. */
function messageParts(rows: readonly PlacedRow[], index: number): number[] | null {
  const last = rows[index]!;
  const parts = [index];
  let from = last.seq;
  for (let at = index - 1; at >= 0; at--) {
    const row = rows[at]!;
    if (row.source !== last.source || row.destination !== last.destination || row.payload === 0) continue;
    if (START_LINE.test(row.info) || !/reassembled/.test(row.info)) break;
    parts.unshift(at);
    from = row.seq;
  }
  // A side's first byte has relative sequence number 1: a row that begins later continues a message whose start is left out.
  return from === 1 || parts.length > 1 || /^[A-Z]+ /.test(last.info) || last.seq === 1 ? wholeOnly(from, parts, rows) : null;
}

const wholeOnly = (from: number, parts: number[], rows: readonly PlacedRow[]): number[] | null => {
  const earlier = rows.slice(0, parts[0]).some(({ source, destination, payload }) => {
    const first = rows[parts[0]!]!;
    return source === first.source && destination === first.destination && payload > 0;
  });
  return from === 1 || earlier ? parts : null;
};

function headFor(startLine: string, sizes: readonly number[], total: number): string {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(startLine)?.[1];
  if (status === undefined) return filled(`${startLine}\r\nHost: 127.0.0.1\r\n`, total);
  const bodiless = status === '304' || status === '101';
  const lineAlone = sizes[0] === startLine.length + 2;
  const headBytes = lineAlone
    ? total - (bodiless ? 0 : (sizes.at(-1) ?? 0))
    : bodiless
      ? total
      : sizes.length > 1
        ? (sizes[0] ?? total)
        : Math.min(SMALL_HEAD, total - 1);
  const length = `Content-Length: ${total - headBytes}\r\n`;
  if (!lineAlone) {
    const said = status === '101' ? 'Connection: Upgrade\r\nUpgrade: websocket\r\n' : '';
    return filled(`${startLine}\r\n${said}${bodiless ? '' : length}`, headBytes);
  }
  // One write for each line, as wsgiref does: status line, Date, Server, the rest.
  const server = `${'Server: WSGIServer/0.2 CPython/3.11.4'.padEnd((sizes[2] ?? 39) - 2, '.')}\r\n`;
  return filled(`${startLine}\r\n${DATE}${server}${length}`, headBytes);
}

/** The head with its empty line, filled up by one more field to exactly `bytes` where there is room for one. */
function filled(lines: string, bytes: number): string {
  const room = bytes - lines.length - 2;
  const name = 'X-Left-Out: ';
  const filler = room >= name.length + 3 ? `${name}${'x'.repeat(room - name.length - 2)}\r\n` : '';
  return `${lines}${filler}\r\n`;
}
