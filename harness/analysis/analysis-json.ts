import type { Writable } from 'node:stream';
import { connectionRow, exchangeRow } from '../compare/cell-result.ts';
import { writtenValues } from '../compare/written-value.ts';
import type { ExchangeSummary } from '../http/exchange-summary.ts';
import type { Connection, Endpoint } from '../model.ts';
import type { CloseContext } from '../observe/close-cause.ts';
import { type TimedConnection, Timings } from '../observe/timing.ts';
import { escapeJson } from '../report/escape.ts';
import { TextOutput } from '../system/text-output.ts';
import type { AnalysisEnd, AnalysisWriter } from './analysis-writer.ts';
import { Spool } from './spool.ts';
import { timingJson } from './timing-json.ts';

const jsonOf = (data: object): string => escapeJson(JSON.stringify(data));

/**
 * One JSON document: `exchanges`, `connections`, `capture`, `servers`, `values`, `findings`, `stalls`, `proxied`. Exchanges are written as they end;
 * connections, which end among them, wait in a spool.
 */
export class AnalysisJson implements AnalysisWriter {
  readonly #out: TextOutput;
  readonly #spool = new Spool();
  readonly #rows = new TextOutput(this.#spool);
  readonly #timings = new Timings();
  #exchanges = 0;
  #connections = 0;

  constructor(out: Writable) {
    this.#out = new TextOutput(out);
    this.#out.write('{"exchanges":[');
  }

  exchange(exchange: ExchangeSummary, _server: Endpoint, connection: TimedConnection): void {
    const row = jsonOf(exchangeRow(exchange));
    this.#out.write(
      `${this.#exchanges++ === 0 ? '\n' : ',\n'}${row.slice(0, -1)},"timing":${timingJson(this.#timings.of(exchange, connection))}}`,
    );
  }

  connection(connection: Connection, context: CloseContext): void {
    const { proxyHeader } = connection;
    const row = { ...connectionRow(connection, context), ...(proxyHeader ? { proxyHeader } : {}) };
    this.#rows.write(`${this.#connections++ === 0 ? '\n' : ',\n'}${jsonOf(row)}`);
  }

  async end({ capture, servers, together, findings, times }: AnalysisEnd): Promise<void> {
    this.#out.write('\n],"connections":[');
    this.#rows.flush();
    this.#spool.read((bytes) => this.#out.bytes(bytes));
    const { baseEpochNs, ...rest } = capture;
    const rows = servers.map(({ statuses: _statuses, values, ...server }) => ({ ...server, values: writtenValues(values) }));
    this.#out.write(`\n],"capture":${jsonOf({ ...rest, baseEpochNs: String(baseEpochNs) })},\n"servers":${jsonOf(rows)},\n`);
    this.#out.write(`"values":${jsonOf(writtenValues(together()))},\n"findings":${jsonOf(findings)},\n`);
    this.#out.write(`"stalls":${jsonOf(times.stalls)},\n"proxied":${jsonOf(times.proxied)}}\n`);
    await this.#out.end();
  }

  /** Closes the temporary file, which frees its space; `end` need not have been reached. */
  dispose(): void {
    this.#spool.dispose();
  }
}
