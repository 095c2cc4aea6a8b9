import type { Finding } from '../findings/finding.ts';
import type { ExchangeSummary } from '../http/exchange-summary.ts';
import type { CaptureInfo, Connection, Endpoint, Exchange, FrameRecord, ObservedValue } from '../model.ts';
import type { CloseContext } from '../observe/close-cause.ts';
import type { TimedConnection } from '../observe/timing.ts';
import type { PageFinding } from '../report/html/page-format.ts';
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
  /** Statuses of all its exchanges, the most frequent first: `200 × 14, 404 × 1`. */
  statuses: string;
  timing: ServerTiming | null;
}

/** What is known when the whole capture was read. */
export interface AnalysisEnd {
  capture: CaptureInfo;
  servers: readonly ServerValues[];
  /** What all servers show together. */
  together(): Record<string, ObservedValue>;
  /** Of all servers, the worst first. */
  findings: readonly Finding[];
  /** Where the time went, beyond single servers. */
  times: TimesTaken;
}

/** What the page of `--html` gathers, beside the writer. */
export interface PageSink {
  frame(record: FrameRecord): void;
  exchange(exchange: Exchange): void;
  /** @param context `null` where the connection is not reported */
  connection(connection: Connection, context: CloseContext | null): void;
  end(capture: CaptureInfo, servers: readonly ServerValues[], findings: readonly PageFinding[]): Promise<void>;
}

/** Writes an analysis as it comes. */
export interface AnalysisWriter {
  /** `connection`: the one that carried it, as far as it is known. */
  exchange(exchange: ExchangeSummary, server: Endpoint, connection: TimedConnection): void;
  connection(connection: Connection, context: CloseContext): void;
  end(end: AnalysisEnd): Promise<void>;
  /** Frees what it holds; `end` need not have been reached. */
  dispose(): void;
}
