import { askVersion, programPath } from './installed.ts';
import { defineServer } from './server.ts';

export default defineServer({
  id: 'busybox',
  title: 'BusyBox httpd',
  summary: 'busybox httpd -f -h, without a configuration',
  version: () => askVersion(['busybox'], /BusyBox v(\d+\.\d+\.\d+)/, 'busybox'),
  start: ({ host, port, site }) => ({ file: programPath('busybox'), args: ['httpd', '-f', '-p', `${host}:${port}`, '-h', site] }),
});
