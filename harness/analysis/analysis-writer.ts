import type { Listing } from '../fast-path/listed-servers.ts';
import type { CaptureInfo, Connection, Endpoint, Exchange, FrameRecord, ObservedValue, StepMark } from '../model.ts';
import type { PageFinding } from '../report/html/page-format.ts';

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

/** What the page of `--html` is told beside the writer. */
export interface PageSink {
  frame(record: FrameRecord): void;
  exchange(exchange: Exchange): void;
  /** @param steps `null` where the connection is not reported */
  connection(connection: Connection, steps: StepMark[] | null): void;
  end(capture: CaptureInfo, servers: readonly ServerValues[], findings?: readonly PageFinding[]): Promise<void>;
}

/** Writes an analysis as it comes. */
export interface AnalysisWriter {
  exchange(exchange: Exchange, server: Endpoint): void;
  /** Where exchanges that go into no observation may be listed, as `exchange` would write them. */
  listing?: Listing;
  connection(connection: Connection, steps: StepMark[]): void;
  /** The end: what was read, what each server shows, and what all of them show together. */
  end(capture: CaptureInfo, servers: readonly ServerValues[], together: () => Record<string, ObservedValue>): Promise<void>;
}
