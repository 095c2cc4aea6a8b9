import type { ExchangeSummary } from '../http/exchange-summary.ts';
import type { CaptureInfo, Connection, Endpoint, ObservedValue, StepMark } from '../model.ts';

/** What the capture shows of one server. */
export interface ServerValues {
  address: string;
  port: number;
  connections: number;
  exchanges: number;
  values: Record<string, ObservedValue>;
  /** Connections that were left out of `values`, for the limits. */
  leftOut: number;
}

/** Writes an analysis as it comes. */
export interface AnalysisWriter {
  exchange(exchange: ExchangeSummary, server: Endpoint): void;
  connection(connection: Connection, steps: StepMark[]): void;
  /** The end: what was read, what each server shows, and what all of them show together. */
  end(capture: CaptureInfo, servers: readonly ServerValues[], together: () => Record<string, ObservedValue>): Promise<void>;
}
