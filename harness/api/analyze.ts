import { Writable } from 'node:stream';
import { loadAnalyze } from '../analysis/load-bundle.ts';
import type { ConnectionRow, ExchangeRow, FindingRow } from '../compare/run-result.ts';
import type { ObservedValue } from '../model.ts';

/** How a capture is read. */
export interface AnalyzeOptions {
  /** Ports of servers: only their connections are reported. */
  ports?: readonly number[];
}

/** A value as files have it: `window-s` says how long it was watched. */
export type WrittenValue = Omit<ObservedValue, 'windowS'> & { 'window-s'?: number };

/** One server of a capture. */
export interface AnalyzedServer {
  address: string;
  port: number;
  connections: number;
  exchanges: number;
  /** Observations, by id. */
  values: Record<string, WrittenValue>;
}

/** What a capture shows, as `analyze --json` writes it; fields that are not named here may follow. */
export interface Analysis {
  connections: ConnectionRow[];
  exchanges: ExchangeRow[];
  capture: { frames: number; undecoded: Record<string, number>; baseEpochNs: string };
  servers: AnalyzedServer[];
  /** Of all servers together, by id of the observation. */
  values: Record<string, WrittenValue>;
  /** What is wrong, the worst first. */
  findings: FindingRow[];
  /** What keeps the capture from being shown whole; `null` where nothing does. */
  damage: { faults: string[]; lastFrame: number } | null;
  /** Why nothing in it could be read; `null` where something could. */
  nothingRead: string | null;
}

/**
 * Reads a capture (pcap or pcapng, packed by gzip or not) and says what it shows. All exchanges are in memory: for captures of gigabytes use the
 * command `analyze`, whose memory is constant.
 * @param capture path of the file
 * @throws Error with the code `bad-argument` where it can't be read or is no capture
 */
export async function analyze(capture: string, { ports }: AnalyzeOptions = {}): Promise<Analysis> {
  const parts: Buffer[] = [];
  const out = new Writable({
    write(part: Buffer, _encoding, done) {
      // The writer uses its memory again.
      parts.push(Buffer.from(part));
      done();
    },
  });
  const program = await loadAnalyze();
  const trouble = await program.analyze(capture, { json: true, port: ports }, out);
  const shown = JSON.parse(Buffer.concat(parts).toString('utf8')) as Omit<Analysis, 'damage' | 'nothingRead'>;
  return {
    ...shown,
    damage: trouble && 'faults' in trouble ? trouble : null,
    nothingRead: trouble && 'why' in trouble ? trouble.why : null,
  };
}
