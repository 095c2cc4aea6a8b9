/** Server programs that are recognised, and the setting of each that mends something. Data; the words around it are in `wording/`. */
import { field } from '../http/fields.ts';
import type { Evidence } from '../model.ts';

/** What a setting is about. */
export type Topic =
  | 'idle-timeout'
  | 'etag'
  | 'vary'
  | 'ranges'
  | 'read-body'
  | 'head-timeout'
  | 'content-type'
  | 'caching'
  | 'request-limit'
  | 'shutdown'
  | 'head-size'
  | 'concurrency'
  | 'errors';

export interface Product {
  name: string;
  /** In the language of its configuration. */
  settings: Partial<Record<Topic, string>>;
}

const NODE: Product['settings'] = {
  'idle-timeout': 'server.keepAliveTimeout = 65_000; server.headersTimeout = 66_000',
  'head-timeout': 'server.headersTimeout, server.requestTimeout',
  'request-limit': 'server.maxRequestsPerSocket = 0',
  'read-body': 'req.resume() before res.end(); a body that is refused: Connection: close',
  'content-type': "res.setHeader('Content-Type', …)",
  caching: "res.setHeader('Cache-Control', …)",
  'head-size': 'http.createServer({ maxHeaderSize: 16_384 })',
  concurrency: 'no synchronous work in the event loop; worker_threads, node:cluster',
  shutdown:
    "process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeIdleConnections(); setTimeout(() => server.closeAllConnections(), 10_000).unref(); })",
};

export const PRODUCTS = {
  node: { name: 'Node', settings: NODE },
  express: {
    name: 'Express',
    settings: {
      ...NODE,
      etag: "app.set('etag', 'strong')",
      vary: "res.vary('Accept-Encoding') (the package compression does so)",
      ranges: 'express.static, res.sendFile',
      caching: 'express.static(root, { maxAge }), res.set',
    },
  },
  fastify: {
    name: 'Fastify',
    settings: {
      ...NODE,
      'idle-timeout': 'fastify({ keepAliveTimeout: 65_000 })',
      'head-timeout': 'fastify({ requestTimeout })',
      etag: '@fastify/etag',
      shutdown: "process.on('SIGTERM', () => fastify.close()) with fastify({ forceCloseConnections: 'idle' })",
      vary: '@fastify/compress',
      ranges: '@fastify/static { acceptRanges: true }',
    },
  },
  nginx: {
    name: 'nginx',
    settings: {
      'idle-timeout': 'keepalive_timeout 75s',
      'head-timeout': 'client_header_timeout 60s',
      'head-size': 'large_client_header_buffers 4 8k',
      'request-limit': 'keepalive_requests 1000',
      etag: 'etag on',
      vary: 'gzip_vary on',
      ranges: 'max_ranges; proxy_force_ranges on',
      'read-body': 'lingering_close on',
      'content-type': 'types, default_type',
      caching: 'expires, add_header Cache-Control',
      errors: 'error_log; proxy_read_timeout',
      shutdown: 'SIGQUIT (nginx -s quit) in place of SIGTERM; worker_shutdown_timeout',
    },
  },
  apache: {
    name: 'Apache httpd',
    settings: {
      'idle-timeout': 'KeepAliveTimeout 65',
      'head-timeout': 'RequestReadTimeout header=20-40,MinRate=500',
      'head-size': 'LimitRequestFieldSize 8190, LimitRequestFields 100, LimitRequestLine 8190',
      concurrency: 'the event MPM (a2enmod mpm_event); MaxRequestWorkers',
      'request-limit': 'MaxKeepAliveRequests 0',
      etag: 'FileETag MTime Size; DeflateAlterETag AddSuffix',
      vary: 'Header append Vary Accept-Encoding',
      ranges: 'MaxRanges 200',
      'content-type': 'AddType, TypesConfig',
      caching: 'ExpiresActive On; Header set Cache-Control',
      errors: 'ErrorLog; ProxyTimeout',
      shutdown: 'SIGWINCH (apachectl graceful-stop) in place of SIGTERM; GracefulShutdownTimeout',
    },
  },
  lighttpd: {
    name: 'lighttpd',
    settings: {
      'idle-timeout': 'server.max-keep-alive-idle = 65',
      'head-timeout': 'server.max-read-idle = 60',
      'head-size': 'server.max-request-field-size = 8192',
      'request-limit': 'server.max-keep-alive-requests = 1000',
      etag: 'static-file.etags = "enable"',
      vary: 'mod_deflate sends Vary by itself',
      ranges: 'server.range-requests = "enable"',
      shutdown: 'SIGINT (graceful) in place of SIGTERM',
      'content-type': 'mimetype.assign',
      caching: 'mod_expire: expire.url',
    },
  },
  caddy: {
    name: 'Caddy',
    settings: {
      'idle-timeout': 'servers { timeouts { idle 5m } }',
      'head-timeout': 'servers { timeouts { read_header 10s } }',
      'head-size': 'servers { max_header_size 64kb }',
      vary: 'encode gzip',
      ranges: 'file_server',
      shutdown: 'grace_period 10s',
      'content-type': 'header Content-Type',
      caching: 'header Cache-Control',
    },
  },
  gunicorn: {
    name: 'gunicorn',
    settings: {
      'idle-timeout': '--keep-alive 65 --worker-class gthread',
      'head-timeout': '--timeout 30 (behind a proxy that buffers requests)',
      'head-size': '--limit-request-line 4094 --limit-request-fields 100 --limit-request-field_size 8190',
      concurrency: '--worker-class gthread --threads 8, or behind a proxy that buffers requests',
      'request-limit': '--max-requests 0',
      'read-body': '--worker-class gthread',
      shutdown: '--graceful-timeout 30',
    },
  },
  uvicorn: {
    name: 'uvicorn',
    settings: {
      'idle-timeout': '--timeout-keep-alive 65',
      'request-limit': '--limit-max-requests',
      shutdown: '--timeout-graceful-shutdown 30',
    },
  },
  werkzeug: {
    name: 'Werkzeug',
    settings: {
      'idle-timeout': 'gunicorn or uvicorn in its place',
      concurrency: 'threaded=True',
      'read-body': 'gunicorn or uvicorn in its place',
    },
  },
  'python-http': {
    name: 'Python http.server',
    settings: { 'idle-timeout': 'BaseHTTPRequestHandler.timeout', concurrency: 'ThreadingHTTPServer', 'content-type': 'extensions_map' },
  },
  puma: {
    name: 'Puma',
    settings: { 'idle-timeout': 'persistent_timeout 65', concurrency: 'threads 5, 16; workers 2', 'head-timeout': 'first_data_timeout 30' },
  },
  tomcat: {
    name: 'Tomcat',
    settings: {
      'idle-timeout': '<Connector keepAliveTimeout="65000"/>',
      'head-timeout': '<Connector connectionTimeout="20000"/>',
      'head-size': '<Connector maxHttpRequestHeaderSize="8192"/>',
      concurrency: '<Connector maxThreads="200"/>',
      'request-limit': '<Connector maxKeepAliveRequests="-1"/>',
      'read-body': '<Connector maxSwallowSize="2097152"/>',
      vary: '<Connector compression="on"/>',
    },
  },
  go: {
    name: 'Go net/http',
    settings: {
      'idle-timeout': 'http.Server{IdleTimeout: 65 * time.Second}',
      'head-timeout': 'http.Server{ReadHeaderTimeout: 10 * time.Second}',
      'head-size': 'http.Server{MaxHeaderBytes: 64 << 10}',
      ranges: 'http.ServeContent',
      shutdown: 'signal.NotifyContext, server.Shutdown(ctx)',
      etag: 'w.Header().Set("ETag", …) before http.ServeContent',
      'content-type': 'w.Header().Set("Content-Type", …)',
      caching: 'w.Header().Set("Cache-Control", …)',
    },
  },
  hapi: { name: 'hapi', settings: { ...NODE, 'idle-timeout': 'server.listener.keepAliveTimeout = 65_000' } },
  bun: { name: 'Bun', settings: { 'idle-timeout': 'Bun.serve({ idleTimeout: 65 })' } },
  waitress: { name: 'waitress', settings: { 'idle-timeout': '--channel-timeout 65' } },
  hypercorn: { name: 'Hypercorn', settings: { 'idle-timeout': '--keep-alive 65' } },
  tornado: { name: 'Tornado', settings: { 'idle-timeout': 'HTTPServer(app, idle_connection_timeout=65)' } },
  aiohttp: { name: 'aiohttp', settings: { 'idle-timeout': 'web.run_app(app, keepalive_timeout=65)' } },
  twisted: { name: 'Twisted', settings: { 'idle-timeout': 'server.Site(resource, timeout=65)' } },
  cherrypy: { name: 'CherryPy', settings: { 'idle-timeout': "cherrypy.config.update({'server.socket_timeout': 65})" } },
  webrick: { name: 'WEBrick', settings: { 'idle-timeout': 'WEBrick::HTTPServer.new(RequestTimeout: 65)' } },
  jetty: { name: 'Jetty', settings: { 'idle-timeout': 'jetty.http.idleTimeout=65000' } },
  'java-http': { name: 'com.sun.net.httpserver', settings: { 'idle-timeout': '-Dsun.net.httpserver.idleInterval=65' } },
  h2o: { name: 'H2O', settings: { 'idle-timeout': 'http1-request-timeout: 65' } },
  php: { name: 'PHP', settings: { caching: 'header("Cache-Control: …")', 'content-type': 'header("Content-Type: …")' } },
  iis: { name: 'IIS', settings: { 'idle-timeout': 'connectionTimeout of <limits>', vary: '<urlCompression>' } },
} as const satisfies Record<string, Product>;

export type ProductId = keyof typeof PRODUCTS;

/** By `Server`, `X-Powered-By` or `Via`. The first that matches counts. */
const BY_HEADER: readonly (readonly [RegExp, ProductId])[] = [
  [/\b(?:nginx|openresty)\b/i, 'nginx'],
  [/\blighttpd\b/i, 'lighttpd'],
  [/\bcaddy\b/i, 'caddy'],
  [/\bgunicorn\b/i, 'gunicorn'],
  [/\buvicorn\b/i, 'uvicorn'],
  [/\bwerkzeug\b/i, 'werkzeug'],
  [/\b(?:simplehttp|basehttp|wsgiserver)\b/i, 'python-http'],
  [/\bpuma\b/i, 'puma'],
  [/\b(?:tomcat|coyote)\b/i, 'tomcat'],
  [/\bmicrosoft-iis\b/i, 'iis'],
  [/\bapache\b/i, 'apache'],
  [/\bexpress\b/i, 'express'],
  [/\bphp\b/i, 'php'],
];

/** By the id of a server of the registry, which says more than its headers. */
const BY_ID: readonly (readonly [RegExp, ProductId])[] = [
  [/^fastify/, 'fastify'],
  [/^express/, 'express'],
  [/^(?:node|koa|hono|polka|restify)/, 'node'],
  [/^nginx\b(?!-proxy)/, 'nginx'],
  [/^apache-(?!proxy)/, 'apache'],
  [/^python-http/, 'python-http'],
  [/^iis/, 'iis'],
  [/^go\b/, 'go'],
  [/^puma/, 'puma'],
  [/^tomcat/, 'tomcat'],
  [/^uvicorn/, 'uvicorn'],
  [/^gunicorn/, 'gunicorn'],
];

const isProduct = (id: string): id is ProductId => Object.hasOwn(PRODUCTS, id);

/** What program answers, by its id or by what its responses say of themselves; `null` where nothing tells. */
export function productOf(server: string, { exchanges }: Pick<Evidence, 'exchanges'>): Product | null {
  const byId = isProduct(server) ? server : BY_ID.find(([pattern]) => pattern.test(server))?.[1];
  if (byId) return PRODUCTS[byId];
  for (const { response } of exchanges) {
    if (response === null) continue;
    const named = [field(response, 'server'), field(response, 'x-powered-by')].filter((text) => text !== null).join(' ');
    const found = BY_HEADER.find(([pattern]) => pattern.test(named))?.[1];
    if (found) return PRODUCTS[found];
    // Node names no server; its default is unlike that of others.
    if (named === '' && field(response, 'keep-alive') === 'timeout=5' && field(response, 'connection') === 'keep-alive')
      return PRODUCTS.node;
  }
  return null;
}
