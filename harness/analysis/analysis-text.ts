import type { Writable } from 'node:stream';
import { toMs } from '../compare/cell-result.ts';
import type { Listing } from '../fast-path/listed-servers.ts';
import type { CaptureInfo, Connection, Endpoint, Exchange, Message, Observation, ObservedValue } from '../model.ts';
import { escapeTerminal } from '../report/escape.ts';
import { TextOutput } from '../system/text-output.ts';
import { uriHost } from '../wire/endpoint.ts';
import type { AnalysisWriter, ServerValues } from './analysis-writer.ts';
import type { TimesTaken } from './time-taken.ts';
import { timingLines } from './timing-text.ts';

const TARGET_SHOWN = 60;
/** How the line of an exchange begins, up to the connection's number. */
const BEFORE_STREAM = '  #';
const FRAMES_SHOWN = 4;
/** The statuses of thousands of requests are one value. */
const VALUE_SHOWN = 200;

/**
 * Lines for a person: a line an exchange and a line a connection as they end (where standard output is a terminal, at once), then what
 * each server shows.
 */
export class AnalysisText implements AnalysisWriter {
  readonly listing: Listing = {
    lineStart: (server) => ({ before: BEFORE_STREAM, behind: this.#behindStream(server) }),
    lines: (bytes, start, end) => {
      this.#out.bytes(bytes, start, end);
      if (this.#live) this.#out.flush();
    },
  };
  readonly #out: TextOutput;
  readonly #live: boolean;
  readonly #observations: ReadonlyMap<string, Observation>;
  #server: Endpoint | null = null;
  #serverShown = '';

  constructor(out: Writable & { isTTY?: boolean }, observations: readonly Observation[]) {
    this.#out = new TextOutput(out);
    this.#live = out.isTTY === true;
    this.#observations = new Map(observations.map((observation) => [observation.id, observation]));
  }

  exchange({ stream, request, response, interim }: Exchange, server: Endpoint): void {
    const out = this.#out.write(BEFORE_STREAM).number(stream).write(this.#behindStream(server));
    if (request === null) out.write('(no request)');
    else out.write(request.method).write(' ').write(shorten(request.target, TARGET_SHOWN));
    out.write('  ');
    if (response === null) out.write('no response');
    else out.number(response.status).write(', ').number(response.bodyBytes).write(' bytes (').write(response.framing).write(')');
    if (request && response) writeMilliseconds(out.write(', '), response.endNs - request.startNs).write(' ms');
    const first = (request ?? response)?.frames[0] ?? 0;
    const last = Math.max(request === null ? 0 : request.frames[1], response === null ? 0 : response.frames[1]);
    out
      .write(', frames ')
      .number(first)
      .write('-')
      .number(last)
      .write(problemsOf(request, response, interim));
    this.#endLine();
  }

  connection(connection: Connection): void {
    const { stream, client, server, handshake, midStream, portReused, firstClose, sides } = connection;
    const out = this.#out.write('#').number(stream).write(' ');
    writeEndpoint(writeEndpoint(out, client).write(' -> '), server)
      .write('  ')
      .write(connection.zeekState)
      .write(' ')
      .number(connection.completeness)
      .write(', frames ')
      .number(connection.firstFrame)
      .write('-')
      .number(connection.lastFrame)
      .write(', ')
      .number(connection.exchangeCount)
      .write(' exchanges, ');
    if (firstClose) {
      out.write('first closed by the ').write(firstClose.by).write(' with ').write(firstClose.how);
      out.write(' in frame ').number(firstClose.frame).write(', ');
      writeMilliseconds(out, firstClose.idleMs * 1e6).write(' ms after its last payload');
    } else out.write('open at the end');
    const retransmissions = sides.client.retransmissions + sides.server.retransmissions;
    const missing = sides.client.missingBytes + sides.server.missingBytes;
    const notes = [
      handshake ? '' : midStream ? 'begins in mid-stream' : 'no handshake',
      portReused ? 'its ports were used again' : '',
      retransmissions > 0 ? `${retransmissions} retransmissions` : '',
      missing > 0 ? `${missing} bytes are not in the capture` : '',
    ];
    for (const note of notes) if (note !== '') out.write('; ').write(note);
    this.#endLine();
  }

  async end(
    capture: CaptureInfo,
    servers: readonly ServerValues[],
    _together: () => Record<string, ObservedValue>,
    times: TimesTaken,
  ): Promise<void> {
    for (const server of servers) {
      this.#line('');
      this.#line(`${endpointText(server)}: ${server.connections} connections, ${server.exchanges} exchanges`);
      if (server.leftOut > 0) this.#line(`  (the values speak of the first ${server.connections - server.leftOut} connections)`);
      for (const [id, observed] of Object.entries(server.values)) this.#line(this.#valueLine(id, observed));
    }
    for (const line of timingLines(servers, times)) this.#line(line);
    this.#line('');
    const dropped = capture.dropped === null ? '' : `, ${capture.dropped} dropped`;
    this.#line(`${capture.frames} frames${dropped}, ${Math.round(capture.endNs / 1e6) / 1e3} s`);
    for (const [reason, count] of Object.entries(capture.undecoded)) this.#line(`  ${count} × ${reason}`);
    await this.#out.end();
  }

  #valueLine(id: string, { value, frames, note, windowS: watched }: ObservedValue): string {
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
  #behindStream(server: Endpoint): string {
    if (this.#server?.address !== server.address || this.#server.port !== server.port) {
      this.#server = server;
      this.#serverShown = ` ${endpointText(server)}  `;
    }
    return this.#serverShown;
  }

  #line(text: string): void {
    this.#out.write(text);
    this.#endLine();
  }

  #endLine(): void {
    this.#out.write('\n');
    if (this.#live) this.#out.flush();
  }
}

const endpointText = ({ address, port }: Endpoint): string => `${uriHost(address)}:${port}`;

const writeEndpoint = (out: TextOutput, { address, port }: Endpoint): TextOutput => out.write(uriHost(address)).write(':').number(port);

/** `.001` and so on without zeros at the end, and nothing for 0: printing a number that is not whole costs ten times one that is. */
const THOUSANDTHS = Array.from({ length: 1000 }, (_, index) => String(index / 1000).slice(1));

function writeMilliseconds(out: TextOutput, ns: number): TextOutput {
  const microseconds = Math.round(ns / 1e3);
  if (microseconds < 0) return out.write(String(toMs(ns)));
  const thousandths = microseconds % 1000;
  return out.number((microseconds - thousandths) / 1000).write(THOUSANDTHS[thousandths]!);
}

function problemsOf(request: Message | null, response: Message | null, interim: readonly Message[]): string {
  if (interim.length === 0 && !request?.problems.length && !response?.problems.length) return '';
  const kinds = new Set<string>();
  for (const message of [request, ...interim, response]) if (message) for (const { kind } of message.problems) kinds.add(kind);
  return kinds.size === 0 ? '' : `; ${[...kinds].join(', ')}`;
}

function shorten(text: string, most: number): string {
  const escaped = escapeTerminal(text);
  return escaped.length > most ? `${escaped.slice(0, most - 1)}…` : escaped;
}
