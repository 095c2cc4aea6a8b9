import type { Finding } from '../findings/finding.ts';
import { EN } from '../findings/wording/en.ts';
import { type WorthALook, worthALook } from '../findings/worth-a-look.ts';
import { escapeTerminal } from '../report/escape.ts';
import { displayFilter } from '../report/phrases/phrases.ts';
import { wrapProse } from '../report/width.ts';

const INDENT = 9;
/** Narrower text is hard to read. */
const LEAST_COLUMNS = 40;
const SERVERS_NAMED = 3;

/** The findings that come first, for a terminal of this width. */
export function lookLines(findings: readonly Finding[], columns: number): string[] {
  const { shown, more } = worthALook(findings);
  if (shown.length === 0) return wrapProse(`${EN.worthALook}: ${EN.nothing}`, Math.max(LEAST_COLUMNS, columns));
  const lines = shown.flatMap((one) => lookOf(one, Math.max(LEAST_COLUMNS, columns)));
  return [EN.worthALook, ...lines, ...(more > 0 ? [`  ${EN.more(more)}`] : [])];
}

function lookOf({ finding, servers, stream, frames }: WorthALook, columns: number): string[] {
  const { severity, title, spec, seen, consequence, remedy } = finding;
  const indented = (text: string): string[] => wrapProse(escapeTerminal(text), columns - INDENT).map((line) => ' '.repeat(INDENT) + line);
  const heading = indented(spec === null ? title : `${title} (${spec})`);
  const place = placeText(servers, stream, frames);
  const mark = `  ${EN.severities[severity]}`.padEnd(INDENT);
  return [
    mark + heading[0]!.slice(INDENT),
    ...heading.slice(1),
    ...indented(seen),
    ...(place === '' ? [] : indented(place)),
    // Whole, so that it can be copied.
    ...(frames.length === 0 ? [] : [' '.repeat(INDENT) + displayFilter(frames)]),
    ...(severity === 'note' ? [] : [...indented(`→ ${consequence}`), ...indented(`${EN.remedy}: ${remedy}`)]),
  ];
}

/** `10.0.0.2:80, connection #0, frames 7, 8` */
function placeText(servers: readonly string[], stream: number | null, frames: readonly number[]): string {
  const named = servers.filter((server) => server !== '');
  const beyond = named.length > SERVERS_NAMED ? ` (+${named.length - SERVERS_NAMED})` : '';
  const parts = [
    named.slice(0, SERVERS_NAMED).join(', ') + beyond,
    stream === null ? '' : EN.connection(stream),
    frames.length === 0 ? '' : EN.frames(frames),
  ];
  return parts.filter((part) => part !== '').join(', ');
}
