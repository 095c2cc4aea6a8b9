/** The part of the npm package `cap` 0.2.1 that is used; it has no types of its own. */
declare module 'cap' {
  import type { EventEmitter } from 'node:events';

  class Cap extends EventEmitter<{ packet: [length: number, truncated: boolean] }> {
    /**
     * Starts the capture into `buffer`, one packet at a time; `ringBytes` is for the kernel. Gives the link type's name.
     * The buffer must stay referenced. At most once in the life of a process.
     */
    open(device: string, filter: string, ringBytes: number, buffer: Buffer): string;
    close(): boolean;
  }

  const cap: { Cap: typeof Cap };
  export default cap;
}
