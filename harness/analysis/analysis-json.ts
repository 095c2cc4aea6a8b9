import type { Writable } from 'node:stream';
import { connectionRow, exchangeRow } from '../compare/cell-result.ts';
import type { Connection, Exchange, StepMark } from '../model.ts';
import { TextOutput } from '../system/text-output.ts';
import type { AnalysisEnd, AnalysisWriter } from './analysis-writer.ts';
import { Spool } from './spool.ts';

/**
 * One JSON document: `exchanges`, `connections`, `capture`, `servers`, `values`, `findings`. Exchanges are written as they end; connections, which end
 * among them, wait in a spool.
 */
export class AnalysisJson implements AnalysisWriter {
  readonly #out: TextOutput;
  readonly #spool = new Spool();
  readonly #rows = new TextOutput(this.#spool);
  #exchanges = 0;
  #connections = 0;

  constructor(out: Writable) {
    this.#out = new TextOutput(out);
    this.#out.write('{"exchanges":[');
  }

  exchange(exchange: Exchange): void {
    this.#out.write(`${this.#exchanges++ === 0 ? '\n' : ',\n'}${JSON.stringify(exchangeRow(exchange))}`);
  }

  connection(connection: Connection, steps: StepMark[]): void {
    this.#rows.write(`${this.#connections++ === 0 ? '\n' : ',\n'}${JSON.stringify(connectionRow(connection, { steps }))}`);
  }

  async end({ capture, servers, together, findings }: AnalysisEnd): Promise<void> {
    this.#out.write('\n],"connections":[');
    this.#rows.flush();
    this.#spool.read((bytes) => this.#out.bytes(bytes, 0, bytes.length));
    const { baseEpochNs, ...rest } = capture;
    this.#out.write(
      `\n],"capture":${JSON.stringify({ ...rest, baseEpochNs: String(baseEpochNs) })},\n"servers":${JSON.stringify(
        servers.map(({ statuses: _statuses, ...server }) => server),
      )},\n`,
    );
    this.#out.write(`"values":${JSON.stringify(together())},\n"findings":${JSON.stringify(findings)}}\n`);
    await this.#out.end();
  }

  /** Removes the temporary file; `end` need not have been reached. */
  dispose(): void {
    this.#spool.dispose();
  }
}
