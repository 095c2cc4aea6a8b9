/**
 * What the documentation of each server says of its time-outs, as data: reports show it beside what was measured. A source is an address, or
 * the file or command of the installed program that says it. `null`: not documented, by what was read (`looked`). A row of a chain is seen from its
 * client, so what its proxy documents counts. Models have none: they are no servers.
 */
import { CHAIN_SIGN } from '../harness/model.ts';
import { versionedId } from '../harness/system/versioned-id.ts';

/** `idle`: for the next request, in seconds; `head`: for a whole request head, in seconds; `requests`: on one connection. */
export type TimerId = 'idle' | 'head' | 'requests';

/** A documented default. */
export interface DocumentedDefault {
  /** Seconds, or requests; `null` where the documentation says that there is no limit. */
  value: number | null;
  /** Seconds, where the documentation says that the timer is checked at intervals: it ends between `value` and this. */
  atMost?: number;
  setting: string;
  source: string;
  /** The day on which the source was read. */
  read: string;
}

/** Where nothing was found on a timer. */
export type Looked = Pick<DocumentedDefault, 'source' | 'read'>;

export type DocumentedDefaults = Readonly<Record<TimerId, DocumentedDefault | null> & { looked?: Looked }>;

/** Length in seconds or number of requests, or its range, `null` for no limit; the setting; the source. */
type Said = [value: number | null | readonly [least: number, most: number], setting: string, source: Source];

/** An address, file or command, with the day on which it was read where that is not `READ`. */
type Source = string | readonly [source: string, read: string];

const READ = '2026-11-28';
const LATER = '2026-11-29';

const readOf = (source: Source): Looked => (typeof source === 'string' ? { source, read: READ } : { source: source[0], read: source[1] });

const said = (given: Said | null): DocumentedDefault | null => {
  if (given === null) return null;
  const [value, setting, source] = given;
  const range = typeof value === 'object' && value !== null ? { value: value[0], atMost: value[1] } : { value };
  return { ...range, setting, ...readOf(source) };
};

/** @param looked where nothing is said of the timers that are `null` */
const timers = (idle: Said | null, head: Said | null, requests: Said | null, looked?: Source): DocumentedDefaults => ({
  idle: said(idle),
  head: said(head),
  requests: said(requests),
  ...(looked === undefined ? {} : { looked: readOf(looked) }),
});

/** Where nothing is said of any timer. */
const undocumented = (looked: Source): DocumentedDefaults => timers(null, null, null, looked);

const NODE_HEAD: Said = [
  [60, 90],
  'headersTimeout, checked every connectionsCheckingInterval',
  'https://github.com/nodejs/node/commit/9df8abb333e7d46a724a4216b12ad06171d95ccc',
];
const NODE_REQUESTS: Said = [
  null,
  'maxRequestsPerSocket',
  'https://nodejs.org/dist/latest/docs/api/http.html#http_server_maxrequestspersocket',
];
/** 5 s up to the Node.js 26 that is fetched here; https://github.com/nodejs/node/pull/62782 makes it 65 s in a later one. */
const NODE = timers([5, 'keepAliveTimeout', 'https://nodejs.cn/api/v20/https/server_keepalivetimeout.html'], NODE_HEAD, NODE_REQUESTS);

const FASTIFY = 'https://github.com/fastify/fastify/blob/00b19a8272/docs/Reference/Server.md';
const NGINX = 'http://nginx.org/en/docs/http/ngx_http_core_module.html';
const APACHE = '/etc/apache2/apache2.conf (2.4.71)';
const LIGHTTPD = 'https://github.com/lighttpd/lighttpd1.4/blob/0284e6da1d/doc/config/lighttpd.conf';
const CADDY = 'https://github.com/caddyserver/website/blob/00a18cc09b/src/docs/markdown/caddyfile/options.md';
const GUNICORN = 'gunicorn/config.py (20.1.0), which is https://docs.gunicorn.org/en/stable/settings.html';
const HYPERCORN = 'https://github.com/pgjones/hypercorn/blob/0445ea6b43/docs/how_to_guides/configuring.rst';
const WAITRESS = 'https://github.com/Pylons/waitress/blob/03842f7d72/docs/arguments.rst';
const PUMA = 'lib/puma/const.rb (5.6.5)';
const TOMCAT = 'https://github.com/apache/tomcat/blob/002cc6dee8/webapps/docs/config/http.xml';
const JETTY = 'https://github.com/jetty/jetty.project/blob/029470c5dc/jetty-server/src/main/config/modules/http.mod';
const GO = 'go doc net/http.Server (1.19.8)';
const BUN = 'https://github.com/oven-sh/bun/blob/032bcd5dde/docs/runtime/http/server.mdx';
const FLASK = undocumented(['flask run --help (2.2.2), help(werkzeug.serving.run_simple)', LATER]);
const PYTHON_HTTP = undocumented(['python3 -m http.server --help (3.11.2)', LATER]);
const UVICORN = 'https://github.com/encode/uvicorn/blob/00bf7cd90a/docs/settings.md';
const TORNADO: Source = ['tornado/httpserver.py (6.2)', LATER];
const AIOHTTP = 'help(aiohttp.web.run_app) (3.8.4)';
const TWISTED: Source = ['twisted/web/http.py (22.4.0)', LATER];
const CHERRYPY = 'cherrypy/_cpserver.py (18.8.0)';
const UNICORN: Source = ['/usr/share/doc/unicorn/DESIGN.gz (6.0.0)', LATER];
const WEBRICK = 'lib/webrick/config.rb (1.8.1)';
const JDK: Source = ['https://docs.oracle.com/en/java/javase/22/docs/api/jdk.httpserver/module-summary.html', LATER];
const H2O = 'https://github.com/h2o/h2o/blob/46e86e1ae0/srcdoc/configure/http1_directives.mt';
const HAPROXY: Source = ['/etc/haproxy/haproxy.cfg (2.6.12)', LATER];
const VARNISH: Source = ['varnishd -x parameter (7.1.1)', LATER];
const SQUID: Source = ['/usr/share/doc/squid-common/squid.conf.documented.gz (5.7)', LATER];

const NGINX_REQUESTS: Said = [1000, 'keepalive_requests', '/usr/share/doc/nginx-common/changelog.gz (1.22.1)'];
const NGINX_HEAD: Said = [60, 'client_header_timeout', NGINX];
const NGINX_TIMERS = timers([75, 'keepalive_timeout', NGINX], NGINX_HEAD, NGINX_REQUESTS);
const APACHE_TIMERS = timers(
  [5, 'KeepAliveTimeout', APACHE],
  [[20, 40], 'RequestReadTimeout header', '/etc/apache2/mods-available/reqtimeout.conf'],
  [100, 'MaxKeepAliveRequests', APACHE],
);
const CADDY_TIMERS = timers([300, 'idle', CADDY], [null, 'read_header', CADDY], null, CADDY);
const GO_TIMERS = timers([null, 'IdleTimeout', GO], [null, 'ReadHeaderTimeout', GO], null, GO);
const HAPROXY_TIMERS = timers(
  [50, 'timeout client, without timeout http-keep-alive', HAPROXY],
  [50, 'timeout client, without timeout http-request', HAPROXY],
  null,
  HAPROXY,
);
/** Documented for responses that end their connection, as this variant sets them. */
const closing = (setting: string, source: Source): [Said, Said] => [
  [0, setting, source],
  [1, setting, source],
];
const [NODE_CLOSE, NODE_ONE] = closing('Connection: close, as this variant sets it', ['servers/express-keepalive-off.ts', LATER]);
const [NGINX_CLOSE, NGINX_ONE] = closing('keepalive_timeout 0, as this variant sets it', NGINX);

/** Every real server and variant (those of versions by their base), and every proxy. */
export const documented: Readonly<Record<string, DocumentedDefaults>> = {
  'node-http': NODE,
  express: NODE,
  koa: NODE,
  'koa-etag': NODE,
  hono: NODE,
  hapi: NODE,
  restify: NODE,
  polka: NODE,
  serve: NODE,
  fastify: timers([72, 'keepAliveTimeout', FASTIFY], NODE_HEAD, [null, 'maxRequestsPerSocket', FASTIFY]),
  bun: timers([10, 'idleTimeout', BUN], [10, 'idleTimeout', BUN], null, BUN),
  deno: undocumented(['https://docs.deno.com/api/deno/http-server/', LATER]),
  flask: FLASK,
  django: undocumented(['manage.py runserver --help (3.2.25)', LATER]),
  'python-http': PYTHON_HTTP,
  gunicorn: timers(
    [0, 'keepalive, which sync workers ignore', GUNICORN],
    [30, 'timeout, of the worker', GUNICORN],
    [1, 'no persistent connections', GUNICORN],
  ),
  'gunicorn-gthread': timers([2, 'keepalive', GUNICORN], null, null, GUNICORN),
  waitress: timers(
    [[120, 150], 'channel_timeout, checked every cleanup_interval', WAITRESS],
    [[120, 150], 'channel_timeout', WAITRESS],
    null,
    WAITRESS,
  ),
  uvicorn: timers([5, 'timeout_keep_alive', UVICORN], null, null, UVICORN),
  hypercorn: timers(
    [5, 'keep_alive_timeout', HYPERCORN],
    [5, 'keep_alive_timeout, of an inactive connection', HYPERCORN],
    [1000, 'keep_alive_max_requests', HYPERCORN],
  ),
  tornado: timers(
    [3600, 'idle_connection_timeout', TORNADO],
    [3600, 'idle_connection_timeout, for the headers too', TORNADO],
    null,
    TORNADO,
  ),
  aiohttp: timers([75, 'keepalive_timeout', AIOHTTP], null, null, AIOHTTP),
  twisted: timers([60, 'timeout', TWISTED], [60, 'timeout, of an idle connection', TWISTED], null, TWISTED),
  cherrypy: timers([10, 'server.socket_timeout', CHERRYPY], [10, 'server.socket_timeout', CHERRYPY], null, CHERRYPY),
  puma: timers([20, 'persistent_timeout', PUMA], [30, 'first_data_timeout', PUMA], null, PUMA),
  unicorn: timers(
    [0, 'persistent connections are not supported', UNICORN],
    [60, 'timeout, of the worker', 'lib/unicorn/configurator.rb (6.0.0)'],
    [1, 'persistent connections are not supported', UNICORN],
  ),
  webrick: timers([30, 'RequestTimeout', WEBRICK], [30, 'RequestTimeout', WEBRICK], null, WEBRICK),
  tomcat: timers(
    [20, 'keepAliveTimeout, from connectionTimeout', TOMCAT],
    [20, 'connectionTimeout', 'server.xml (10.1)'],
    [100, 'maxKeepAliveRequests', TOMCAT],
  ),
  jetty: timers([30, 'jetty.http.idleTimeout', JETTY], [30, 'jetty.http.idleTimeout', JETTY], null, JETTY),
  'java-http': timers(
    [[30, 40], 'sun.net.httpserver.idleInterval, checked every 10 s (ServerConfig)', JDK],
    [null, 'sun.net.httpserver.maxReqTime', JDK],
    null,
    JDK,
  ),
  'go-http': GO_TIMERS,
  h2o: timers(null, [10, 'http1-request-timeout', H2O], null, H2O),
  busybox: undocumented(['busybox httpd --help (1.35.0)', LATER]),
  nginx: NGINX_TIMERS,
  'apache-php': APACHE_TIMERS,
  php: undocumented(['php --help (8.2.32)', LATER]),
  lighttpd: timers(
    [5, 'server.max-keep-alive-idle', LIGHTTPD],
    [60, 'server.max-read-idle', LIGHTTPD],
    [1000, 'server.max-keep-alive-requests', '/usr/share/doc/lighttpd/changelog.gz (1.4.69)'],
  ),
  caddy: CADDY_TIMERS,

  'node-http-length': NODE,
  'express-no-etag': NODE,
  'express-immutable': NODE,
  'express-keepalive-off': timers(NODE_CLOSE, NODE_HEAD, NODE_ONE),
  'express-keepalive-65s': timers(
    [65, 'keepAliveTimeout, as this variant sets it', ['servers/express-keepalive-65s.ts', LATER]],
    NODE_HEAD,
    NODE_REQUESTS,
  ),
  'flask-header-only': FLASK,
  'flask-persistent': FLASK,
  'python-http-1.1': PYTHON_HTTP,
  'nginx-debian': NGINX_TIMERS,
  'nginx-header-only': NGINX_TIMERS,
  'nginx-timer-only': timers([5, 'keepalive_timeout, as this variant sets it', NGINX], NGINX_HEAD, NGINX_REQUESTS),
  'nginx-no-keepalive': timers(NGINX_CLOSE, NGINX_HEAD, NGINX_ONE),
  'apache-no-deflate': APACHE_TIMERS,

  'nginx-proxy': NGINX_TIMERS,
  'nginx-proxy-keepalive': NGINX_TIMERS,
  haproxy: HAPROXY_TIMERS,
  'haproxy-reuse-always': HAPROXY_TIMERS,
  'caddy-proxy': CADDY_TIMERS,
  'apache-proxy': timers(
    [5, 'KeepAliveTimeout', APACHE],
    [300, 'Timeout, without mod_reqtimeout', APACHE],
    [100, 'MaxKeepAliveRequests', APACHE],
  ),
  varnish: timers([5, 'timeout_idle', VARNISH], [5, 'timeout_idle, until the whole head has come', VARNISH], null, VARNISH),
  squid: timers([120, 'client_idle_pconn_timeout', SQUID], [300, 'request_timeout', SQUID], null, SQUID),
  'go-proxy': GO_TIMERS,
};

/** What is documented for a row: that of a version is its base's, that of a chain its proxy's. `undefined` where nothing is known of it, as of models. */
export function documentedOf(id: string): DocumentedDefaults | undefined {
  const [front = id] = id.split(CHAIN_SIGN);
  return documented[front] ?? (versionedId(front) ? documented[front.slice(0, front.indexOf('@'))] : undefined);
}
