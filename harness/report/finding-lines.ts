/** Findings as lines of a terminal. */
import type { Finding } from '../findings/finding.ts';
import { FINDING_LANGUAGES } from '../findings/wording/index.ts';
import type { Language as FindingWords } from '../findings/wording/words.ts';
import { type WorthALook, worthALook } from '../findings/worth-a-look.ts';
import type { Language } from '../model.ts';
import { escapeTerminal } from './escape.ts';
import { displayFilter } from './phrases/phrases.ts';
import { padEnd, wrapProse } from './width.ts';

const INDENT = 9;
/** Narrower text is hard to read. */
const LEAST_COLUMNS = 40;
const SERVERS_NAMED = 3;

/** The findings that come first, for a terminal of this width. */
export function lookLines(findings: readonly Finding[], columns: number): string[] {
  const words = FINDING_LANGUAGES.en;
  const { shown, more } = worthALook(findings);
  const width = Math.max(LEAST_COLUMNS, columns);
  if (shown.length === 0) return wrapProse(`${words.worthALook}: ${words.nothing}`, width);
  const lines = shown.flatMap((one) => linesOf(one, width, words));
  return [words.worthALook, ...lines, ...(more > 0 ? [`  ${words.more(more)}`] : [])];
}

/** Every finding of one server, the worst first; a note takes its title, what was seen and its frames alone. */
export function findingLines(findings: readonly Finding[], columns: number, language: Language): string[] {
  const { shown } = worthALook(findings, Number.POSITIVE_INFINITY);
  return shown.flatMap((one) =>
    linesOf(
      { ...one, servers: one.cell === null ? one.servers : [one.cell] },
      Math.max(LEAST_COLUMNS, columns),
      FINDING_LANGUAGES[language],
    ),
  );
}

function linesOf({ finding, servers, stream, frames }: WorthALook, columns: number, words: FindingWords): string[] {
  const { severity, level, title, spec, seen, consequence, remedy } = finding;
  const indented = (text: string): string[] => wrapProse(escapeTerminal(text), columns - INDENT).map((line) => ' '.repeat(INDENT) + line);
  const rule = [spec, level].filter((part) => part !== null).join(words.comma);
  const heading = indented(rule === '' ? title : title + words.aside(rule));
  const place = placeText(servers, stream, frames, words);
  const mark = padEnd(`  ${words.severities[severity]}`, INDENT);
  return [
    mark + heading[0]!.slice(INDENT),
    ...heading.slice(1),
    ...indented(seen),
    ...(place === '' ? [] : indented(place)),
    // Whole, so that it can be copied.
    ...(frames.length === 0 || severity === 'note' ? [] : [' '.repeat(INDENT) + displayFilter(frames)]),
    ...(severity === 'note' ? [] : [...indented(`→ ${consequence}`), ...indented(words.remedy + remedy)]),
  ];
}

/** `10.0.0.2:80, connection #0, frames 7, 8` */
function placeText(servers: readonly string[], stream: number | null, frames: readonly number[], words: FindingWords): string {
  const named = servers.filter((server) => server !== '');
  const beyond = named.length > SERVERS_NAMED ? words.aside(`+${named.length - SERVERS_NAMED}`) : '';
  const parts = [
    named.slice(0, SERVERS_NAMED).join(words.comma) + beyond,
    stream === null ? '' : words.connection(stream),
    frames.length === 0 ? '' : words.frames(frames),
  ];
  return parts.filter((part) => part !== '').join(words.comma);
}
