import { defineServer } from '../server.ts';
import { nginxVersion, startNginx } from './nginx.ts';

/** Tests whether the timer alone makes the server the first to close. */
export default defineServer({
  id: 'nginx-timer-only',
  title: 'nginx, 5 s',
  variantOf: 'nginx',
  summary: 'keepalive_timeout 5s: the timer is 5 s, and no header announces it',
  version: nginxVersion,
  start: startNginx('keepalive_timeout 5s;'),
});
