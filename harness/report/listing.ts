import { wrap } from './width.ts';

/** One thing of a registry. */
export interface ListEntry {
  id: string;
  /** Short words behind the id: provenance, unit. */
  mark: string;
  text: string;
}

/** A heading, and for each entry its id and what it is, wrapped to `columns`. */
export function listText(heading: string, entries: readonly ListEntry[], columns: number): string {
  const indent = 6;
  const blocks = entries.map(({ id, mark, text }) => {
    const lines = wrap(text, Math.max(30, columns - indent)).map((line) => ' '.repeat(indent) + line);
    return [`  ${id}${mark === '' ? '' : ` (${mark})`}`, ...lines].join('\n');
  });
  return [`${heading} (${entries.length})`, ...blocks].join('\n');
}
