/** Work that goes on side by side. */
export interface AtOnce {
  /** Begins it; waits only while as much is under way as may be. @throws what an earlier one threw */
  begin(work: () => Promise<void>): Promise<void>;
  /** When all is over. @throws what the first of them to fail threw */
  end(): Promise<void>;
}

/** Lets at most `limit` go on at one time; none begins once one has failed. */
export function atOnce(limit: number): AtOnce {
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const throwFailure = (): void => {
    if (failures.length > 0) throw failures[0];
  };
  return {
    async begin(work) {
      while (underWay.size >= limit) await Promise.race(underWay);
      throwFailure();
      const one = work()
        .catch((error: unknown) => {
          failures.push(error);
        })
        .finally(() => underWay.delete(one));
      underWay.add(one);
    },
    async end() {
      await Promise.all(underWay);
      throwFailure();
    },
  };
}
