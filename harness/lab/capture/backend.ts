import type { CapturedPacket } from '../../capture-file/captured-packet.ts';
import type { LinkType, Skipped } from '../../model.ts';

/** What a backend counted in one capture. */
export interface CaptureTotals {
  /** Packets that the backend received and lost, by its own counters; `null` where it has none. */
  received: number | null;
  dropped: number | null;
}

/** The capture's process ended before its time, or was there and no longer passed on what was sent: nothing can be said of the packets that are missing. */
export class CaptureBroken extends Error {
  override name = 'CaptureBroken';
}

/** A capture under way. Packets captured after `start` resolved are all in it. */
export interface RunningCapture {
  linkType: LinkType;
  /** The time now on the clock that stamps the packets, in nanoseconds since 1970; never later than the stamp of a packet that comes afterwards. */
  now(): bigint;
  /** Batches in the order of capture; ends after `stop`. Throws where the capture broke. */
  packets: AsyncIterable<CapturedPacket[]>;
  /** Waits until what has been sent so far is captured, then ends the capture. @throws CaptureBroken where it is not, on an interface on which that can be tried */
  stop(): Promise<CaptureTotals>;
}

/** Which packets a backend captures. */
export interface CaptureOptions {
  interface: string;
  /** Only TCP to or from this port (for the shared loopback). */
  port?: number;
  /** A condition beside these, in libpcap's syntax. */
  condition?: string;
  signal?: AbortSignal;
  /** A buffer for bursts that were too much for the usual one. */
  largeBuffer?: boolean;
}

/** Captures packets of an interface. */
export interface CaptureBackend {
  id: string;
  /** Who stamps the packets: the kernel at capture, or this process when it gets them. */
  clock: 'kernel' | 'user';
  /** Whether it can capture in this process's network namespace, found out without capturing. */
  available(): Promise<{ version: string } | { skipped: Skipped }>;
  /** Resolves when the capture has begun. */
  start(options: CaptureOptions): Promise<RunningCapture>;
}
