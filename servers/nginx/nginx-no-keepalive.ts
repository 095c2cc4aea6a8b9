import { defineServer } from '../server.ts';
import { nginxVersion, startNginx } from './nginx.ts';

/** Shows the effect of persistent connections. */
export default defineServer({
  id: 'nginx-no-keepalive',
  title: 'nginx without keep-alive',
  variantOf: 'nginx',
  summary: 'keepalive_timeout 0: every response has Connection: close',
  version: nginxVersion,
  start: startNginx('keepalive_timeout 0;'),
});
