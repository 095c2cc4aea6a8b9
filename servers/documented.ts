/**
 * What the documentation of each server says of its time-outs, as data: reports show it beside what was measured. A source is an address, or
 * the file or command of the installed program that says it. `null`: not documented.
 */
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

export type DocumentedDefaults = Readonly<Record<TimerId, DocumentedDefault | null>>;

/** Length in seconds or number of requests, or its range, `null` for no limit; the setting; the source. */
type Said = [value: number | null | readonly [least: number, most: number], setting: string, source: string];

const READ = '2026-11-28';

const said = (given: Said | null): DocumentedDefault | null => {
  if (given === null) return null;
  const [value, setting, source] = given;
  const range = typeof value === 'object' && value !== null ? { value: value[0], atMost: value[1] } : { value };
  return { ...range, setting, source, read: READ };
};

const timers = (idle: Said | null, head: Said | null, requests: Said | null): DocumentedDefaults => ({
  idle: said(idle),
  head: said(head),
  requests: said(requests),
});

const NODE_HEAD: Said = [
  [60, 90],
  'headersTimeout, checked every connectionsCheckingInterval',
  'https://github.com/nodejs/node/commit/9df8abb333e7d46a724a4216b12ad06171d95ccc',
];
const NODE = timers([5, 'keepAliveTimeout', 'https://nodejs.cn/api/v20/https/server_keepalivetimeout.html'], NODE_HEAD, [
  null,
  'maxRequestsPerSocket',
  'https://nodejs.org/dist/latest/docs/api/http.html#http_server_maxrequestspersocket',
]);

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
const UNDOCUMENTED = timers(null, null, null);

/** Every real server that is no variant, and the variants whose timers differ from their base's. */
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
  bun: timers(
    [10, 'idleTimeout', 'https://github.com/oven-sh/bun/blob/032bcd5dde/docs/runtime/http/server.mdx'],
    [10, 'idleTimeout', 'https://github.com/oven-sh/bun/blob/032bcd5dde/docs/runtime/http/server.mdx'],
    null,
  ),
  deno: UNDOCUMENTED,
  flask: UNDOCUMENTED,
  django: UNDOCUMENTED,
  'python-http': UNDOCUMENTED,
  gunicorn: timers(
    [0, 'keepalive, which sync workers ignore', GUNICORN],
    [30, 'timeout, of the worker', GUNICORN],
    [1, 'no persistent connections', GUNICORN],
  ),
  'gunicorn-gthread': timers([2, 'keepalive', GUNICORN], null, null),
  waitress: timers(
    [[120, 150], 'channel_timeout, checked every cleanup_interval', WAITRESS],
    [[120, 150], 'channel_timeout', WAITRESS],
    null,
  ),
  uvicorn: timers([5, 'timeout_keep_alive', 'https://github.com/encode/uvicorn/blob/00bf7cd90a/docs/settings.md'], null, null),
  hypercorn: timers(
    [5, 'keep_alive_timeout', HYPERCORN],
    [5, 'keep_alive_timeout, of an inactive connection', HYPERCORN],
    [1000, 'keep_alive_max_requests', HYPERCORN],
  ),
  tornado: UNDOCUMENTED,
  aiohttp: timers([75, 'keepalive_timeout', 'help(aiohttp.web.run_app) (3.8.4)'], null, null),
  twisted: UNDOCUMENTED,
  cherrypy: timers(
    [10, 'server.socket_timeout', 'cherrypy/_cpserver.py (18.8.0)'],
    [10, 'server.socket_timeout', 'cherrypy/_cpserver.py (18.8.0)'],
    null,
  ),
  puma: timers([20, 'persistent_timeout', PUMA], [30, 'first_data_timeout', PUMA], null),
  unicorn: timers(null, [60, 'timeout, of the worker', 'lib/unicorn/configurator.rb (6.0.0)'], null),
  webrick: timers([30, 'RequestTimeout', 'lib/webrick/config.rb (1.8.1)'], [30, 'RequestTimeout', 'lib/webrick/config.rb (1.8.1)'], null),
  tomcat: timers(
    [20, 'keepAliveTimeout, from connectionTimeout', TOMCAT],
    [20, 'connectionTimeout', 'server.xml (10.1)'],
    [100, 'maxKeepAliveRequests', TOMCAT],
  ),
  jetty: timers([30, 'jetty.http.idleTimeout', JETTY], [30, 'jetty.http.idleTimeout', JETTY], null),
  'java-http': UNDOCUMENTED,
  'go-http': timers([null, 'IdleTimeout', GO], [null, 'ReadHeaderTimeout', GO], null),
  h2o: timers(null, [10, 'http1-request-timeout', 'https://github.com/h2o/h2o/blob/46e86e1ae0/srcdoc/configure/http1_directives.mt'], null),
  busybox: UNDOCUMENTED,
  nginx: timers(
    [75, 'keepalive_timeout', NGINX],
    [60, 'client_header_timeout', NGINX],
    [1000, 'keepalive_requests', '/usr/share/doc/nginx-common/changelog.gz (1.22.1)'],
  ),
  'apache-php': timers(
    [5, 'KeepAliveTimeout', APACHE],
    [[20, 40], 'RequestReadTimeout header', '/etc/apache2/mods-available/reqtimeout.conf'],
    [100, 'MaxKeepAliveRequests', APACHE],
  ),
  php: UNDOCUMENTED,
  lighttpd: timers(
    [5, 'server.max-keep-alive-idle', LIGHTTPD],
    [60, 'server.max-read-idle', LIGHTTPD],
    [1000, 'server.max-keep-alive-requests', '/usr/share/doc/lighttpd/changelog.gz (1.4.69)'],
  ),
  caddy: timers([300, 'idle', CADDY], [null, 'read_header', CADDY], null),
};

/** What is documented for a row: that of a version is its base's. `undefined` where nothing is known of it, as of models. */
export const documentedOf = (id: string): DocumentedDefaults | undefined =>
  documented[id] ?? (versionedId(id) ? documented[id.slice(0, id.indexOf('@'))] : undefined);
