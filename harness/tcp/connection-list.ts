/** What an item needs so that it can be in a `ConnectionList`. */
interface ListItem<T extends ListItem<T>> {
  /** Frame number of its last activity. */
  lastFrame: number;
  list: ConnectionList<T> | null;
  older: T | null;
  newer: T | null;
}

/** Connections in the order of their last activity, each in one list at a time. */
export class ConnectionList<T extends ListItem<T>> {
  oldest: T | null = null;
  #newest: T | null = null;
  size = 0;

  /** Adds a connection that is more recent than all others. */
  append(connection: T): void {
    this.#insertAfter(this.#newest, connection);
  }

  /** Adds a connection at the place that its last frame gives it. */
  insert(connection: T): void {
    let older = this.#newest;
    while (older !== null && older.lastFrame > connection.lastFrame) older = older.older;
    this.#insertAfter(older, connection);
  }

  #insertAfter(older: T | null, connection: T): void {
    const newer = older === null ? this.oldest : older.newer;
    connection.list = this;
    connection.older = older;
    connection.newer = newer;
    if (older) older.newer = connection;
    else this.oldest = connection;
    if (newer) newer.older = connection;
    else this.#newest = connection;
    this.size++;
  }

  /** Takes a connection out of the list. */
  remove(connection: T): void {
    if (connection.older) connection.older.newer = connection.newer;
    else this.oldest = connection.newer;
    if (connection.newer) connection.newer.older = connection.older;
    else this.#newest = connection.older;
    connection.list = null;
    // Else a dropped connection would keep its neighbours from being collected.
    connection.older = null;
    connection.newer = null;
    this.size--;
  }

  /** Moves a connection that has just been active to the end of the list. */
  touch(connection: T): void {
    if (connection === this.#newest) return;
    this.remove(connection);
    this.append(connection);
  }

  /** The connections, the one that was idle for longest first. */
  toArray(): T[] {
    const all: T[] = [];
    for (let connection = this.oldest; connection; connection = connection.newer) all.push(connection);
    return all;
  }
}
