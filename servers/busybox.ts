import { askVersion, programPath } from './installed.ts';
import { defineServer } from './server.ts';

/** As measured here (1.35.0): `Connection: close`, followed by a FIN; a 408 after 60 s without a whole head; a suffix range gets the whole file. */
export default defineServer({
  id: 'busybox',
  title: 'BusyBox httpd',
  summary: 'busybox httpd -f -h, without a configuration',
  version: () => askVersion(['busybox'], /BusyBox v(\d+\.\d+\.\d+)/, 'busybox'),
  start: ({ host, port, site }) => ({ file: programPath('busybox'), args: ['httpd', '-f', '-p', `${host}:${port}`, '-h', site] }),
});
