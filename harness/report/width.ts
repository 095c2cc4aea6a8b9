/** Columns of a terminal that text takes (UAX #11): wide characters two, combining ones none. */

const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x17000, 0x18aff],
  [0x1b000, 0x1b2ff],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x1fa70, 0x1faff],
  [0x20000, 0x3fffd],
];

let segmenter: Intl.Segmenter | null = null;

/** The first call takes as long as reading a few megabytes of a capture. */
const graphemes = (text: string): Iterable<Intl.SegmentData> =>
  (segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })).segment(text);

/** Characters that are one grapheme and take one column each, as nearly all text here has them. */
const NARROW = /^[\x20-\x7e\xa1-\xac\xae-\xff–—‘-”…→]*$/;
const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;
const ZERO = /^(?:\p{Mn}|\p{Me}|[\u200b-\u200d]|[\ufe0e\ufe0f])+$/u;

/** Columns that a text takes. The text must have no control characters; see `printable`. */
export function textWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += graphemeWidth(segment);
  return width;
}

function graphemeWidth(grapheme: string): number {
  const code = grapheme.codePointAt(0) ?? 0;
  if (ZERO.test(grapheme)) return 0;
  return EMOJI.test(grapheme) || WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

/** The text cut to `width` columns, with an ellipsis at its end where something was cut. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes(text)) {
    const more = graphemeWidth(segment);
    if (used + more > width - 1) break;
    kept += segment;
    used += more;
  }
  return width > 0 ? `${kept}…` : '';
}

/** The text with spaces after it, `width` columns wide. */
export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - textWidth(text)));

/** The parts of a text between which a line may break: at spaces (but not at no-break spaces), and after a hyphen or slash between two letters. */
export function splitWords(text: string): { text: string; space: boolean }[] {
  return text
    .split(/[ \t\r\n]+/)
    .filter((word) => word !== '')
    .flatMap((word) => word.split(/(?<=\p{L}[-/])(?=\p{L})/u).map((part, index) => ({ text: part, space: index === 0 })));
}

/** Lines of at most `width` columns, broken between words and inside them where `splitWords` allows it; a longer part is cut with an ellipsis. */
export const wrap = (text: string, width: number): string[] => fill(splitWords(text), width);

/** Between Chinese characters a line may break anywhere; but none begins with punctuation that closes, or ends with a bracket that opens. */
const BETWEEN_HAN = /(?<=[\p{Script=Han}，。；：、！？）”])(?=[^，。；：、！？）”])|(?<=[^（“])(?=[\p{Script=Han}（“])/u;

/** The same for running text: ids and paths are kept whole. */
export const wrapProse = (text: string, width: number): string[] =>
  fill(
    text
      .split(/[ \t\r\n]+/)
      .filter((word) => word !== '')
      .flatMap((word) => word.split(BETWEEN_HAN).map((part, index) => ({ text: part, space: index === 0 }))),
    width,
  );

function fill(words: { text: string; space: boolean }[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const longer = line === '' ? word.text : `${line}${word.space ? ' ' : ''}${word.text}`;
    if (line !== '' && textWidth(longer) > width) {
      lines.push(line);
      line = word.text;
    } else {
      line = longer;
    }
  }
  lines.push(line);
  return lines.map((one) => truncate(one, width));
}
