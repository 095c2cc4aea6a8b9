/** The content of multipart/byteranges (RFC 9110 §14.6, RFC 2046 §5.1.1). */
import type { HeaderField } from '../model.ts';
import { latin1 } from './bytes.ts';

/** One part between two delimiters. */
export interface BodyPart {
  headers: HeaderField[];
  /** `null` where no empty line ends its head: what is head and what is content is not known then. */
  content: Uint8Array | null;
}

export interface BodyParts {
  parts: BodyPart[];
  /** Whether the delimiter that ends the last part is there (`--boundary--`). */
  isClosed: boolean;
}

const FIELD = /^([^\s:]+):[ \t]*(.*?)[ \t]*$/;
const EMPTY_LINE = '\r\n\r\n';

/** Splits content at its delimiters. What comes before the first one and after the last one means nothing. */
export function bodyParts(content: Uint8Array, boundary: string): BodyParts {
  const text = latin1(content, 0, content.length);
  const parts: BodyPart[] = [];
  // The CRLF before a delimiter belongs to it.
  const delimiter = `--${boundary}`;
  let at = text.startsWith(delimiter) ? 0 : after(text.indexOf(`\r\n${delimiter}`), 2);
  while (at !== -1) {
    at += delimiter.length;
    if (text.startsWith('--', at)) return { parts, isClosed: true };
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd === -1) break;
    const next = text.indexOf(`\r\n${delimiter}`, lineEnd);
    // Nothing follows: it should have ended the parts.
    if (next === -1 && parts.length > 0 && lineEnd + 2 === text.length) break;
    // The head begins behind the delimiter's CRLF; without fields its empty line is all of it.
    parts.push(bodyPart(content, text, lineEnd, next === -1 ? text.length : next));
    at = after(next, 2);
  }
  return { parts, isClosed: false };
}

const after = (place: number, count: number): number => (place === -1 ? -1 : place + count);

function bodyPart(content: Uint8Array, text: string, start: number, end: number): BodyPart {
  const headEnd = text.indexOf(EMPTY_LINE, start);
  const isWhole = headEnd !== -1 && headEnd + EMPTY_LINE.length <= end + 2;
  const lines = text.slice(start + 2, isWhole ? headEnd : end).split('\r\n');
  const fields = lines.flatMap((line): HeaderField[] => {
    const match = FIELD.exec(line);
    return match ? [[match[1]!, match[2]!]] : [];
  });
  // A line that is no field is content: the empty line was left out, and one in the content only looks like it.
  const isHead = isWhole && fields.length === lines.filter((line) => line !== '').length;
  return { headers: fields, content: isHead ? content.subarray(Math.min(headEnd + EMPTY_LINE.length, end), end) : null };
}
