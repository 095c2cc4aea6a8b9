/** Opens a file or an address as the user's desktop does. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { findProgram } from './search-path.mjs';

/** Starts the desktop's program for this file, or for an address of the web, and does not wait for it. Returns why it could not; `null` where it was started. */
export function openFile(file: string, env: NodeJS.ProcessEnv = process.env, platform = process.platform): Promise<string | null> {
  const name = platform === 'darwin' ? 'open' : 'xdg-open';
  const program = findProgram(name);
  if (program === null) return Promise.resolve(`there is no ${name} here`);
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return Promise.resolve('there is no display here');
  return new Promise((resolve) => {
    const child = spawn(program, [/^https?:/.test(file) ? file : path.resolve(file)], { detached: true, stdio: 'ignore' });
    child.once('error', (error) => resolve(error.message));
    child.once('spawn', () => {
      child.unref();
      resolve(null);
    });
  });
}
