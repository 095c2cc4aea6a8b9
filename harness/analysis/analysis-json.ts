import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { connectionRow, exchangeRow } from '../compare/cell-result.ts';
import { writtenValues } from '../compare/written-value.ts';
import type { CaptureInfo, Connection, Endpoint, Exchange, ObservedValue, StepMark } from '../model.ts';
import type { ExchangeTiming } from '../observe/timing.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import { TextOutput } from '../system/text-output.ts';
import type { AnalysisWriter, ServerValues } from './analysis-writer.ts';
import type { TimesTaken } from './time-taken.ts';
import { timingJson } from './timing-json.ts';

const COPIED_AT_ONCE = 1 << 17;

/**
 * One JSON document: `exchanges`, `connections`, `capture`, `servers`, `values`, `stalls`, `proxied`. Exchanges are written as they end; connections, which end
 * among them, wait in a temporary file, so that memory does not grow with the capture.
 */
export class AnalysisJson implements AnalysisWriter {
  readonly #out: TextOutput;
  readonly #folder = temporaryFolder('wirematrix-analyze-');
  readonly #spool: number;
  #waiting = '';
  #exchanges = 0;
  #connections = 0;

  constructor(out: Writable) {
    this.#out = new TextOutput(out);
    this.#spool = openSync(path.join(this.#folder.path, 'connections.json'), 'w+');
    this.#out.write('{"exchanges":[');
  }

  exchange(exchange: Exchange, _server: Endpoint, timing: ExchangeTiming): void {
    this.#out.write(
      `${this.#exchanges++ === 0 ? '\n' : ',\n'}${JSON.stringify(exchangeRow(exchange)).slice(0, -1)},"timing":${timingJson(timing)}}`,
    );
  }

  connection(connection: Connection, steps: StepMark[]): void {
    this.#waiting += `${this.#connections++ === 0 ? '\n' : ',\n'}${JSON.stringify(connectionRow(connection, { steps }))}`;
    if (this.#waiting.length > COPIED_AT_ONCE) this.#toSpool();
  }

  async end(
    capture: CaptureInfo,
    servers: readonly ServerValues[],
    together: () => Record<string, ObservedValue>,
    { stalls, proxied }: TimesTaken,
  ): Promise<void> {
    this.#out.write('\n],"connections":[');
    this.#toSpool();
    this.#copySpool();
    const { baseEpochNs, ...rest } = capture;
    this.#out.write(
      `\n],"capture":${JSON.stringify({ ...rest, baseEpochNs: String(baseEpochNs) })},\n"servers":${JSON.stringify(servers.map((server) => ({ ...server, values: writtenValues(server.values) })))},\n`,
    );
    this.#out.write(
      `"values":${JSON.stringify(writtenValues(together()))},\n"stalls":${JSON.stringify(stalls)},\n"proxied":${JSON.stringify(proxied)}}\n`,
    );
    await this.#out.end();
  }

  /** Removes the temporary file; `end` need not have been reached. */
  dispose(): void {
    closeSync(this.#spool);
    this.#folder.removeNow();
  }

  #toSpool(): void {
    writeSync(this.#spool, this.#waiting);
    this.#waiting = '';
  }

  #copySpool(): void {
    const chunk = Buffer.alloc(COPIED_AT_ONCE);
    const decoder = new TextDecoder();
    let position = 0;
    for (;;) {
      const count = readSync(this.#spool, chunk, 0, chunk.length, position);
      if (count === 0) return;
      position += count;
      this.#out.write(decoder.decode(chunk.subarray(0, count), { stream: true }));
    }
  }
}
