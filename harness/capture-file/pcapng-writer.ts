import { type FileHandle, open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { makeFolder, writeProblem } from '../system/files.ts';
import type { CapturedPacket } from './captured-packet.ts';
import {
  enhancedPacketBlock,
  type InterfaceDescription,
  type InterfaceStatistics,
  interfaceDescriptionBlock,
  interfaceStatisticsBlock,
  sectionHeaderBlock,
} from './pcapng-blocks.ts';

/** What is known before the first packet. */
export interface PcapngOptions {
  linkType: InterfaceDescription['linkType'];
  interfaceName: string;
  /** The filter of the capture in libpcap's syntax, where there was one. */
  filter?: string;
  /** When the capture began; default now. */
  startEpochNs?: bigint;
  /** Comments of the section header, one option each. */
  comments?: readonly string[];
}

/** What is known after the last packet. */
export type PcapngEnd = Omit<InterfaceStatistics, 'startEpochNs'>;

/** Writes one pcapng file with one interface. Errors name the file and what happened to it. */
export interface PcapngWriter {
  /**
   * Adds a packet, each comment as an option of its own. Packets keep the order of the calls; the promise waits only
   * where the disk is slower than the capture.
   */
  write(packet: CapturedPacket, comments?: readonly string[]): Promise<void>;
  /** Writes the statistics and closes the file. Once. */
  end(end: PcapngEnd): Promise<void>;
}

const FLUSH_BYTES = 256 * 1024;

const writeError = (file: string, error: unknown): Error =>
  new Error(`can't write the capture ${file}: ${writeProblem(error)}`, { cause: error });

/**
 * Opens `file` (its folder is made) and writes the headers of a section.
 * @throws where the file can't be written
 */
export async function createPcapngWriter(file: string, options: PcapngOptions): Promise<PcapngWriter> {
  let handle: FileHandle;
  try {
    await makeFolder(path.dirname(file));
    handle = await open(file, 'w');
  } catch (error) {
    throw writeError(file, error);
  }
  const startEpochNs = options.startEpochNs ?? BigInt(Date.now()) * 1_000_000n;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let written: Promise<void> = Promise.resolve();
  let failure: Error | null = null;
  let ended = false;

  const add = (bytes: Buffer): void => {
    waiting.push(bytes);
    waitingBytes += bytes.length;
  };
  const flush = (): Promise<void> => {
    const bytes = Buffer.concat(waiting, waitingBytes);
    waiting = [];
    waitingBytes = 0;
    written = written.then(async () => {
      if (failure) return;
      try {
        // On a handle this writes from the current position and goes on after a short write.
        await handle.writeFile(bytes);
      } catch (error) {
        failure = writeError(file, error);
        // Nothing more is written; its own error would say the same.
        await handle.close().catch(() => {});
      }
    });
    return written;
  };
  const check = (): void => {
    if (failure) throw failure;
    if (ended) throw new Error(`can't write the capture ${file}: it has been closed`);
  };

  const system = `${os.type()} ${os.release()}`;
  add(
    sectionHeaderBlock({
      hardware: os.cpus()[0]?.model.trim() || os.machine(),
      os: system,
      application: `wirematrix, Node.js ${process.version}`,
      comments: options.comments ?? [],
    }),
  );
  add(
    interfaceDescriptionBlock({
      linkType: options.linkType,
      name: options.interfaceName,
      os: system,
      ...(options.filter === undefined ? {} : { filter: options.filter }),
    }),
  );

  return {
    async write(packet, comments) {
      check();
      add(enhancedPacketBlock(packet, comments));
      if (waitingBytes < FLUSH_BYTES) return;
      await flush();
      check();
    },
    async end(end) {
      check();
      ended = true;
      add(interfaceStatisticsBlock({ startEpochNs, ...end }));
      await flush();
      if (failure) throw failure;
      try {
        await handle.close();
      } catch (error) {
        throw writeError(file, error);
      }
    },
  };
}
