/** Width and colours of an output stream. */
export interface Terminal {
  columns: number;
  color: boolean;
}

/** Colour where it is a terminal and NO_COLOR (no-color.org) is not set; FORCE_COLOR wins. 100 columns where nothing says how many there are. */
export function terminalOf(stream: { isTTY?: boolean; columns?: number }, env: NodeJS.ProcessEnv = process.env): Terminal {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0';
  const refused = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  const fromEnv = Number(env.COLUMNS);
  return { columns: stream.columns ?? (fromEnv > 0 ? fromEnv : 100), color: forced || (stream.isTTY === true && !refused) };
}

/** Whether a line that was written can be drawn again in its place: a terminal that knows control sequences (`TERM=dumb` does not). */
export const canRedraw = (stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): boolean =>
  stream.isTTY === true && env.TERM !== 'dumb';

/** Writes to standard output and waits for a slow reader. It never fails: `standard-streams.ts` takes the errors of the stream. */
export const print = (content: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(content, () => resolve());
  });
