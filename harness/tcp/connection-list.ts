import type { TrackedConnection } from './tracked-connection.ts';

/** Connections in the order of their last activity, each in one list at a time. */
export class ConnectionList {
  oldest: TrackedConnection | null = null;
  #newest: TrackedConnection | null = null;
  size = 0;

  append(connection: TrackedConnection): void {
    connection.list = this;
    connection.older = this.#newest;
    connection.newer = null;
    if (this.#newest) this.#newest.newer = connection;
    else this.oldest = connection;
    this.#newest = connection;
    this.size++;
  }

  remove(connection: TrackedConnection): void {
    if (connection.older) connection.older.newer = connection.newer;
    else this.oldest = connection.newer;
    if (connection.newer) connection.newer.older = connection.older;
    else this.#newest = connection.older;
    connection.list = null;
    // A dropped connection must not keep its neighbours: each would keep the next one from the young generation's collector.
    connection.older = null;
    connection.newer = null;
    this.size--;
  }

  /** To the end of the list. */
  touch(connection: TrackedConnection): void {
    if (connection === this.#newest) return;
    this.remove(connection);
    this.append(connection);
  }

  /** To its place, where it is the oldest but has been active since. */
  renew(connection: TrackedConnection, lastFrame: number): void {
    connection.lastFrame = lastFrame;
    let next = connection.newer;
    while (next !== null && next.lastFrame < lastFrame) next = next.newer;
    this.remove(connection);
    if (next === null) {
      this.append(connection);
      return;
    }
    connection.list = this;
    connection.newer = next;
    connection.older = next.older;
    if (next.older) next.older.newer = connection;
    else this.oldest = connection;
    next.older = connection;
    this.size++;
  }

  /** Puts connections that were active without being touched into their places. */
  sort(): void {
    const all = this.toArray().sort((a, b) => a.lastFrame - b.lastFrame);
    for (const connection of all) this.touch(connection);
  }

  toArray(): TrackedConnection[] {
    const all: TrackedConnection[] = [];
    for (let connection = this.oldest; connection; connection = connection.newer) all.push(connection);
    return all;
  }
}
