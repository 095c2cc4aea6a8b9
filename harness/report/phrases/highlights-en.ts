/** English words of the highlights of a run (`highlights.ts`). Other languages take their shape from this record. */

const doing = (names: readonly string[], one: string, many: string): string => (names.length === 1 ? one : many);

/** `a`, `a and b`, `a, b, c and 4 more`. */
export function namesEn(names: readonly string[], most = 3): string {
  const shown = names.length > most + 1 ? [...names.slice(0, most), `${names.length - most} more`] : names;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

export const highlightsEn = {
  baseline: (server: string, title: string, from: string, to: string): string =>
    `Changed since the baseline: ${server}, ${title}: ${from} → ${to}.`,
  version: (earlier: string, later: string, title: string, from: string, to: string): string =>
    `From ${earlier} to ${later}: ${title}: ${from} → ${to}.`,
  versionsAlike: (earlier: string, later: string): string => `From ${earlier} to ${later} nothing changed that was observed.`,
  finding: (servers: readonly string[], title: string, seen: string): string => `${namesEn(servers)}: ${title}. ${seen}`,
  documented: (server: string, timer: string, documented: string, measured: string): string =>
    `${server}, ${timer}: ${documented} by its documentation, ${measured} here.`,
  closesAtOnce: (servers: readonly string[], connections: number | null, usual: number | null): string =>
    `${namesEn(servers)} ${doing(servers, 'closes', 'close')} the connection right after each response${
      connections === null ? '' : `: a page takes ${connections} connections${usual === null ? '' : `, not ${usual}`}`
    }.`,
  idleRange: (
    shortest: readonly string[],
    low: string,
    longest: readonly string[],
    high: string,
    open: readonly string[],
    window: string,
  ): string =>
    `Idle connections are closed after ${low} (${namesEn(shortest)})${low === high ? '' : ` to ${high} (${namesEn(longest)})`}${
      open.length === 0 ? '' : `; ${namesEn(open)} still ${doing(open, 'keeps', 'keep')} them after ${window}`
    }.`,
  neverCloses: (open: readonly string[], window: string): string =>
    `${namesEn(open)} ${doing(open, 'keeps', 'keep')} idle connections open: still open after ${window}.`,
  advertised: (server: string, said: string, real: string): string =>
    `${server} advertises Keep-Alive: timeout=${said} and closes an idle connection after ${real}.`,
  advertisedOpen: (server: string, said: string, window: string): string =>
    `${server} advertises Keep-Alive: timeout=${said}; an idle connection is still open after ${window}.`,
  revisit: (sent: readonly string[], requests: number, silent: readonly string[]): string =>
    `On a revisit ${namesEn(sent)} ${doing(sent, 'answers', 'answer')} ${requests === 1 ? 'the one request' : `all ${requests} requests`} with 304${
      silent.length === 0 ? '' : `; with ${namesEn(silent)} the browser asks for nothing`
    }.`,
  revisitInFull: (servers: readonly string[], requests: number): string =>
    `On a revisit ${namesEn(servers)} ${doing(servers, 'sends', 'send')} ${requests === 1 ? 'the file' : `all ${requests} files`} again in full: no 304.`,
  rangeIgnored: (servers: readonly string[]): string =>
    `${namesEn(servers)} ${doing(servers, 'ignores', 'ignore')} Range: the audio file comes whole, with 200.`,
  http10: (servers: readonly string[]): string => `${namesEn(servers)} ${doing(servers, 'answers', 'answer')} with HTTP/1.0.`,
  /** The value of each server. */
  each: (title: string, values: readonly (readonly [string, string])[]): string =>
    `${title}: ${values.map(([server, value]) => `${server} ${value}`).join('; ')}.`,
  variant: (variant: string, base: string, title: string, from: string, to: string): string =>
    `${variant}, against ${base}: ${title}: ${from} → ${to}.`,
  differs: (title: string, server: string, value: string, usual: string, agreeing: number, voting: number): string =>
    `${server}, ${title}: ${value}; most servers: ${usual} (${agreeing} of ${voting}).`,
  /** A sentence and where it is seen. */
  placed: (text: string, cell: string, frames: string): string => `${text.replace(/\.$/, '')} (${cell}, ${frames}).`,
};

/** The shape of every language's words. */
export type HighlightWords = typeof highlightsEn;
