/** What `probe` prints: three lines that say what the server is, its findings from the worst on, and its values. */

import { isObserved } from '../compare/matrix.ts';
import type { ExchangeRow, ObservedCell, RunResult } from '../compare/run-result.ts';
import { cellShowing } from '../compare/showing.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import { type Language, type Observation, type ObservedValue, OWN_SERVER } from '../model.ts';
import { observations } from '../observe/index.ts';
import { isAtOnce } from '../observe/timers.ts';
import { escapeTerminal } from './escape.ts';
import { findingLines } from './finding-lines.ts';
import { ownClaimLines } from './own-claims.ts';
import { inLanguage } from './phrases/in-language.ts';
import { PROBE_WORDS } from './phrases/probe.ts';
import { TABLE_WORDS } from './phrases/tables.ts';
import { tlsOff } from './phrases/tls-off.ts';
import { framesText, NO_BREAK, placeOf, valueText } from './value-text.ts';
import { wrapProse } from './width.ts';

export interface ProbeTextOptions {
  language: Language;
  /** Width of the terminal. */
  columns: number;
  /** Each value on a line of its own, with its frames. */
  all?: boolean | undefined;
  /** The program that was recognised. */
  product: string | null;
  /** Observations of the user's own, after those of the registry. */
  own?: readonly Observation[] | undefined;
}

interface Shown {
  observation: Observation;
  cell: ObservedCell;
  value: ObservedValue;
}

const IDENTIFY = 'identify';
/** A value longer than this is cut: table.md has it whole. */
const TEXT_SHOWN = 100;
const LEAST_COLUMNS = 40;

/** The whole text, for one server. */
export function probeText(run: RunResult, findings: readonly Finding[], options: ProbeTextOptions): string {
  const observed = run.cells.filter(isObserved);
  const cells = observed.filter(({ server }) => server === OWN_SERVER);
  // What the port speaks is in the first line.
  const shown = shownValues(
    cells.filter(({ scenario }) => scenario !== IDENTIFY),
    options.own,
  );
  const words = PROBE_WORDS[options.language];
  if (shown.length === 0 && cells.length === 0) return nothingShown(run, options.language);
  const columns = Math.max(LEAST_COLUMNS, options.columns);
  const lines = [
    ...[...summary(run, cells, shown, findings, options), ...failures(run, options.language)].flatMap((line) => wrapProse(line, columns)),
    ...(findings.length > 0 ? ['', words.findings, ...findingLines(findings, columns, options.language)] : []),
    ...(shown.length === 0 ? [] : valueLines(shown, columns, options)),
    ...claimLines(run, columns, options.language),
    ...besideLines(run, shown, columns, options.language),
    '',
  ];
  return lines.map(escapeTerminal).join('\n').replaceAll(NO_BREAK, ' ');
}

/** A part's offsets depend on the length of the file, which is another one. */
const kindOf = (text: string): string => text.replace(/(?<=bytes .*)\d+/g, 'n');

/** How many findings of each severity there are. */
function countsOf(findings: readonly Pick<Finding, 'severity'>[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { fault: 0, risk: 0, advice: 0, note: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

/** What differs between the user's server and those that were asked beside it. */
function besideLines(run: RunResult, shown: readonly Shown[], columns: number, language: Language): string[] {
  const others = run.servers.filter(({ id, skipped }) => id !== OWN_SERVER && skipped === null);
  if (others.length === 0) return [];
  const words = PROBE_WORDS[language];
  const counts = others.map(({ id }) => `${id}${words.colon}${words.counts(countsOf(run.findings.filter(({ server }) => server === id)))}`);
  const cellsOf = new Map(others.map(({ id }) => [id, run.cells.filter(isObserved).filter(({ server }) => server === id)]));
  const lines = shown.flatMap(({ observation, value }) => {
    if (observation.tolerance.kind === 'relative' && observation.unit === 'ms') return [];
    const own = shortText(value, observation.unit, language);
    const texts = others.map(({ id }) => {
      const cell = cellShowing(cellsOf.get(id) ?? [], observation);
      return { id, text: cell ? shortText(cell.values[observation.id]!, observation.unit, language) : '–' };
    });
    if (texts.every(({ text }) => kindOf(text) === kindOf(own))) return [];
    const all = [{ id: OWN_SERVER, text: own }, ...texts].map(({ id, text }) => `${id} ${text}`);
    return [`  ${observation.id}`, ...wrapProse(all.join(words.and), columns - 6).map((line) => `      ${line}`)];
  });
  return [
    '',
    words.beside(others.map(({ id }) => id).join(', ')),
    ...counts.flatMap((line) => wrapProse(line, columns - 2).map((one) => `  ${one}`)),
    ...lines,
  ];
}

const valueLines = (shown: readonly Shown[], columns: number, { all, language }: ProbeTextOptions): string[] => {
  const words = PROBE_WORDS[language];
  const lines = all ? everyValue(shown, language) : [...foldedValues(shown, columns, language), `  ${words.hint}`];
  return ['', words.values, ...lines];
};

function claimLines(run: RunResult, columns: number, language: Language): string[] {
  const all = ownClaimLines(run, language);
  if (all.length === 0) return [];
  const lines = all.flatMap((line) => wrapProse(line, columns - 4).map((text, at) => (at === 0 ? `  • ${text}` : `    ${text}`)));
  return ['', TABLE_WORDS[language].ownClaimsTitle, ...lines];
}

/** Whether any request to the user's own server got an HTTP/1.x answer; the 400 of a port of TLS is none. */
export const hasAnswered = (run: RunResult): boolean => {
  const cells = run.cells.filter(isObserved).filter(({ server }) => server === OWN_SERVER);
  return answersIn(cells).length > 0 && !isTlsPort(cells);
};

function shownValues(cells: readonly ObservedCell[], own: readonly Observation[] = []): Shown[] {
  return [...observations, ...own].flatMap((observation) => {
    const cell = cellShowing(cells, observation);
    const value = cell?.values[observation.id];
    return cell && value ? [{ observation, cell, value }] : [];
  });
}

function summary(
  run: RunResult,
  cells: readonly ObservedCell[],
  shown: readonly Shown[],
  findings: readonly Finding[],
  { language, product }: ProbeTextOptions,
): string[] {
  const words = PROBE_WORDS[language];
  const exchanges = cells.flatMap((cell) => cell.exchanges);
  const plain = isTlsPort(cells) ? null : plainExchange(exchanges);
  const limited = exchanges.filter(({ status }) => status === 429).length;
  return [
    plain === null ? noAnswer(cells, run, language) : whatItIs(plain, product, language),
    // Of a server that answered nothing, nothing is known to be right.
    ...(plain === null && findings.length === 0 ? [] : [words.counts(countsOf(findings))]),
    idleLine(shown, language),
    ...(plain !== null && (plain.status ?? 0) >= 300 ? [isToTls(plain) ? words.redirectsToTls : words.notSuccess(plain.status ?? 0)] : []),
    ...(plain !== null && isEndless(plain) ? [words.endless] : []),
    ...(limited > 0 && plain?.status !== 429 ? [words.rateLimited(limited)] : []),
  ];
}

/** How many cells failed for each reason, its first line alone: a server that crashes, say. */
function failures(run: RunResult, language: Language): string[] {
  const own = run.cells.filter(({ server }) => server === OWN_SERVER);
  const reasons = new Map<string, number>();
  for (const { state, reason } of own) {
    const [first = ''] = reason?.split('\n') ?? [];
    if (state === 'failed') reasons.set(first, (reasons.get(first) ?? 0) + 1);
  }
  return [...reasons].map(([reason, count]) =>
    PROBE_WORDS[language].failed(count, own.length, inLanguage(language, reason.replace(/; it wrote:$/, ''))),
  );
}

/** The first plain GET that was answered. */
const plainExchange = (exchanges: readonly ExchangeRow[]): ExchangeRow | null =>
  exchanges.find(({ method, status, version }) => method === 'GET' && status !== null && version !== '0.9') ?? null;

const isEndless = ({ complete, framing, responseHeaders }: ExchangeRow): boolean =>
  !complete &&
  (framing === 'chunked' || framing === 'close') &&
  /^text\/event-stream\b/i.test(headerOf(responseHeaders, 'content-type') ?? '');

const headerOf = (headers: readonly (readonly string[])[], name: string): string | null =>
  headers.find(([key]) => key?.toLowerCase() === name)?.[1] ?? null;

function whatItIs({ method, target, status, version, responseHeaders }: ExchangeRow, product: string | null, language: Language): string {
  const words = PROBE_WORDS[language];
  const type = headerOf(responseHeaders, 'content-type');
  const server = headerOf(responseHeaders, 'server');
  const parts = [
    words.answers(method ?? 'GET', target ?? '/', status ?? 0) + (type === null ? '' : words.aside(type)),
    ...(version === null ? [] : [words.version(version)]),
    server === null ? words.unnamed : words.named(server),
    ...(product === null || server?.toLowerCase().includes(product.toLowerCase()) ? [] : [words.looksLike(product)]),
  ];
  return sentence(parts, language);
}

const sentence = (parts: readonly string[], language: Language): string =>
  parts.join(PROBE_WORDS[language].and) + PROBE_WORDS[language].stop;

function noAnswer(cells: readonly ObservedCell[], run: RunResult, language: Language): string {
  const words = PROBE_WORDS[language];
  const spoke = spoken(cells);
  const what =
    spoke === 'tls'
      ? words.sentTls(tlsOff(tellingWords(cells, run), language))
      : { nothing: words.sentNothing, 'http/2': words.sentHttp2, other: words.sentOther }[spoke];
  if (isTlsPort(cells)) return language === 'zh' ? `${words.refusedPlain}${what}` : `${words.refusedPlain} ${what}`;
  return `${words.noHttp(what)} ${words.onlyTcp}`;
}

/** Whether a port speaks TLS and answers plain HTTP with 400 alone, if with anything. */
const isTlsPort = (cells: readonly ObservedCell[]): boolean =>
  cells.some(({ connections }) => connections.some(({ serverSpeaks }) => serverSpeaks === 'tls')) &&
  answersIn(cells).length > 0 &&
  answersIn(cells).every(({ status }) => status === 400);

const answersIn = (cells: readonly ObservedCell[]): ExchangeRow[] =>
  cells.flatMap(({ exchanges }) => exchanges.filter(({ status, version }) => status !== null && version !== '0.9'));

const isToTls = ({ responseHeaders }: ExchangeRow): boolean => /^https:/i.test(headerOf(responseHeaders, 'location') ?? '');

/** What may tell which server it is: its command line, which is its title, and its Server field. */
const tellingWords = (cells: readonly ObservedCell[], run: RunResult): string =>
  [
    run.servers.find(({ id }) => id === OWN_SERVER)?.title ?? '',
    ...answersIn(cells).map(({ responseHeaders }) => headerOf(responseHeaders, 'server') ?? ''),
  ].join(' ');

/** What a server that never answered with HTTP/1.x sent. */
function spoken(cells: readonly ObservedCell[]): 'nothing' | 'tls' | 'http/2' | 'other' {
  const connections = cells.flatMap((cell) => cell.connections);
  if (connections.every(({ payloadBytes }) => payloadBytes.server === 0)) return 'nothing';
  const protocols = new Set(connections.map(({ serverSpeaks }) => serverSpeaks));
  return protocols.has('tls') ? 'tls' : protocols.has('http/2') ? 'http/2' : 'other';
}

function idleLine(shown: readonly Shown[], language: Language): string {
  const words = PROBE_WORDS[language].idle;
  const of = (id: string): Shown | undefined => shown.find(({ observation }) => observation.id === id);
  const text = (one: Shown | undefined): string => (one ? valueText(one.value, one.observation.unit, TABLE_WORDS[language]) : '');
  const used = of('idle.used-s');
  const seconds = used?.value.value;
  const main =
    used === undefined
      ? words.unknown
      : typeof seconds !== 'number'
        ? words.open(`${Math.floor(used.value.windowS ?? 0)} s`)
        : isAtOnce(seconds * 1000)
          ? words.atOnce
          : words.closes(text(used));
  const advertised = of('keepalive.advertised-s');
  const limit = of('keepalive.max-requests')?.value.value;
  const parts = [
    main,
    ...(typeof advertised?.value.value === 'number' ? [words.advertised(text(advertised))] : []),
    ...(typeof limit === 'number' && limit > 1 ? [words.requests(limit)] : []),
  ];
  return sentence(parts, language);
}

/** The groups of values by what stands before the dot of their ids, in the order of the registry. */
function groupsOf(shown: readonly Shown[]): Map<string, Shown[]> {
  const groups = new Map<string, Shown[]>();
  for (const one of shown) {
    const [group = ''] = one.observation.id.split('.');
    const list = groups.get(group);
    if (list) list.push(one);
    else groups.set(group, [one]);
  }
  return groups;
}

const GROUP_COLUMNS = 14;

/** One entry a group: how many values conform, and those that no RFC judges; deviating ones with their frames. */
function foldedValues(shown: readonly Shown[], columns: number, language: Language): string[] {
  const words = PROBE_WORDS[language];
  return [...groupsOf(shown)].flatMap(([group, values]) => {
    const with_ = (verdict: string) => values.filter(({ value }) => value.conformance?.verdict === verdict);
    const plain = values.filter(({ value }) => value.conformance === undefined || value.conformance.verdict === 'unspecified');
    const conforming = with_('conforms').length;
    const deviating = with_('deviates');
    const parts = [
      ...(conforming > 0 ? [words.conform(conforming)] : []),
      ...(deviating.length > 0
        ? [words.deviate(deviating.length) + words.aside(deviating.map(nameAndValue(language)).join(words.comma))]
        : []),
      ...plain.map(nameAndValue(language)),
    ];
    return hanging(group, parts.join(words.and), columns);
  });
}

/** `used-s 6 s` */
const nameAndValue =
  (language: Language) =>
  ({ observation: { id, unit }, value }: Shown): string =>
    `${id.slice(id.indexOf('.') + 1).replace(/(?:^|-)(?:s|ms)$/, '')} ${shortText(value, unit, language)}`.trim();

function shortText({ conformance: _, ...value }: ObservedValue, unit: Observation['unit'], language: Language): string {
  const whole = valueText(value, unit, TABLE_WORDS[language]);
  return whole.length > TEXT_SHOWN ? `${whole.slice(0, TEXT_SHOWN - 1)}…` : whole;
}

function hanging(head: string, text: string, columns: number): string[] {
  const lines = wrapProse(text, columns - GROUP_COLUMNS - 2);
  return lines.map((line, index) => `  ${(index === 0 ? head : '').padEnd(GROUP_COLUMNS)}${line}`);
}

/** Every value with the frames that show it, and what deviates from the RFCs. */
function everyValue(shown: readonly Shown[], language: Language): string[] {
  const words = PROBE_WORDS[language];
  const browsers = new Set(shown.map(({ cell }) => cell.client)).size;
  return shown.map(({ observation: { id, unit }, cell, value }) => {
    const { conformance, note, frames } = value;
    const place = browsers > 1 ? placeOf(cell) : cell.scenario;
    const remark = note === undefined ? '' : words.and + inLanguage(language, note);
    const proof = frames.length > 0 ? words.comma + framesText(value, TABLE_WORDS[language]) : '';
    const deviates =
      conformance?.verdict === 'deviates' ? words.deviates(conformance.section, inLanguage(language, conformance.because)) : '';
    return `  ${id.padEnd(30)} ${shortText(value, unit, language)}${remark} ${words.aside(place + proof)}${deviates}`;
  });
}

/** Where no cell could be observed: why, each reason once. */
function nothingShown(run: RunResult, language: Language): string {
  const reasons = new Set(
    run.cells.flatMap(({ state, reason }) => (state === 'failed' && reason !== null ? [inLanguage(language, reason)] : [])),
  );
  const lines = [...reasons].flatMap((reason) =>
    reason.split('\n').map((line, index) => (index === 0 ? '  - ' : '    ') + escapeTerminal(line)),
  );
  return [PROBE_WORDS[language].nothing, ...lines, ''].join('\n');
}
