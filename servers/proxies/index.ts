import type { UpstreamSide } from '../upstream-side.ts';
import nginxProxy from './nginx-proxy.ts';
import nginxProxyKeepalive from './nginx-proxy-keepalive.ts';

/** Every proxy, in the order of the rows. */
export const proxies: readonly UpstreamSide[] = [nginxProxy, nginxProxyKeepalive];
