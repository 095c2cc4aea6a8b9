/** The standard normal quantile of a two-sided 95 % interval. */
const Z = 1.959_964;

/**
 * Wilson's score interval of a proportion, 95 %: what share of requests may be lost, given `lost` of `tried`. Both ends from 0 to 1; with none tried it is all of that.
 */
export function wilson(lost: number, tried: number): [low: number, high: number] {
  if (tried === 0) return [0, 1];
  const share = lost / tried;
  const scale = 1 + Z ** 2 / tried;
  const middle = (share + Z ** 2 / (2 * tried)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / tried + Z ** 2 / (4 * tried ** 2));
  return [lost === 0 ? 0 : Math.max(0, middle - half), lost === tried ? 1 : Math.min(1, middle + half)];
}
