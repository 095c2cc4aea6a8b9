import { defineServer } from '../server.ts';
import { nginxVersion, startNginx } from './nginx.ts';

/**
 * Debian 12's file sets no `keepalive_timeout` (older ones set 65). `gzip on` compresses `text/html` alone: that is chunked then, with a
 * weak ETag and without `Accept-Ranges`.
 */
export default defineServer({
  id: 'nginx-debian',
  title: "nginx, Debian's settings",
  variantOf: 'nginx',
  summary: "the http settings of Debian's packaged nginx.conf: sendfile, tcp_nopush, gzip; keepalive_timeout stays at the built-in 75 s",
  version: nginxVersion,
  start: startNginx('sendfile on;', 'tcp_nopush on;', 'types_hash_max_size 2048;', 'default_type application/octet-stream;', 'gzip on;'),
});
