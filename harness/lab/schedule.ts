/** What tasks have in common that take as much; of those that work, a kind takes no more than its part, and other kinds pass what waits for that. */
export interface TaskKind {
  id: string;
  /** As how many a task counts while it works. */
  effort: number;
  /** How much of `active` the tasks of this kind take together at most; one of them always may. */
  activeMax: number;
}

/** How many tasks may work at one time, and how much all tasks under way (working or waiting) may weigh together. */
export interface ScheduleLimits<T> {
  active: number;
  total: number;
  /** Of one task; default 1. */
  weight?: (item: T) => number;
  /** How many of those that work may be starting, which takes the most. Default: all. */
  starting?: number;
  /** Default: all tasks are of one kind, and each counts as one. */
  kind?: (item: T) => TaskKind;
}

/**
 * Runs tasks in order, each beginning as soon as all limits allow; one that is too heavy for a limit runs alone. A task calls `started` when it has started, and
 * `release` when all that is left for it is to wait; it then counts against `total` alone. No new task begins once `signal` is aborted.
 * @returns the items that were not begun
 * @throws never: `run` must not reject
 */
export async function schedule<T>(
  items: readonly T[],
  {
    active: activeMax,
    total: weightMax,
    weight = () => 1,
    starting: startingMax = activeMax,
    kind = () => ({ id: '', effort: 1, activeMax }),
  }: ScheduleLimits<T>,
  run: (item: T, release: () => void, started: () => void) => Promise<void>,
  signal: AbortSignal,
): Promise<T[]> {
  const queue = [...items];
  const running = new Set<Promise<void>>();
  const activeOf = new Map<string, number>();
  let active = 0;
  let starting = 0;
  let weightThere = 0;
  const takePlace = (item: T): (() => void) => {
    const { id, effort } = kind(item);
    const count = (by: number): void => {
      active += by;
      activeOf.set(id, (activeOf.get(id) ?? 0) + by);
    };
    count(effort);
    return () => count(-effort);
  };
  const kindHasRoom = (item: T): boolean => {
    const { id, effort, activeMax: most } = kind(item);
    const there = activeOf.get(id) ?? 0;
    return there === 0 || there + effort <= most;
  };
  const fits = (item: T): boolean =>
    starting < startingMax &&
    (active === 0 || active + kind(item).effort <= activeMax) &&
    (running.size === 0 || weightThere + weight(item) <= weightMax);
  await new Promise<void>((resolve) => {
    const next = () => {
      while (!signal.aborted) {
        const first = queue.findIndex(kindHasRoom);
        if (first === -1 || !fits(queue[first] as T)) break;
        begin(...(queue.splice(first, 1) as [T]));
      }
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
      const giveBack = takePlace(item);
      starting++;
      weightThere += weight(item);
      const started = once(() => starting--);
      const release = once(() => {
        giveBack();
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
