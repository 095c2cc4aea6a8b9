import { nginxVersion } from '../nginx/nginx.ts';
import { defineProxy } from '../upstream-side.ts';
import { startNginxProxy } from './nginx-proxy.ts';

/** The example of `keepalive` in nginx.org's ngx_http_upstream_module; from 1.29.7 on this is the default. */
export default defineProxy({
  id: 'nginx-proxy-keepalive',
  title: 'nginx, keepalive',
  variantOf: 'nginx-proxy',
  summary: 'an upstream block with keepalive 32, HTTP/1.1 and an empty Connection to the server',
  version: nginxVersion,
  start: startNginxProxy({
    http: (address) => ['upstream backend {', `  server ${address};`, '  keepalive 32;', '}'],
    location: () => ['proxy_pass http://backend;', 'proxy_http_version 1.1;', 'proxy_set_header Connection "";'],
  }),
});
