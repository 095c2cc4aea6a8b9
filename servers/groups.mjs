/**
 * What stands behind each proxy of the group `proxies`: it keeps idle connections for a short time, says so in `Keep-Alive`, and needs nothing that
 * the project itself doesn't.
 */
const BEHIND = 'node-http';

/**
 * Names for several servers at once: `compare --servers python`, `npm run setup -- python`. JavaScript, because `harness/setup/` reads it
 * before anything is compiled. `all`, `real`, `models` and `variants` need no list: see
 * `harness/lab/selection.ts`. A name with `>` is a chain: a proxy and the server behind it.
 *
 * @type {Readonly<Record<string, { for: string, servers: readonly string[] }>>}
 */
export const groups = {
  default: {
    for: 'what a run takes that names no servers: a dozen of all kinds, those of the lab reports among them',
    servers: [
      'node-http',
      'express',
      'fastify',
      'flask',
      'django',
      'python-http',
      'nginx',
      'apache-php',
      'caddy',
      'gunicorn',
      'uvicorn',
      'iis',
    ],
  },
  node: {
    for: 'servers and frameworks in JavaScript, on Node.js, Bun and Deno',
    servers: ['node-http', 'express', 'koa', 'koa-etag', 'fastify', 'hono', 'hapi', 'restify', 'polka', 'serve', 'bun', 'deno'],
  },
  python: {
    for: 'servers in Python',
    servers: [
      'flask',
      'django',
      'python-http',
      'gunicorn',
      'gunicorn-gthread',
      'waitress',
      'uvicorn',
      'hypercorn',
      'tornado',
      'aiohttp',
      'twisted',
      'cherrypy',
    ],
  },
  ruby: { for: 'servers in Ruby', servers: ['puma', 'unicorn', 'webrick'] },
  java: { for: 'servers on the JVM', servers: ['tomcat', 'jetty', 'java-http'] },
  go: { for: 'servers in Go', servers: ['go-http', 'caddy'] },
  production: {
    for: 'servers whose own documentation means them for production',
    servers: [
      'nginx',
      'apache-php',
      'lighttpd',
      'caddy',
      'h2o',
      'gunicorn',
      'gunicorn-gthread',
      'waitress',
      'uvicorn',
      'hypercorn',
      'puma',
      'unicorn',
      'tomcat',
      'jetty',
      'go-http',
    ],
  },
  proxies: {
    for: `each proxy before ${BEHIND}`,
    servers: [
      'nginx-proxy',
      'nginx-proxy-keepalive',
      'haproxy',
      'haproxy-reuse-always',
      'caddy-proxy',
      'apache-proxy',
      'varnish',
      'squid',
      'go-proxy',
    ].map((proxy) => `${proxy}>${BEHIND}`),
  },
};
