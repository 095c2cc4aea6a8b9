/**
 * The Debian packages that servers, browsers, captures and tests use, each with what it is `for`.
 *
 * @type {readonly { package: string, for: string }[]}
 */
export const packages = [
  { package: 'tcpdump', for: 'capturing, with kernel timestamps and drop counters' },
  { package: 'libpcap-dev', for: 'building the npm package cap, the other way to capture' },
  { package: 'g++', for: 'building the npm package cap' },
  { package: 'make', for: 'building the npm package cap' },
  { package: 'python3', for: 'building the npm package cap; the servers python-http, flask and django' },
  { package: 'iproute2', for: 'network namespaces: the loopback interface, slow links, the dead-end link of browsers' },
  { package: 'tshark', for: 'tests: the decoder is held against it (capinfos too)' },
  { package: 'tcptrace', for: 'tests: a second opinion on connections' },
  { package: 'nginx-light', for: 'the server nginx and its variants' },
  { package: 'apache2', for: 'the server apache-php and its variants' },
  { package: 'libapache2-mod-php', for: 'the server apache-php' },
  { package: 'php-cli', for: 'the server php' },
  { package: 'lighttpd', for: 'the server lighttpd' },
  { package: 'caddy', for: 'the server caddy' },
  { package: 'python3-flask', for: 'the server flask' },
  { package: 'python3-django', for: 'the server django' },
  { package: 'gunicorn', for: 'the server gunicorn' },
  { package: 'python3-uvicorn', for: 'the server uvicorn' },
  { package: 'python3-starlette', for: 'the server uvicorn' },
  { package: 'chromium', for: 'the client real Chromium' },
  { package: 'firefox-esr', for: 'the client real Firefox' },
  { package: 'fonts-wqy-microhei', for: 'Chinese characters in the pages that browsers draw' },
];

/**
 * The Debian packages of each server that needs some: what `npm run setup -- NAME` installs. Those of the group `default` are in the list above
 * too.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const serverPackages = {
  flask: ['python3-flask'],
  django: ['python3-django'],
  'python-http': ['python3'],
  nginx: ['nginx-light'],
  'apache-php': ['apache2', 'libapache2-mod-php', 'php-cli'],
  php: ['php-cli'],
  lighttpd: ['lighttpd'],
  caddy: ['caddy'],
  gunicorn: ['gunicorn', 'python3-flask'],
  'gunicorn-gthread': ['gunicorn', 'python3-flask'],
  waitress: ['python3-waitress', 'python3-flask'],
  uvicorn: ['python3-uvicorn', 'python3-starlette'],
  hypercorn: ['python3-hypercorn', 'python3-starlette'],
  tornado: ['python3-tornado'],
  aiohttp: ['python3-aiohttp'],
  twisted: ['python3-twisted'],
  cherrypy: ['python3-cherrypy3'],
  puma: ['puma', 'ruby-rack'],
  unicorn: ['unicorn', 'ruby-rack'],
  webrick: ['ruby', 'ruby-webrick'],
  tomcat: ['tomcat10'],
  jetty: ['jetty9'],
  'java-http': ['openjdk-17-jdk-headless'],
  'go-http': ['golang-go'],
  h2o: ['h2o'],
  busybox: ['busybox'],
};

/**
 * The Debian packages of each upstream side of the race that needs some beside those above: what `npm run setup -- race` installs.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const upstreamPackages = {
  haproxy: ['haproxy'],
  'haproxy-reuse-always': ['haproxy'],
  varnish: ['varnish'],
  squid: ['squid'],
  'go-proxy': ['golang-go'],
  requests: ['python3-requests'],
  httpx: ['python3-httpx'],
  aiohttp: ['python3-aiohttp'],
  'go-client': ['golang-go'],
  'jdk-client': ['default-jdk-headless'],
  curl: ['python3-pycurl'],
};

/** The package that is enough to capture packets. */
export const CAPTURE_PACKAGE = 'tcpdump';
