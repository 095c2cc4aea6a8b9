import type { HeadTemplate, Slot } from '../profile.ts';

/** The values for the head of a request; a line whose slot has none is left out. */
export type Slots = Partial<Record<Slot, string>>;

const LOOPBACK_V4 = /^127(?:\.\d{1,3}){3}$/;

/**
 * Whether browsers treat the origin as potentially trustworthy (W3C Secure Contexts §3.1). Only to such origins do they send Fetch
 * Metadata, client hints and the longer `Accept-Encoding`.
 */
export function isPotentiallyTrustworthy(origin: URL): boolean {
  const host = origin.hostname;
  return origin.protocol === 'https:' || LOOPBACK_V4.test(host) || host === '[::1]' || host === 'localhost' || host.endsWith('.localhost');
}

const SLOT = /\{([a-z-]+)\}/g;

/** The header lines of one request, in order: templates filled in, lines with an empty slot left out. */
export function headLines(template: HeadTemplate, slots: Slots, trustworthy: boolean): string[] {
  const lines: string[] = [];
  for (const entry of template) {
    const line = typeof entry === 'string' ? entry : trustworthy ? entry.trustworthy : entry.otherwise;
    if (line === undefined) continue;
    let complete = true;
    const filled = line.replace(SLOT, (_, name: string) => {
      const value = slots[name as Slot];
      if (value === undefined) complete = false;
      return value ?? '';
    });
    if (complete) lines.push(filled);
  }
  return lines;
}

/** The bytes of a request head as text (each character one byte, as header fields are Latin-1 on the wire). */
export function requestHead(method: string, target: string, lines: readonly string[]): string {
  return `${[`${method} ${target} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`;
}

/** The fields of these lines by lower-case name, as the cache needs them. */
export function headerMap(lines: readonly string[]): Record<string, string> {
  const map: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    map[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return map;
}
