/** Width and colours of an output stream. */
export interface Terminal {
  columns: number;
  color: boolean;
}

/** Colour on a terminal, unless NO_COLOR (no-color.org) is set; FORCE_COLOR overrides both. 100 columns where the width is unknown. */
export function terminalOf(
  stream: { isTTY?: boolean; columns?: number },
  env: Readonly<Record<string, string | undefined>> = process.env,
): Terminal {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0';
  const refused = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  const fromEnv = Number(env.COLUMNS);
  // A terminal that was told no size has 0 columns.
  return { columns: stream.columns || (fromEnv > 0 ? fromEnv : 100), color: forced || (stream.isTTY === true && !refused) };
}

/** Whether a written line can be replaced: only on a terminal that knows control sequences (`TERM=dumb` does not). */
export const canRedraw = (stream: { isTTY?: boolean }, env: Readonly<Record<string, string | undefined>> = process.env): boolean =>
  stream.isTTY === true && env.TERM !== 'dumb';

/** Writes to standard output and waits for a slow reader. It never fails: `standard-streams.ts` handles the stream's errors. */
export const print = (content: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(content, () => resolve());
  });
