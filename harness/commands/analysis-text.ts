import type { Writable } from 'node:stream';
import type { CaptureInfo, Connection, Endpoint, Observation, ObservedValue } from '../model.ts';
import { escapeTerminal } from '../report/escape.ts';
import type { AnalysisWriter, ConnectionRow, ExchangeRow, ServerValues } from './analyze.ts';
import { TextOutput } from './text-output.ts';

const TARGET_SHOWN = 60;
const FRAMES_SHOWN = 4;

/**
 * Lines for a person: a line an exchange and a line a connection as they end (where standard output is a terminal, at once), then what
 * each server shows.
 */
export class AnalysisText implements AnalysisWriter {
  readonly #out: TextOutput;
  readonly #live: boolean;
  readonly #observations: ReadonlyMap<string, Observation>;

  constructor(out: Writable & { isTTY?: boolean }, observations: readonly Observation[]) {
    this.#out = new TextOutput(out);
    this.#live = out.isTTY === true;
    this.#observations = new Map(observations.map((observation) => [observation.id, observation]));
  }

  exchange(row: ExchangeRow, server: Endpoint): void {
    const request = row.method === null ? '(no request)' : `${row.method} ${shorten(row.target ?? '')}`;
    const response = row.status === null ? 'no response' : `${row.status}, ${row.bodyBytes} bytes${row.framing ? ` (${row.framing})` : ''}`;
    const frames = [...(row.requestFrames ?? []), ...(row.responseFrames ?? [])];
    const span = frames.length > 0 ? `frames ${Math.min(...frames)}-${Math.max(...frames)}` : '';
    const time = row.durationMs === null ? '' : `, ${row.durationMs} ms`;
    const problems = row.problems.length > 0 ? `; ${[...new Set(row.problems.map(({ kind }) => kind))].join(', ')}` : '';
    this.#line(`  #${row.stream} ${endpointText(server)}  ${request}  ${response}${time}, ${span}${problems}`);
  }

  connection(row: ConnectionRow, { client, server, handshake, midStream, portReused }: Connection): void {
    const close = row.firstClose
      ? `first closed by the ${row.firstClose.by} with ${row.firstClose.how} in frame ${row.firstClose.frame}, ${row.firstClose.idleMs} ms after its last payload`
      : 'open at the end';
    const notes = [
      handshake ? '' : midStream ? 'begins in mid-stream' : 'no handshake',
      portReused ? 'its ports were used again' : '',
      row.retransmissions > 0 ? `${row.retransmissions} retransmissions` : '',
    ].filter((note) => note !== '');
    this.#line(
      `#${row.stream} ${endpointText(client)} -> ${endpointText(server)}  ${row.zeekState} ${row.completeness}, frames ${row.frames.join('-')}, ${row.exchanges} exchanges, ${close}${notes.length > 0 ? `; ${notes.join('; ')}` : ''}`,
    );
  }

  async end(capture: CaptureInfo, servers: readonly ServerValues[], _values: Record<string, ObservedValue>): Promise<void> {
    for (const server of servers) {
      this.#line('');
      this.#line(`${endpointText(server)}: ${server.connections} connections, ${server.exchanges} exchanges`);
      if (server.leftOut > 0) this.#line(`  (the values speak of the first ${server.connections - server.leftOut} connections)`);
      for (const [id, observed] of Object.entries(server.values)) this.#line(this.#valueLine(id, observed));
    }
    this.#line('');
    const dropped = capture.dropped === null ? '' : `, ${capture.dropped} dropped`;
    this.#line(`${capture.frames} frames${dropped}, ${Math.round(capture.endNs / 1e6) / 1e3} s`);
    for (const [reason, count] of Object.entries(capture.undecoded)) this.#line(`  ${count} × ${reason}`);
    await this.#out.end();
  }

  #valueLine(id: string, { value, frames, note, ...rest }: ObservedValue): string {
    const unit = this.#observations.get(id)?.unit;
    const watched = rest['window-s'];
    const text =
      value === null
        ? watched === undefined
          ? 'none'
          : `open after ${watched} s`
        : `${escapeTerminal(String(value))}${unit && unit !== 'count' ? ` ${unit}` : ''}`;
    const shown = frames.slice(0, FRAMES_SHOWN).join(', ');
    const proof =
      frames.length === 0 ? '' : `  (frame${frames.length > 1 ? 's' : ''} ${shown}${frames.length > FRAMES_SHOWN ? ', …' : ''})`;
    return `  ${id.padEnd(34)} ${text}${proof}${note ? `  ${escapeTerminal(note)}` : ''}`;
  }

  #line(text: string): void {
    this.#out.write(`${text}\n`);
    if (this.#live) this.#out.flush();
  }
}

const endpointText = ({ address, port }: Endpoint): string => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);

function shorten(target: string): string {
  const text = escapeTerminal(target);
  return text.length > TARGET_SHOWN ? `${text.slice(0, TARGET_SHOWN - 1)}…` : text;
}
