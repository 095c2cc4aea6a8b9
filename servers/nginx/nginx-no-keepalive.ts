import { defineServer } from '../server.ts';
import { nginxVersion, startNginx } from './nginx.ts';

/** What persistent connections are worth. */
export default defineServer({
  id: 'nginx-no-keepalive',
  title: 'nginx without keep-alive',
  variantOf: 'nginx',
  summary: 'keepalive_timeout 0: every response says Connection: close',
  version: nginxVersion,
  start: startNginx('keepalive_timeout 0;'),
});
