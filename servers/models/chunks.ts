/** What a server takes for a body in chunks. */
export interface ChunkGrammar {
  /** The first line of a chunk, with its end; the size in hexadecimal digits is the first group. */
  sizeLine: RegExp;
  /** The end of a line. */
  lineEnd: RegExp;
}

/**
 * How many bytes a body in chunks takes, trailers included; `more`: its end is not there yet; `overflow`: the size of a chunk is no number for
 * the server. Each line is judged once it is there whole.
 */
export function lengthOfChunks(bytes: Buffer, { sizeLine, lineEnd }: ChunkGrammar): number | 'more' | 'malformed' | 'overflow' {
  const text = bytes.toString('latin1');
  let at = 0;
  /** The next line with its LF; empty where that is not there yet. */
  const nextLine = (): string => {
    const line = text.slice(at, text.indexOf('\n', at) + 1);
    at += line.length;
    return line;
  };
  for (;;) {
    const first = nextLine();
    if (first === '') return 'more';
    const size = Number.parseInt(sizeLine.exec(first)?.[1] ?? '', 16);
    if (Number.isNaN(size)) return 'malformed';
    if (size > Number.MAX_SAFE_INTEGER) return 'overflow';
    if (size === 0) break;
    at += size;
    const end = lineEnd.exec(text.slice(at, at + 2));
    if (!end) return text.length < at + 2 ? 'more' : 'malformed';
    at += end[0].length;
  }
  for (;;) {
    const trailer = nextLine();
    if (trailer === '') return 'more';
    if (lineEnd.test(trailer)) return at;
  }
}
