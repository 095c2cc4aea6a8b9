import type { Finding, Severity } from '../findings/finding.ts';
import type { ExchangeSummary } from '../http/exchange-summary.ts';
import type { AnalysisEnd, AnalysisWriter } from './analysis-writer.ts';

/** One kind of finding in one capture. */
export interface FindingSummary {
  id: string;
  severity: Severity;
  title: string;
  /** Servers that show it. */
  servers: number;
  /** Of the first of them. */
  server: string;
  seen: string;
  stream: number | null;
  frames: number[];
}

/** What a capture shows, in few words: one of many. */
export interface CaptureSummary {
  frames: number;
  /** ISO 8601; `null` in a capture without frames. */
  startedAt: string | null;
  durationS: number;
  connections: number;
  exchanges: number;
  /** Exchanges by the class of their status, as in `2xx`; `none` for those without a response, `missing` for those whose response is not in the capture. */
  statuses: Record<string, number>;
  servers: number;
  /** The worst first. */
  findings: FindingSummary[];
}

/** Frames that a summary of a finding names. */
const FRAMES = 8;

/** Counts an analysis. */
export class AnalysisSummary implements AnalysisWriter {
  readonly #statuses = new Map<string, number>();
  #connections = 0;
  #exchanges = 0;
  /** `null` until the capture was read. */
  summary: CaptureSummary | null = null;

  exchange({ status, isResponseMissing }: ExchangeSummary): void {
    this.#exchanges++;
    const kind = status === null ? (isResponseMissing ? 'missing' : 'none') : `${Math.floor(status / 100)}xx`;
    this.#statuses.set(kind, (this.#statuses.get(kind) ?? 0) + 1);
  }

  connection(): void {
    this.#connections++;
  }

  async end({ capture, servers, findings }: AnalysisEnd): Promise<void> {
    this.summary = {
      frames: capture.frames,
      startedAt: capture.frames === 0 ? null : startOf(capture.baseEpochNs),
      durationS: Math.round(capture.endNs / 1e6) / 1e3,
      connections: this.#connections,
      exchanges: this.#exchanges,
      statuses: Object.fromEntries([...this.#statuses].sort()),
      servers: servers.length,
      findings: kindsOf(findings),
    };
  }

  dispose(): void {}
}

/** `null` for a time that no calendar has: a damaged capture. */
function startOf(epochNs: bigint): string | null {
  const date = new Date(Number(epochNs / 1_000_000n));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function kindsOf(findings: readonly Finding[]): FindingSummary[] {
  const kinds = new Map<string, FindingSummary>();
  for (const { id, severity, title, server, seen, where } of findings) {
    const known = kinds.get(id);
    if (known) known.servers++;
    else {
      const [place] = where;
      kinds.set(id, {
        id,
        severity,
        title,
        servers: 1,
        server,
        seen,
        stream: place?.stream ?? null,
        frames: place?.frames.slice(0, FRAMES) ?? [],
      });
    }
  }
  return [...kinds.values()];
}
