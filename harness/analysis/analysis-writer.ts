import type { Listing } from '../fast-path/listed-servers.ts';
import type { CaptureInfo, Connection, Endpoint, Exchange, ObservedValue, StepMark } from '../model.ts';
import type { ExchangeTiming } from '../observe/timing.ts';
import type { ServerTiming, TimesTaken } from './time-taken.ts';

/** What the capture shows of one server. */
export interface ServerValues {
  address: string;
  port: number;
  connections: number;
  exchanges: number;
  values: Record<string, ObservedValue>;
  /** Connections that were left out of `values`, for the limits. */
  leftOut: number;
  timing: ServerTiming | null;
}

/** Writes an analysis as it comes. */
export interface AnalysisWriter {
  exchange(exchange: Exchange, server: Endpoint, timing: ExchangeTiming): void;
  /** Where exchanges that go into no observation may be listed, as `exchange` would write them. */
  listing?: Listing;
  connection(connection: Connection, steps: StepMark[]): void;
  /** The end: what was read, what each server shows, and what all of them show together. */
  end(
    capture: CaptureInfo,
    servers: readonly ServerValues[],
    together: () => Record<string, ObservedValue>,
    times: TimesTaken,
  ): Promise<void>;
}
