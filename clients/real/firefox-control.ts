import type { Point } from './page-scripts.ts';

/** Remote control of a running Firefox: of its own window (tabs, menus, address bar) and of the page in it. */
export interface FirefoxControl {
  /** Calls a function, given as source text, in the browser's own window, and waits for the promise that it may return. @throws what it throws */
  inWindow(source: string, ...args: readonly (string | number)[]): Promise<unknown>;
  /** The same in the page. */
  inPage(source: string, ...args: readonly (string | number)[]): Promise<unknown>;
  /** Presses and releases the main mouse button. */
  click(point: Point): Promise<void>;
}
