/** How many tasks may work at one time, and how much all tasks under way (working or waiting) may weigh together. */
export interface ScheduleLimits<T> {
  active: number;
  total: number;
  /** Of one task; default 1. */
  weight?: (item: T) => number;
}

/**
 * Runs tasks in order, each beginning as soon as both limits allow; one that is too heavy for the limit runs alone. A task calls `release` when all that is left for it is to
 * wait; it then counts against `total` alone. No new task begins once `signal` is aborted.
 * @returns the items that were not begun
 * @throws never: `run` must not reject
 */
export async function schedule<T>(
  items: readonly T[],
  { active: activeMax, total: weightMax, weight = () => 1 }: ScheduleLimits<T>,
  run: (item: T, release: () => void) => Promise<void>,
  signal: AbortSignal,
): Promise<T[]> {
  const queue = [...items];
  const running = new Set<Promise<void>>();
  let active = 0;
  let weightThere = 0;
  const fits = (item: T): boolean => active < activeMax && (running.size === 0 || weightThere + weight(item) <= weightMax);
  await new Promise<void>((resolve) => {
    const next = () => {
      while (queue.length > 0 && !signal.aborted && fits(queue[0] as T)) begin(queue.shift() as T);
      if (running.size === 0) resolve();
    };
    const begin = (item: T) => {
      active++;
      weightThere += weight(item);
      let released = false;
      const release = () => {
        if (released) return;
        released = true;
        active--;
        next();
      };
      // Begun in a later turn, so that a task which releases at once is already counted.
      const begun = Promise.resolve().then(() => run(item, release));
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
