/** How many tasks may be at work at once, and how many may be there at all (working or waiting). */
export interface ScheduleLimits {
  active: number;
  total: number;
}

/**
 * Runs tasks in order, each beginning as soon as both limits allow. A task calls `release` when all that is left for it is to
 * wait; it then counts against `total` alone. No new task begins once `signal` is aborted.
 * @returns the items that were not begun
 * @throws never: `run` must not reject
 */
export async function schedule<T>(
  items: readonly T[],
  limits: ScheduleLimits,
  run: (item: T, release: () => void) => Promise<void>,
  signal: AbortSignal,
): Promise<T[]> {
  const queue = [...items];
  const running = new Set<Promise<void>>();
  let active = 0;
  await new Promise<void>((resolve) => {
    const next = () => {
      while (queue.length > 0 && !signal.aborted && active < limits.active && running.size < limits.total) begin(queue.shift() as T);
      if (running.size === 0) resolve();
    };
    const begin = (item: T) => {
      active++;
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
        release();
        next();
      });
      running.add(task);
    };
    next();
  });
  return queue;
}
