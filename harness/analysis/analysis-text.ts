import type { Writable } from 'node:stream';
import { toMs } from '../compare/cell-result.ts';
import type { ExchangeSummary } from '../http/exchange-summary.ts';
import type { Connection, Endpoint, MessageProblem, Observation, ObservedValue, Protocol, ProxyHeader } from '../model.ts';
import { escapeTerminal } from '../report/escape.ts';
import { lookLines } from '../report/finding-lines.ts';
import { TextOutput } from '../system/text-output.ts';
import { uriHost } from '../wire/endpoint.ts';
import type { AnalysisEnd, AnalysisWriter, ServerValues } from './analysis-writer.ts';
import { Spool } from './spool.ts';
import { timingLines } from './timing-text.ts';

const TARGET_SHOWN = 60;
const FRAMES_SHOWN = 4;
/** The statuses of thousands of requests are one value. */
const VALUE_SHOWN = 200;

/** Exchanges that are listed where nothing says how long a screenful is. */
const SCREENFUL = 40;
/** What a screenful leaves for the prompt and the line that says what is left out. */
const ROWS_LEFT = 3;

export interface TextOptions {
  /** Lists every exchange, not a screenful of them. */
  all?: boolean;
  /** Of the text above the lists. */
  columns?: number;
}

/**
 * Lines for a person: what is worth a look, a line a connection, what each server shows, and a line an exchange. What is found first comes
 * last, so lines wait in spools until the capture has been read.
 */
export class AnalysisText implements AnalysisWriter {
  readonly #out: TextOutput;
  readonly #connectionSpool = new Spool();
  readonly #exchangeSpool = new Spool();
  readonly #connectionLines = new TextOutput(this.#connectionSpool);
  readonly #exchangeLines = new TextOutput(this.#exchangeSpool);
  readonly #observations: ReadonlyMap<string, Observation>;
  readonly #columns: number;
  /** Exchanges that may yet be listed. */
  #exchangesLeft: number;
  #exchangesLeftOut = 0;
  #server: Endpoint | null = null;
  #serverShown = '';

  constructor(out: Writable & { rows?: number }, observations: readonly Observation[], options: TextOptions = {}) {
    this.#out = new TextOutput(out);
    this.#observations = new Map(observations.map((observation) => [observation.id, observation]));
    this.#columns = options.columns ?? 100;
    const screenful = out.rows === undefined ? SCREENFUL : Math.max(1, out.rows - ROWS_LEFT);
    this.#exchangesLeft = options.all ? Number.POSITIVE_INFINITY : screenful;
  }

  exchange(exchange: ExchangeSummary, server: Endpoint): void {
    if (this.#exchangesLeft === 0) {
      this.#exchangesLeftOut++;
      return;
    }
    this.#exchangesLeft--;
    const { method, target, status, version, requestFrames, responseFrames, durationNs } = exchange;
    const out = this.#exchangeLines.write('  #').number(exchange.stream).write(this.#afterStream(server));
    if (method === null || target === null) out.write('(no request)');
    else out.write(method).write(' ').write(shorten(target, TARGET_SHOWN));
    out.write('  ');
    if (status === null) out.write(exchange.isResponseMissing ? 'response not in the capture' : 'no response');
    // It has no status line.
    else writeBody(version === '0.9' ? out.write('HTTP/0.9') : out.number(status), exchange);
    if (durationNs !== null) writeMilliseconds(out.write(', '), durationNs).write(' ms');
    const [first, last] = spanOf(requestFrames ?? responseFrames, responseFrames ?? requestFrames);
    writeFrames(out.write(', '), first, last).write(kindsOf(exchange.problems)).write('\n');
  }

  connection(connection: Connection): void {
    const { stream, client, server, handshake, midStream, portReused, firstClose, sides } = connection;
    const out = this.#connectionLines.write('#').number(stream).write(' ');
    writeEndpoint(writeEndpoint(out, client).write(' -> '), server)
      .write('  ')
      .write(connection.zeekState)
      .write(' ')
      .number(connection.completeness)
      .write(', ');
    writeFrames(out, connection.firstFrame, connection.lastFrame).write(', ');
    writeCount(out, connection.exchangeCount, 'exchange').write(', ');
    if (firstClose) {
      out.write('first closed by the ').write(firstClose.by).write(' with ').write(firstClose.how);
      out.write(' in frame ').number(firstClose.frame);
      const since = sides.client.lastPayloadNs === null && sides.server.lastPayloadNs === null ? 'handshake' : 'last payload';
      if (firstClose.idleMs !== null) writeMilliseconds(out.write(', '), firstClose.idleMs * 1e6).write(` ms after its ${since}`);
    } else out.write('open at the end');
    const retransmissions = sides.client.retransmissions + sides.server.retransmissions;
    const copies = sides.client.duplicatePackets + sides.server.duplicatePackets;
    const missing = sides.client.missingBytes + sides.server.missingBytes;
    const notes = [
      handshake ? '' : midStream ? 'begins in mid-stream' : sides.client.payloadBytes > 0 ? 'its handshake is not whole' : 'no handshake',
      portReused ? 'its ports were used again' : '',
      protocolText(connection),
      connection.proxyHeader ? `PROXY protocol ${proxyText(connection.proxyHeader)}` : '',
      connection.synNumberRepeated === null
        ? ''
        : `the data begin with the number of the SYN (frame ${connection.synNumberRepeated}), as in captures made by hand`,
      retransmissions > 0 ? counted(retransmissions, 'retransmission') : '',
      copies > 0 ? `${counted(copies, 'packet')} captured twice` : '',
      missing > 0 ? (missing === 1 ? '1 byte is not in the capture' : `${missing} bytes are not in the capture`) : '',
    ];
    for (const note of notes) if (note !== '') out.write('; ').write(note);
    out.write('\n');
  }

  async end({ capture, servers, findings, times }: AnalysisEnd): Promise<void> {
    for (const line of lookLines(findings, this.#columns)) this.#line(line);
    this.#copy(this.#connectionLines, this.#connectionSpool);
    for (const server of servers) {
      this.#line('');
      this.#line(`${endpointText(server)}: ${counted(server.connections, 'connection')}, ${counted(server.exchanges, 'exchange')}`);
      const spokenOf = server.connections - server.leftOut;
      if (server.leftOut > 0) this.#line(`  (the values describe the first ${spokenOf === 1 ? 'connection' : `${spokenOf} connections`})`);
      for (const [id, observed] of Object.entries(server.values)) this.#line(this.#valueLine(id, observed, server));
    }
    for (const line of timingLines(servers, times)) this.#line(line);
    this.#line('');
    const dropped = capture.dropped === null ? '' : `, ${capture.dropped} dropped`;
    this.#line(`${counted(capture.frames, 'frame')}${dropped}, ${Math.round(capture.endNs / 1e6) / 1e3} s`);
    for (const [reason, count] of Object.entries(capture.undecoded)) this.#line(`  ${count} × ${reason}`);
    this.#copy(this.#exchangeLines, this.#exchangeSpool);
    if (this.#exchangesLeftOut > 0)
      this.#line(
        `  … and ${this.#exchangesLeftOut} more ${this.#exchangesLeftOut === 1 ? 'exchange: --all lists it' : 'exchanges: --all lists them'}`,
      );
    await this.#out.end();
  }

  /** Removes the temporary files; `end` need not have been reached. */
  dispose(): void {
    this.#connectionSpool.dispose();
    this.#exchangeSpool.dispose();
  }

  /** Writes a list with an empty line before it, where it has any line. */
  #copy(lines: TextOutput, spool: Spool): void {
    lines.flush();
    let isFirst = true;
    spool.read((bytes) => {
      if (isFirst) this.#line('');
      isFirst = false;
      this.#out.bytes(bytes);
    });
  }

  #valueLine(id: string, { value: observed, frames, note, windowS: watched }: ObservedValue, server: ServerValues): string {
    // A page has a few statuses, a capture thousands.
    const value = id === 'http.statuses' ? server.statuses : observed;
    const unit = this.#observations.get(id)?.unit;
    const text =
      value === null
        ? watched === undefined
          ? 'none'
          : `open after ${watched} s`
        : `${shorten(String(value), VALUE_SHOWN)}${unit && unit !== 'count' ? ` ${unit}` : ''}`;
    const shown = frames.slice(0, FRAMES_SHOWN).join(', ');
    const proof =
      frames.length === 0 ? '' : `  (frame${frames.length > 1 ? 's' : ''} ${shown}${frames.length > FRAMES_SHOWN ? ', …' : ''})`;
    return `  ${id.padEnd(34)} ${text}${proof}${note ? `  ${escapeTerminal(note)}` : ''}`;
  }

  /** Most exchanges have the server of the one before them. */
  #afterStream(server: Endpoint): string {
    if (this.#server?.address !== server.address || this.#server.port !== server.port) {
      this.#server = server;
      this.#serverShown = ` ${endpointText(server)}  `;
    }
    return this.#serverShown;
  }

  #line(text: string): void {
    this.#out.write(text).write('\n');
  }
}

const endpointText = ({ address, port }: Endpoint): string => `${uriHost(address)}:${port}`;

const proxyText = ({ version, source }: ProxyHeader): string =>
  `version ${version}${source === null ? '' : `, for ${endpointText(source)}`}`;

/** Protocols that are used and not read, and why. */
const UNREAD: Readonly<Partial<Record<Protocol, string>>> = {
  tls: 'TLS, not read without its keys',
  'http/2': 'HTTP/2, not read',
  other: 'not HTTP/1.x, not read',
};

function protocolText({ protocol, protocolFrame, unknownProtocol }: Connection): string {
  if (unknownProtocol) return unknownProtocol === 'cut' ? 'none of its payload was captured' : 'what it carries is not known';
  const text = UNREAD[protocol] ?? '';
  return text === '' || protocolFrame === null ? text : `${text} (frame ${protocolFrame})`;
}

/** The first and the last frame of both messages: a file may store the response before its request. */
function spanOf(request: readonly [number, number] | null, response: readonly [number, number] | null): [number, number] {
  if (request === null || response === null) return [0, 0];
  return [Math.min(request[0], response[0]), Math.max(request[1], response[1])];
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const writeBody = (out: TextOutput, { bodyBytes, framing }: ExchangeSummary): TextOutput =>
  writeCount(out.write(', '), bodyBytes, 'byte').write(' (').write(framing!).write(')');

const writeCount = (out: TextOutput, count: number, noun: string): TextOutput => {
  out.number(count).write(' ').write(noun);
  return count === 1 ? out : out.write('s');
};

/** `frame 5`, `frames 5-8`. */
const writeFrames = (out: TextOutput, first: number, last: number): TextOutput =>
  first === last ? out.write('frame ').number(first) : out.write('frames ').number(first).write('-').number(last);

const writeEndpoint = (out: TextOutput, { address, port }: Endpoint): TextOutput => out.write(uriHost(address)).write(':').number(port);

/** `.001` and so on without zeros at the end, and nothing for 0: printing a number that is not whole costs ten times one that is. */
const THOUSANDTHS = Array.from({ length: 1000 }, (_, index) => String(index / 1000).slice(1));

function writeMilliseconds(out: TextOutput, ns: number): TextOutput {
  const microseconds = Math.round(ns / 1e3);
  if (microseconds < 0) return out.write(String(toMs(ns)));
  const thousandths = microseconds % 1000;
  return out.number((microseconds - thousandths) / 1000).write(THOUSANDTHS[thousandths]!);
}

/** The kinds of problems, each once. */
const kindsOf = (problems: readonly MessageProblem[]): string =>
  problems.length === 0 ? '' : `; ${[...new Set(problems.map(({ kind }) => kind))].join(', ')}`;

function shorten(text: string, most: number): string {
  const escaped = escapeTerminal(text);
  return escaped.length > most ? `${escaped.slice(0, most - 1)}…` : escaped;
}
