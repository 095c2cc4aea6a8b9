import type { Connection, Side } from '../model.ts';

/** A side whose state FIN-WAIT-2 had ended when the other side's FIN came: a RST answers it (Linux: `tcp_fin_timeout`, 60 s). */
export interface ExpiredFinWait {
  by: Side;
  /** From its FIN to the RST. Seconds. */
  afterS: number;
  /** The other side's FIN, and the RST. */
  fin: number;
  frame: number;
}

/** A RST sooner than this has other reasons. Nanoseconds. */
const EXPIRED_MIN_NS = 10e9;

/** `null`: no side's wait ended so. */
export function expiredFinWait({ sides }: Connection): ExpiredFinWait | null {
  for (const by of ['client', 'server'] as const) {
    const { finFrame, finNs, rstFrame, rstNs } = sides[by];
    const other = sides[by === 'client' ? 'server' : 'client'];
    if (finFrame === null || finNs === null || rstFrame === null || rstNs === null || other.finFrame === null) continue;
    // In FIN-WAIT-2 a FIN is acknowledged, and data that nobody reads are answered by a RST.
    const isFinAlone = other.finFrame > finFrame && other.finFrame < rstFrame && (other.lastPayloadFrame ?? 0) < finFrame;
    if (isFinAlone && rstNs - finNs >= EXPIRED_MIN_NS) return { by, afterS: (rstNs - finNs) / 1e9, fin: other.finFrame, frame: rstFrame };
  }
  return null;
}
