import type { UpstreamSide } from '../upstream-side.ts';
import apacheProxy from './apache-proxy.ts';
import caddyProxy from './caddy-proxy.ts';
import goProxy from './go-proxy/go-proxy.ts';
import haproxy from './haproxy.ts';
import haproxyReuseAlways from './haproxy-reuse-always.ts';
import nginxProxy from './nginx-proxy.ts';
import nginxProxyKeepalive from './nginx-proxy-keepalive.ts';
import squid from './squid.ts';
import varnish from './varnish.ts';

/** Every proxy, in the order of the rows. */
export const proxies: readonly UpstreamSide[] = [
  nginxProxy,
  nginxProxyKeepalive,
  haproxy,
  haproxyReuseAlways,
  caddyProxy,
  apacheProxy,
  varnish,
  squid,
  goProxy,
];
