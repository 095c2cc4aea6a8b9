/** What happened in a cell, in plain sentences, from its row in the run alone. */
import type { ConnectionRow, ExchangeRow, ObservedCell, RunResult } from '../compare/run-result.ts';
import type { ObservedValue } from '../model.ts';
import { durationText, isPhraseKey, listed, type Phrase, phrase, said, verbatim } from './phrases/phrases.ts';

/** One sentence about a cell, with the frames that show it. */
export interface Sentence {
  /** One after the other. */
  phrases: readonly Phrase[];
  frames: readonly number[];
  /** `note`: something that a reader should not overlook. */
  tone: 'plain' | 'note';
}

export type Titles = Pick<RunResult, 'servers' | 'clients' | 'scenarios' | 'observations'>;

/** Up to this many closed connections get a sentence each; of more, those that closed in the same way share one. */
const SINGLE_SENTENCES = 4;
const PROBLEMS_LISTED = 8;
const STREAMS_LISTED = 12;

/** The sentences about a cell, in the order in which things happened. */
export function storyOf(cell: ObservedCell, titles: Titles): Sentence[] {
  return [...whatWasAsked(cell, titles), ...whatWasAnswered(cell), ...howItEnded(cell), ...onTheWire(cell), ...againstTheRfc(cell, titles)];
}

/** What the packets show of a cell. */
type Seen = Pick<ObservedCell, 'connections' | 'exchanges' | 'exchangeCount' | 'values'>;

/** The sentences about connections that belong to no cell. */
export const storyOfConnections = (seen: Seen): Sentence[] => [...whatWasAnswered(seen), ...howItEnded(seen), ...onTheWire(seen)];

const plain = (one: Phrase, frames: readonly number[] = []): Sentence => ({ phrases: [one], frames, tone: 'plain' });
const note = (one: Phrase, frames: readonly number[] = []): Sentence => ({ phrases: [one], frames, tone: 'note' });

/** The title of a scenario. The run has it in English; other languages have their own (`phrases/titles-zh.ts`). */
export const scenarioTitle = (id: string, { scenarios }: Pick<RunResult, 'scenarios'>): Phrase =>
  phrase('title', { id: `scenario.${id}`, text: scenarios.find((row) => row.id === id)?.title ?? id });
const rowTitle = (kind: 'client' | 'server', row: { id: string; title: string } | undefined, id: string): Phrase =>
  phrase('title', { id: `${kind}.${id}`, text: row?.title ?? id });
/** The title of an observation, likewise. */
export const observationTitle = (id: string, { observations }: Pick<RunResult, 'observations'>): Phrase =>
  phrase('title', { id: `observation.${id}`, text: observations.find((row) => row.id === id)?.title ?? id });

function whatWasAsked(cell: ObservedCell, titles: Titles): Sentence[] {
  const client = titles.clients.find((row) => row.id === cell.client);
  const server = titles.servers.find((row) => row.id === cell.server);
  const steps = [...new Set(cell.exchanges.map((exchange) => exchange.step).filter((step) => step !== null))];
  const opened = cell.connections.length;
  const used = cell.connections.filter((connection) => connection.exchanges > 0);
  const idle = cell.connections.filter((connection) => connection.exchanges === 0);
  const frames = cell.connections.reduce((sum, connection) => sum + connection.frameCount, 0);
  return [
    plain(
      phrase('story.cell', {
        client: rowTitle('client', client, cell.client),
        server: rowTitle('server', server, cell.server),
        scenario: scenarioTitle(cell.scenario, titles),
      }),
    ),
    ...(steps.length > 1 ? [plain(phrase('story.steps', { n: steps.length, steps: listed(steps) }))] : []),
    plain(phrase('story.connections', { opened, used: used.length, frames }), cell.connections.slice(0, 8).map(firstFrame)),
    ...(idle.length > 0 && used.length > 0 ? [plain(phrase('story.unused', { n: idle.length }), idle.slice(0, 8).map(firstFrame))] : []),
  ];
}

function whatWasAnswered(cell: Seen): Sentence[] {
  const requests = cell.exchanges.filter((exchange) => exchange.method !== null);
  if (requests.length === 0) return [plain(phrase('story.no-exchange'))];
  const answered = requests.filter((exchange) => exchange.status !== null);
  // Where the capture lacks what the server sent, it shows no silence.
  const halves = new Set(
    cell.connections.filter(({ closeCause }) => closeCause?.missing?.includes('server-side')).map(({ stream }) => stream),
  );
  const silent = requests.filter(
    ({ status, stream, problems }) => status === null && !halves.has(stream) && !problems.some(({ kind }) => kind === 'gap-in-head'),
  );
  const fresh = answered.filter((exchange) => exchange.status === 304);
  const partial = answered.filter((exchange) => exchange.status === 206);
  const sentences: Sentence[] = [];
  if (answered.length > 0) {
    const all = cell.exchangeCount === cell.exchanges.length;
    const args = { n: cell.exchangeCount, listed: cell.exchanges.length, statuses: tally(answered) };
    sentences.push(plain(phrase(all ? 'story.exchanges' : 'story.exchanges-listed', args)));
  }
  if (silent.length > 0) sentences.push(note(phrase('story.unanswered', { n: silent.length }), silent.slice(0, 8).map(requestFrame)));
  if (fresh.length > 0) {
    sentences.push(plain(phrase('story.not-modified', { n: fresh.length, all: requests.length }), fresh.slice(0, 8).map(responseFrame)));
  }
  if (partial.length > 0) sentences.push(plain(phrase('story.partial', { n: partial.length }), partial.slice(0, 8).map(responseFrame)));
  return sentences;
}

/** `4 × 200, 1 × 206`. */
function tally(exchanges: readonly ExchangeRow[]): Phrase {
  const counts = new Map<number, number>();
  for (const { status } of exchanges) if (status !== null) counts.set(status, (counts.get(status) ?? 0) + 1);
  return listed([...counts].map(([status, count]) => `${count} × ${status}`));
}

function howItEnded(cell: Seen): Sentence[] {
  const closed = cell.connections.flatMap((connection) => (connection.firstClose ? [{ connection, close: connection.firstClose }] : []));
  const open = cell.connections.filter((connection) => connection.firstClose === null);
  const sentences: Sentence[] = [];
  const groups = new Map<string, typeof closed>();
  for (const one of closed) {
    const key =
      closed.length <= SINGLE_SENTENCES
        ? String(one.connection.stream)
        : `${one.close.by} ${one.close.how} ${one.connection.closeCause?.cause}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  for (const group of groups.values()) sentences.push(...closeOf(group));
  sentences.push(...promised(cell));
  if (open.length > 0) {
    const watched = watchedS(cell);
    const told =
      watched === null
        ? phrase('story.open', { n: open.length })
        : phrase('story.still-open', { n: open.length, length: durationText(watched * 1e9) });
    sentences.push(plain(told, open.slice(0, 8).map(lastFrame)));
  }
  const waiting = cell.connections.filter((connection) => connection.timeWait !== null);
  for (const side of ['client', 'server'] as const) {
    const n = waiting.filter((connection) => connection.timeWait === side).length;
    if (n > 0) sentences.push(plain(phrase('story.time-wait', { side: phrase(side), n })));
  }
  return sentences;
}

type Closed = { connection: ConnectionRow; close: NonNullable<ConnectionRow['firstClose']> };

function closeOf(group: readonly Closed[]): Sentence[] {
  const [first] = group as [Closed, ...Closed[]];
  const { how, by } = first.close;
  const idles = group.flatMap(({ close }) => (close.idleMs === null ? [] : [close.idleMs]));
  const [shortest, longest] = [Math.min(...idles), Math.max(...idles)].map((ms) => durationText(ms * 1e6)) as [string, string];
  const idle = shortest === longest ? verbatim(shortest) : phrase('timeline.range', { from: shortest, to: longest });
  const numbers = group.map(({ connection }) => String(connection.stream));
  const streams = listed(numbers.length > STREAMS_LISTED ? [...numbers.slice(0, STREAMS_LISTED), '…'] : numbers);
  const frames = group.slice(0, 8).map(({ close }) => close.frame);
  const told =
    idles.length === 0
      ? phrase('story.closed', { n: group.length, streams, side: phrase(by), how })
      : group.length === 1
        ? phrase(by === 'server' ? 'story.server-closed' : 'story.client-closed', { stream: first.connection.stream, how, idle })
        : phrase('story.closed-alike', { n: group.length, streams, side: phrase(by), how, idle });
  const cause = first.connection.closeCause?.cause;
  const key = `cause.${cause}`;
  const why = isPhraseKey(key) ? [phrase('story.cause', { cause: phrase(key) })] : [];
  return [{ phrases: [told, ...why], frames, tone: 'plain' }];
}

/** What Keep-Alive promised, compared with what the packets show. */
function promised(cell: Seen): Sentence[] {
  const said = cell.values['keepalive.advertised-s'];
  if (typeof said?.value !== 'number') return [];
  const kept = cell.values['idle.used-s'];
  const byTimer = cell.connections.find(
    ({ firstClose, closeCause }) => firstClose?.by === 'server' && closeCause?.cause === 'advertised-timer',
  );
  const realMs = typeof kept?.value === 'number' ? kept.value * 1000 : byTimer?.firstClose?.idleMs;
  if (typeof realMs === 'number') {
    const frames = kept?.frames ?? [byTimer?.firstClose?.frame ?? 0];
    return [plain(phrase('story.advertised', { said: said.value, real: durationText(realMs * 1e6) }), frames)];
  }
  const watched = watchedS(cell);
  if (watched === null || !cell.connections.some(({ firstClose, exchanges }) => firstClose === null && exchanges > 0)) return [];
  return [plain(phrase('story.advertised-open', { said: said.value, real: durationText(watched * 1e9) }), said.frames)];
}

/** The longest time that a value of the cell was watched, in seconds; `null` where no value has a window. */
function watchedS(cell: Seen): number | null {
  const windows = Object.values(cell.values).map(({ windowS }: ObservedValue) => windowS ?? 0);
  return Math.max(0, ...windows) || null;
}

/** Zeek's `conn_state` of a connection that a RST ended or refused. */
const RESET_STATES: ReadonlySet<string> = new Set(['RSTO', 'RSTR', 'RSTOS0', 'RSTRH', 'REJ']);

/** What of both sides together. */
const bothSides = (counts: { client: number; server: number } | undefined): number => (counts ? counts.client + counts.server : 0);

function onTheWire(cell: Seen): Sentence[] {
  const sentences: Sentence[] = [];
  for (const { stream, keepAliveRace: race, finWaitExpired: wait } of cell.connections) {
    if (race)
      sentences.push(note(phrase('story.race', { stream }), [race.close, race.request, ...(race.reset === null ? [] : [race.reset])]));
    if (wait) sentences.push(note(phrase('story.fin-wait', { stream, side: phrase(wait.by) }), [wait.frame]));
  }
  const cut = cell.connections.filter(({ closeCause }) => closeCause?.cause === null && (closeCause.missing?.length ?? 0) > 0);
  if (cut.length > 0) sentences.push(note(phrase('story.missing', { n: cut.length }), cut.slice(0, 8).map(firstFrame)));
  const silent = cell.connections.filter(({ firstClose, closeCause }) => firstClose === null && closeCause?.cause === null);
  if (silent.length > 0) sentences.push(note(phrase('story.unanswered-syn', { n: silent.length }), silent.slice(0, 8).map(firstFrame)));
  const early = cell.connections.flatMap(({ synNumberRepeated }) => (synNumberRepeated ? [synNumberRepeated] : []));
  if (early.length > 0) sentences.push(note(phrase('story.syn-number', { n: early.length }), early.slice(0, 8)));
  const copies = cell.connections.reduce((sum, { duplicatePackets }) => sum + bothSides(duplicatePackets), 0);
  if (copies > 0) sentences.push(note(phrase('story.duplicates', { n: copies })));
  const late = cell.connections.reduce((sum, { outOfTimeOrder = 0 }) => sum + outOfTimeOrder, 0);
  if (late > 0) sentences.push(note(phrase('story.time-order', { n: late })));
  const sent = cell.connections.reduce((sum, connection) => sum + connection.retransmissions, 0);
  if (sent > 0) sentences.push(note(phrase('story.retransmissions', { n: sent })));
  const probes = cell.values['tcp.keepalive-probes'];
  if (typeof probes?.value === 'number' && probes.value > 0) {
    sentences.push(plain(phrase('story.probes', { count: probes.value }), probes.frames.slice(0, 8)));
  }
  const reset = cell.connections.filter(({ firstClose, zeekState }) => firstClose?.how === 'RST' || RESET_STATES.has(zeekState));
  if (reset.length > 0) sentences.push(note(phrase('story.reset', { n: reset.length }), reset.slice(0, 8).map(lastFrame)));
  for (const [{ kind, detail }, frames] of problemsOf(cell))
    sentences.push(note(phrase('story.problem', { kind, detail: said(detail) }), frames));
  return sentences;
}

type Problem = ExchangeRow['problems'][number];

/** The problems of messages with their frames; the same problem of several messages is one entry. */
function problemsOf(cell: Seen): [Problem, number[]][] {
  const told = new Map<string, [Problem, number[]]>();
  for (const problem of cell.exchanges.flatMap((exchange) => exchange.problems)) {
    const key = `${problem.kind} ${problem.detail}`;
    const known = told.get(key);
    if (known) known[1].push(problem.frame);
    else told.set(key, [problem, [problem.frame]]);
  }
  return [...told.values()].slice(0, PROBLEMS_LISTED);
}

function againstTheRfc(cell: ObservedCell, titles: Titles): Sentence[] {
  return titles.observations.flatMap(({ id, unit }) => {
    const value = cell.values[id];
    if (value?.conformance?.verdict !== 'deviates') return [];
    const { section, because } = value.conformance;
    return [
      note(
        phrase('story.deviates', { title: observationTitle(id, titles), value: valueWords(value, unit), section, because: said(because) }),
        value.frames.slice(0, 8),
      ),
    ];
  });
}

/** The words that observations themselves use. */
const WORDS: Readonly<Record<string, Phrase>> = {
  yes: phrase('value.yes'),
  no: phrase('value.no'),
  none: phrase('value.none'),
  server: phrase('server'),
  client: phrase('client'),
};

/** A value with its unit, as in the tables. */
export function valueWords(value: ObservedValue | null | undefined, unit: RunResult['observations'][number]['unit']): Phrase {
  if (!value) return phrase('value.absent');
  if (value.value === null) {
    const { windowS } = value;
    return windowS === undefined
      ? phrase('value.none')
      : phrase('value.open', { length: durationText((windowS >= 5 ? Math.floor(windowS) : windowS) * 1e9) });
  }
  if (typeof value.value === 'boolean') return phrase(value.value ? 'value.yes' : 'value.no');
  if (typeof value.value === 'string')
    return Object.hasOwn(WORDS, value.value) ? (WORDS[value.value] as Phrase) : phrase('value', { text: value.value });
  if (unit === 's') return verbatim(durationText(value.value * 1e9));
  if (unit === 'ms') return verbatim(durationText(value.value * 1e6));
  return unit === 'bytes' ? verbatim(`${value.value.toLocaleString('en-US')} B`) : verbatim(String(value.value));
}

const firstFrame = (connection: ConnectionRow): number => connection.frames[0];
const requestFrame = (exchange: ExchangeRow): number => exchange.requestFrames?.[0] ?? 0;
const responseFrame = (exchange: ExchangeRow): number => exchange.responseFrames?.[0] ?? 0;
const lastFrame = (connection: ConnectionRow): number => connection.frames[1];
