/** How many tasks may work at one time, and how much all tasks under way (working or waiting) may weigh together. */
export interface ScheduleLimits<T> {
  active: number;
  total: number;
  /** Of one task; default 1. */
  weight?: (item: T) => number;
  /** How many of those that work may be starting, which takes the most. Default: all. */
  starting?: number;
  /** As how many a task counts while it works; default 1. */
  effort?: (item: T) => number;
}

/**
 * Runs tasks in order, each beginning as soon as all limits allow; one that is too heavy for a limit runs alone. A task calls `started` when it has started, and
 * `release` when all that is left for it is to wait; it then counts against `total` alone. No new task begins once `signal` is aborted.
 * @returns the items that were not begun
 * @throws never: `run` must not reject
 */
export async function schedule<T>(
  items: readonly T[],
  { active: activeMax, total: weightMax, weight = () => 1, starting: startingMax = activeMax, effort = () => 1 }: ScheduleLimits<T>,
  run: (item: T, release: () => void, started: () => void) => Promise<void>,
  signal: AbortSignal,
): Promise<T[]> {
  const queue = [...items];
  const running = new Set<Promise<void>>();
  let active = 0;
  let starting = 0;
  let weightThere = 0;
  const fits = (item: T): boolean =>
    starting < startingMax &&
    (active === 0 || active + effort(item) <= activeMax) &&
    (running.size === 0 || weightThere + weight(item) <= weightMax);
  await new Promise<void>((resolve) => {
    const next = () => {
      while (queue.length > 0 && !signal.aborted && fits(queue[0] as T)) begin(queue.shift() as T);
      if (running.size === 0) resolve();
    };
    const once = (act: () => void) => {
      let done = false;
      return () => {
        if (done) return;
        done = true;
        act();
        next();
      };
    };
    const begin = (item: T) => {
      active += effort(item);
      starting++;
      weightThere += weight(item);
      const started = once(() => starting--);
      const release = once(() => {
        active -= effort(item);
        started();
      });
      // Begun in a later turn, so that a task which releases at once is already counted.
      const begun = Promise.resolve().then(() => run(item, release, started));
      const task = begun.finally(() => {
        running.delete(task);
        weightThere -= weight(item);
        release();
        next();
      });
      running.add(task);
    };
    next();
  });
  return queue;
}
