import { defineServer } from '../server.ts';
import { nginxVersion, startNginx } from './nginx.ts';

/** Tests whether clients obey the advertised time-out. */
export default defineServer({
  id: 'nginx-header-only',
  title: 'nginx, only the header changed',
  variantOf: 'nginx',
  summary: 'keepalive_timeout 75s 5s: the header says 5 s, the timer stays at 75 s',
  version: nginxVersion,
  start: startNginx('keepalive_timeout 75s 5s;'),
});
