/** The page of a capture from elsewhere: the views of a run's page that need no run, and the connections on one time axis. */
import { exchangeRow } from '../../compare/cell-result.ts';
import type { ConnectionRow } from '../../compare/run-result.ts';
import { summaryOf } from '../../http/exchange-summary.ts';
import type { CaptureInfo, Connection, Exchange, ObservedValue } from '../../model.ts';
import { observations } from '../../observe/index.ts';
import { observationRow } from '../../results/assemble.ts';
import { uriHost } from '../../wire/endpoint.ts';
import { printableData } from '../escape.ts';
import type { Ladder } from '../ladder.ts';
import { storyOfConnections } from '../story.ts';
import { EXCHANGES_SHOWN, packExchange, packLadder, packLane, packStory } from './cell-detail.ts';
import { dataBlock, documentEnd, documentStart, firstBlocks } from './document.ts';
import { PackedBlocks } from './packed-blocks.ts';
import { ValuePacker } from './page-data.ts';
import type { CaptureOverview, CellDetail, PackedBar, PackedServer, PageFinding, PageIndex } from './page-format.ts';
import type { StringTable } from './strings.ts';

/** The first lines of a page begin so: a file that has it may be replaced by a newer page. */
export const CAPTURE_PAGE_MARK = '<!doctype html>\n<!-- wirematrix analyze -->\n';

/** Bytes of the details of connections: with everything else the page stays below about 8 MB. */
const DETAIL_BYTES = 4_500_000;
/** Bytes that the page is to stay below: mail and chat take no larger file. */
const PAGE_BYTES = 8_000_000;
/** Bytes of packets at most. */
const PACKETS_BYTES = 2_500_000;
/** Servers whose values are in the page. */
const SERVERS_SHOWN = 40;
/** Bytes of heads that one connection may bring into the page. */
const HEAD_BYTES = 200_000;

/** What the page needs of one connection. */
export interface PageConnection {
  connection: Connection;
  bars: readonly PackedBar[];
  /** The first ones. */
  exchanges: readonly Exchange[];
  /** `null` where its frames were not kept. */
  ladder: Ladder | null;
  row: ConnectionRow;
}

export interface CapturePage {
  /** Name of the capture without its folder; empty for standard input. */
  file: string;
  capture: CaptureInfo;
  /** All of them, also those that are not in `shown`. */
  connections: number;
  exchanges: number;
  /** In the order of their numbers. */
  shown: readonly PageConnection[];
  servers: readonly {
    address: string;
    port: number;
    connections: number;
    exchanges: number;
    values: Record<string, ObservedValue>;
    leftOut: number;
  }[];
  findings: readonly PageFinding[];
  /** The packets of connections, by stream, as far as they can be had. @param streams the most telling first */
  packetsOf(streams: readonly number[]): Promise<ReadonlyMap<number, ConnectionPackets>>;
}

/** What the page holds of a connection's packets. */
export interface ConnectionPackets {
  /** A pcapng file of them alone, the bodies cut. */
  file: Uint8Array;
  /** Their numbers in the capture. */
  frames: readonly number[];
}

/** The whole page. @param strings the table that the bars' names are in */
export async function renderCapturePage(page: CapturePage, strings: StringTable): Promise<string> {
  const lanes = page.shown.map(({ connection, bars }) => packLane(connection, [...bars], strings));
  const blocks = detailBlocks(page, strings);
  const detailed = [...blocks.keys()].sort((a, b) => a - b);
  const values = new ValuePacker(observations);
  const servers = page.servers.slice(0, SERVERS_SHOWN).map(
    ({ address, port, connections, exchanges, leftOut, ...server }): PackedServer => ({
      name: `${uriHost(address)}:${port}`,
      connections,
      exchanges,
      leftOut,
      values: values.pack(server.values),
    }),
  );
  const index: PageIndex = {
    run: null,
    capture: { ...factsOf(page), servers, serversLeftOut: page.servers.length - servers.length, lanes, detailed, packetFrames: [] },
    race: null,
    language: 'en',
    servers: [],
    clients: [],
    scenarios: [],
    observations: observations.map(observationRow),
    judgements: values.judgements,
    cells: [],
    claims: [],
    findings: [],
    baseline: null,
    strips: [],
    fronts: [],
    details: [],
    packets: [],
  };
  const words = { noScript: 'The same values are in the text that analyze prints.', mark: '<!-- wirematrix analyze -->' };
  const details = detailed.map((stream) => blocks.get(stream) ?? '');
  const [start, end] = [documentStart(`wirematrix ${page.file}`.trim(), words), documentEnd()];
  const first = (): string[] => firstBlocks(printableData(index), strings.strings);
  const room = PAGE_BYTES - [start, ...first(), ...details, end].reduce((sum, part) => sum + part.length, 0);
  const packets = await addPackets(index, [...blocks.keys()], room, page);
  return [start, ...first(), ...details, ...packets, end].join('');
}

/** Puts packets into the index as long as there is room. @param streams of the connections with a detail, the most telling first @returns their blocks */
async function addPackets(
  { capture, packets: places }: PageIndex,
  streams: readonly number[],
  room: number,
  { packetsOf }: CapturePage,
): Promise<string[]> {
  const packets = new PackedBlocks('packets');
  const { detailed, packetFrames } = capture!;
  for (let place = 0; place < detailed.length; place++) {
    places[place] = null;
    packetFrames[place] = [];
  }
  const found = await packetsOf(streams);
  for (const stream of streams) {
    if (packets.bytes >= Math.min(room, PACKETS_BYTES)) break;
    const one = found.get(stream);
    if (!one) continue;
    const place = detailed.indexOf(stream);
    places[place] = packets.add(one.file);
    packetFrames[place] = one.frames.map((frame, at) => frame - (one.frames[at - 1] ?? 0));
  }
  return packets.end();
}

function factsOf({
  file,
  capture,
  connections,
  exchanges,
  findings,
}: CapturePage): Omit<CaptureOverview, 'servers' | 'serversLeftOut' | 'lanes' | 'detailed' | 'packetFrames'> {
  const { baseEpochNs, endNs, frames, received, dropped, linkTypes, undecoded } = capture;
  return {
    file,
    startedAt: frames > 0 ? wallClock(baseEpochNs) : null,
    durationUs: Math.round(endNs / 1e3),
    frames,
    received,
    dropped,
    linkTypes,
    undecoded,
    connections,
    exchanges,
    findings: [...findings],
  };
}

/** `null` for a time that no calendar has: a damaged capture may say anything. */
function wallClock(epochNs: bigint): string | null {
  const date = new Date(Number(epochNs / 1_000_000n));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** A block for each connection, by its number: those that findings name first, in that order, as many as there is room for. */
function detailBlocks({ shown, findings }: CapturePage, strings: StringTable): Map<number, string> {
  const named = new Set(findings.flatMap(({ where }) => where.map(({ stream }) => stream)));
  const first = shown.filter(({ connection }) => named.has(connection.stream));
  const others = shown.filter(({ connection }) => !named.has(connection.stream));
  const blocks = new Map<number, string>();
  let bytes = 0;
  for (const one of [...first, ...others]) {
    const known = strings.strings.length;
    const block = dataBlock(`connection-${one.connection.stream}`, detailOf(one, strings));
    bytes += Buffer.byteLength(block) + strings.strings.slice(known).reduce((sum, text) => sum + Buffer.byteLength(text) + 3, 0);
    blocks.set(one.connection.stream, block);
    if (bytes > DETAIL_BYTES) break;
  }
  return blocks;
}

function detailOf({ connection, exchanges, ladder, row }: PageConnection, strings: StringTable): CellDetail {
  let heads = 0;
  const shown = exchanges.slice(0, EXCHANGES_SHOWN).filter(({ request, response }) => {
    heads += (request?.headBytes ?? 0) + (response?.headBytes ?? 0);
    return heads <= HEAD_BYTES;
  });
  const story = storyOfConnections({
    connections: [row],
    exchanges: exchanges.map((exchange) => exchangeRow(summaryOf(exchange))),
    exchangeCount: connection.exchangeCount,
    values: {},
  });
  return {
    story: packStory(story, strings),
    ladders: ladder ? [packLadder(ladder, connection, strings)] : [],
    connections: 1,
    lanes: [],
    captureUs: 0,
    steps: [],
    exchanges: shown.map((exchange) => packExchange(exchange, connection, strings)),
  };
}
