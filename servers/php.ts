import { askVersion, programPath } from './installed.ts';
import { defineServer } from './server.ts';

/**
 * As measured here (8.2): no validator, no ranges; `Host` is sent back as a field of the response; `Connection: close`, followed by a FIN;
 * a connection without data is never closed.
 */
export default defineServer({
  id: 'php',
  title: 'PHP built-in server',
  summary: 'php -S, the web server for development',
  version: () => askVersion(['php', '-n', '-v'], /PHP (\d+\.\d+\.\d+)/, 'php-cli'),
  start: ({ host, port, site }) => ({ file: programPath('php'), args: ['-S', `${host}:${port}`, '-t', site] }),
});
