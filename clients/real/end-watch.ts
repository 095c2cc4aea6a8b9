import type { ChildProcess } from 'node:child_process';
import { ClientFailure } from '../own-failure.ts';

/** Notices that a browser ends by itself, as when it crashes: the closes that the capture then shows are none of a visit. */
export class EndWatch {
  #how: string | null = null;
  #isExpected = false;

  constructor(child: ChildProcess | null) {
    child?.once('exit', (code, signal) => {
      if (!this.#isExpected) this.#how = signal ? `by ${signal}` : `exit code ${code}`;
    });
  }

  /** From now on it may end. */
  expect(): void {
    this.#isExpected = true;
  }

  /** `null` where it runs, or ended when it might. */
  failure(): Error | null {
    if (this.#how === null) return null;
    return new ClientFailure(
      `the client itself failed, not the server: the browser ended in the middle of the visit (${this.#how}); run it again`,
    );
  }
}
