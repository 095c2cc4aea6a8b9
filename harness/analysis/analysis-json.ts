import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { connectionRow, exchangeRow } from '../compare/cell-result.ts';
import { writtenValues } from '../compare/written-value.ts';
import type { ExchangeSummary } from '../http/exchange-summary.ts';
import type { CaptureInfo, Connection, ObservedValue, StepMark } from '../model.ts';
import { escapeJson } from '../report/escape.ts';
import { unableHere } from '../system/coded-error.ts';
import { reasonOf } from '../system/reason.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import { TextOutput } from '../system/text-output.ts';
import type { AnalysisWriter, ServerValues } from './analysis-writer.ts';

const COPIED_AT_ONCE = 1 << 17;

const jsonOf = (data: object): string => escapeJson(JSON.stringify(data));

/**
 * One JSON document: `exchanges`, `connections`, `capture`, `servers`, `values`. Exchanges are written as they end; connections, which end
 * among them, wait in a temporary file, so that memory does not grow with the capture.
 */
export class AnalysisJson implements AnalysisWriter {
  readonly #out: TextOutput;
  readonly #spool: number;
  #waiting = '';
  #exchanges = 0;
  #connections = 0;

  constructor(out: Writable) {
    this.#out = new TextOutput(out);
    const folder = temporaryFolder('wirematrix-analyze-');
    try {
      this.#spool = openSync(path.join(folder.path, 'connections.json'), 'w+');
    } finally {
      // The open file goes on without its name, so nothing is left however this process ends.
      folder.removeNow();
    }
    this.#out.write('{"exchanges":[');
  }

  exchange(exchange: ExchangeSummary): void {
    this.#out.write(`${this.#exchanges++ === 0 ? '\n' : ',\n'}${jsonOf(exchangeRow(exchange))}`);
  }

  connection(connection: Connection, steps: StepMark[]): void {
    const { proxyHeader } = connection;
    const row = { ...connectionRow(connection, { steps }), ...(proxyHeader ? { proxyHeader } : {}) };
    this.#waiting += `${this.#connections++ === 0 ? '\n' : ',\n'}${jsonOf(row)}`;
    if (this.#waiting.length > COPIED_AT_ONCE) this.#toSpool();
  }

  async end(capture: CaptureInfo, servers: readonly ServerValues[], together: () => Record<string, ObservedValue>): Promise<void> {
    this.#out.write('\n],"connections":[');
    this.#toSpool();
    this.#copySpool();
    const { baseEpochNs, ...rest } = capture;
    const rows = servers.map((server) => ({ ...server, values: writtenValues(server.values) }));
    this.#out.write(`\n],"capture":${jsonOf({ ...rest, baseEpochNs: String(baseEpochNs) })},\n"servers":${jsonOf(rows)},\n`);
    this.#out.write(`"values":${jsonOf(writtenValues(together()))}}\n`);
    await this.#out.end();
  }

  /** Closes the temporary file, which frees its space; `end` need not have been reached. */
  dispose(): void {
    closeSync(this.#spool);
  }

  #toSpool(): void {
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = '';
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#spool, bytes, at);
    } catch (error) {
      throw unableHere(
        `a temporary file can't be written: ${reasonOf(error)}; free some space in ${os.tmpdir()}, or name another place by the environment variable TMPDIR`,
      );
    }
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
