/**
 * The data that the report writes into the page and the page's script reads: one index for every view, and the details
 * of each observed cell, packed. Both sides import these types. The data are packed, because a full run has hundreds of cells: rows are named by
 * their place in the index, texts by their place in the string table, and most records are tuples.
 */
import type { CellResult, ClaimResult, ClientRow, ObservationRow, RunResult, ServerRow } from '../../compare/run-result.ts';
import type { Catalogue, Conformance, ValueJson } from '../../model.ts';
import type { RaceResult } from '../../race/judge/pair.ts';
import type { Prediction } from '../../race/judge/prediction.ts';
import type { RaceFacts } from '../race/race-facts.ts';
import type { PackedPhrase, StringRef } from './packed-phrase.ts';

/** A claim with all that is known of it; a run that is read without its captures has the English of `run.json` alone. */
export interface PageClaim extends ClaimResult {
  /** Cells that the claim needs and the run lacks: with any, it was not tested. */
  missing: readonly string[];
  words: Catalogue<ClaimText> | null;
  /** The connection that shows it best, with its first frame. */
  ladder: { cell: string; stream: number; frame: number | null } | null;
  /** Wireshark display filter that shows it. */
  filter: string | null;
}

export interface ClaimText {
  title: string;
  statement: string;
  cause: string | null;
  cure: string | null;
  because: string;
  seen: readonly string[];
  needed: string | null;
}

/** Everything but the details of the cells. */
export interface PageIndex {
  /** `null` in the page of a capture from elsewhere, which has no servers, clients, scenarios, cells or claims either. */
  run: RunResult['run'] | null;
  /** `null` in the page of a run. */
  capture: CaptureOverview | null;
  /** `null` but in the page of a race, which has nothing else. */
  race: PageRace | null;
  /** Of the report; the reader may choose another. */
  language: string;
  /** Each variant after the server that it varies. */
  servers: ServerRow[];
  clients: ClientRow[];
  scenarios: RunResult['scenarios'];
  observations: ObservationRow[];
  judgements: Conformance[];
  cells: PackedCell[];
  claims: PageClaim[];
  /** Of a run. */
  findings: PageFinding[];
  baseline: RunResult['baseline'] | null;
  strips: SegmentStrip[];
  /** What may stand in front of the servers. */
  fronts: PageFront[];
  /** By the cell's place: its `CellDetail`, as JSON; `null` where it was not observed. */
  details: (PlaceInBlocks | null)[];
  /** By the cell's place, in a capture from elsewhere by the place in `detailed`: its capture file, the bodies cut; `null` where the page does not hold it. */
  packets: (PlaceInBlocks | null)[];
  /** By id: of models and emulated browsers; of a run. */
  about?: Record<string, PageAbout>;
}

/** Why a model or an emulated browser can be trusted, and how far. */
export interface PageAbout {
  sources: readonly { text: string; url: string | null }[];
  /** Where it is known not to be as the real one. */
  known: readonly { what: string; because: string }[];
  /** What it imitates; `null` where this project has no such server or browser. */
  real: string | null;
  /** Against the real one, in the cells that this run has of both. */
  ofRun: { share: number; judged: number; real: string } | null;
  /** As last measured with a build of this program, and when. */
  reference: { share: number; judged: number; date: string } | null;
}

/** A load balancer or proxy with its documented idle time-out, and what follows for each server. */
export interface PageFront {
  id: string;
  title: string;
  /** Seconds; `null`: it has no limit. */
  idleS: number | null;
  url: string | null;
  /** When that was read. */
  read: string;
  note: string | null;
  /** By the server's place; `null` where no idle time of it was seen. The margin is in seconds, negative where the server closes first. */
  predictions: ([predicted: Prediction['predicted'], because: Prediction['because'], marginS: number | null] | null)[];
}

/** The id of the block that says: ask whoever serves the page for the others. */
export const LIVE_BLOCK = 'live';

/** What a page that is served while its run goes on is told, again and again. Times are epoch milliseconds. */
export interface LiveProgress {
  /** Changes when the index does. */
  version: number;
  state: 'runs' | 'ended';
  startedAt: number;
  cells: { done: number; failed: number; all: number };
  /** Cells that watch idle connections, and the one of them that does so the longest. */
  watching: { cells: number; cell: string; until: number } | null;
  /** A cell that does something else, what, and how many more do. `step`: the id of the scenario's step. */
  acting: { cell: string; doing: LiveDoing; step: string | null; more: number } | null;
  /** Cells that a reader asked to be run again and that have not ended since: `server/client/scenario`. */
  again: readonly string[];
  /** Why the cell that was asked for last could not be run again. */
  problem: string | null;
  /** Folder of the files; `null` before they are written. */
  folder: string | null;
}

export type LiveDoing = 'begins' | 'server' | 'capture' | 'client' | 'step';

/** Where a record is in the page: the number of its block, `details-<n>` or `packets-<n>`, and its bytes there once that is unpacked. */
export type PlaceInBlocks = [block: number, start: number, end: number];

/** A cell; its server, client and scenario are places in the index. */
export interface PackedCell {
  server: number;
  client: number;
  scenario: number;
  /** `pending`: its run has not come to its end; only in a page that is served while the run goes on. */
  state: CellResult['state'] | 'pending';
  reason: string | null;
  remedy: string | null;
  /** Path of the capture, relative to the report. */
  capture: string | null;
  har: string | null;
  sha256: string | null;
  exchangeCount: number;
  notes: string[];
  values: PackedValue[];
  /** Connections that the server and that the client closed first, each at once: who is first is a race. */
  race?: [server: number, client: number];
}

/** A negative frame stands for that many more that are not listed. */
export type PackedValue = [
  observation: number,
  value: ValueJson,
  frames: number[],
  windowS?: number | null,
  judgement?: number | null,
  note?: string,
];

/** How a response was written: its segments, and how many of their bytes are the head. */
export interface SegmentStrip {
  cell: number;
  target: string;
  status: number;
  headBytes: number;
  bodyBytes: number;
  /** Payload bytes of the first segments. */
  sizes: number[];
  /** The number of all segments. */
  segments: number;
  frames: [first: number, last: number];
}

/** What the page shows first of a capture from elsewhere. */
export interface CaptureOverview {
  /** Its name without the folder; empty for standard input. */
  file: string;
  /** ISO 8601; `null` where no frame was read. */
  startedAt: string | null;
  durationUs: number;
  frames: number;
  received: number | null;
  dropped: number | null;
  linkTypes: number[];
  /** Frames that were not decoded, by reason. */
  undecoded: Record<string, number>;
  /** All of them, also those beyond the page's bounds. */
  connections: number;
  exchanges: number;
  findings: PageFinding[];
  servers: PackedServer[];
  /** Servers that are not in `servers`. */
  serversLeftOut: number;
  lanes: PackedLane[];
  /** The connections that have a block of their own, `connection-<stream>`. */
  detailed: number[];
  /** By the place in `detailed`: the frames that the page holds of it, the first by its number and each other by how many after the one before it. */
  packetFrames: number[][];
}

/** A finding, as `analyze --json` has it, with its words in every language of the page. */
export interface PageFinding {
  id: string;
  severity: 'fault' | 'risk' | 'advice' | 'note';
  level: string | null;
  spec: string | null;
  /** Id or address; empty where it concerns a capture as a whole. */
  server: string;
  where: readonly { cell: string | null; stream: number | null; frames: readonly number[] }[];
  words: Catalogue<FindingText>;
}

export interface FindingText {
  title: string;
  seen: string;
  consequence: string;
  remedy: string;
}

export interface PackedServer {
  /** Address and port. */
  name: string;
  connections: number;
  exchanges: number;
  /** Connections that the values leave out. */
  leftOut: number;
  values: PackedValue[];
}

/**
 * A connection on the time axis. Times are microseconds since the capture's first frame. `bars`: its exchanges; `null` where they are among the
 * exchanges of the same detail.
 */
export type PackedLane = [
  stream: number,
  client: StringRef,
  server: StringRef,
  startUs: number,
  endUs: number,
  exchangeCount: number,
  midStream: 0 | 1,
  marks: PackedMark[],
  bars: PackedBar[] | null,
];

/** `kind` is a place in `MARK_KINDS`. */
export type PackedMark = [kind: number, from: 0 | 1, atUs: number, frame: number];

export const MARK_KINDS = ['syn', 'fin', 'rst'] as const;

/** `sendUs`, `waitUs` and `receiveUs` follow each other from `startUs` on; the status is 0 where there is no response. */
export type PackedBar = [
  name: StringRef,
  status: number,
  startUs: number,
  sendUs: number,
  waitUs: number,
  receiveUs: number,
  requestFrame: number,
  responseFrame: number,
];

/** A race, as `race.json` has it, and what is said beside it. */
export interface PageRace {
  result: RaceResult;
  facts: RaceFacts;
  /** Places in `result.pairs` that have a block of their own, `pair-<place>`. */
  detailed: number[];
}

/** The example of a pair: its ladders and messages. */
export interface PairDetail {
  /** `frame` is the one to be marked. */
  ladders: { of: RaceHop; frame: number; ladder: PackedLadder }[];
  exchanges: PackedExchange[];
}

/** The connection that raced, that of the client, and that on which the request was sent again. */
export type RaceHop = 'race' | 'client' | 'repeat';

/** What is shown of a cell, or of one connection of a capture from elsewhere, when it is opened. */
export interface CellDetail {
  story: PackedSentence[];
  ladders: PackedLadder[];
  /** All of them: only the first ones have a ladder. */
  connections: number;
  /** The first connections on the time axis. */
  lanes: PackedLane[];
  /** Length of the capture in microseconds, for the lanes. */
  captureUs: number;
  /** Where the steps of the scenario begin. */
  steps: [id: string, atUs: number][];
  exchanges: PackedExchange[];
}

export type PackedSentence = [note: 0 | 1, phrases: PackedPhrase[], frames: number[]];

/** `frames`: the first, the last, how many. States are places in `TCP_STATES`. */
export type PackedLadder = [
  stream: number,
  client: string,
  server: string,
  midStream: 0 | 1,
  clientState: number,
  serverState: number,
  frames: [first: number, last: number, count: number],
  events: PackedEvent[],
];

export type PackedEvent = PackedArrow | PackedPause;

/** Times are microseconds since the connection's start; the states are those after the arrow; `kind` is a place in `ARROW_KINDS`. */
export type PackedArrow = [
  from: 0 | 1,
  atUs: number,
  firstFrame: number,
  lastFrame: number,
  clientState: number,
  serverState: number,
  kind: number,
  odd: 0 | 1,
  words: PackedPhrase[],
];

/** What is not an arrow: `type` is a place in `EVENT_TYPES`. The frames are 0 where it has none. */
export type PackedPause = [type: number, atUs: number, lengthUs: number, firstFrame: number, lastFrame: number, words: PackedPhrase];

export const ARROW_KINDS = ['syn', 'syn-ack', 'ack', 'request', 'response', 'data', 'probe', 'fin', 'rst'] as const;

/** The first two are arrows, by who sent them. */
export const EVENT_TYPES = ['client', 'server', 'gap', 'open', 'step', 'probes', 'left-out'] as const;

export const isArrow = (event: PackedEvent): event is PackedArrow => event[0] < 2;

export interface PackedExchange {
  stream: number;
  step: StringRef | null;
  method: StringRef | null;
  target: StringRef | null;
  status: number | null;
  reason: StringRef;
  versions: [request: StringRef, response: StringRef];
  /** 0 where there is no such message. */
  frames: [requestFirst: number, requestLast: number, responseFirst: number, responseLast: number];
  /** Name, value, name, value, … */
  requestHeaders: StringRef[];
  responseHeaders: StringRef[];
  bodyBytes: number;
  framing: string;
  /** Microseconds. The start counts from the capture's first frame; `sinceSyn` is from the connection's first SYN to the start. */
  times: [start: number, sinceSyn: number, sending: number, waiting: number, receiving: number, handshake: number];
  problems: [words: PackedPhrase, frame: number][];
}
