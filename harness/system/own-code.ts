/** Code of the user's own, which may end the process, or wait for what never comes. */

const underWay: string[] = [];

/** What of the user's own runs now, as `beginOwnCode` was told; `null` where nothing does. */
export const ownCodeUnderWay = (): string | null => underWay.at(-1) ?? null;

/** Code of the user's own begins: whoever sees the process end knows by what. @returns what to call when it is over */
export function beginOwnCode(what: string): () => void {
  underWay.push(what);
  return () => {
    const at = underWay.lastIndexOf(what);
    if (at !== -1) underWay.splice(at, 1);
  };
}
