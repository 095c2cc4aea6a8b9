import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Availability } from '../../harness/model.ts';
import { debianSkipped, output, programPath } from '../installed.ts';
import { checkOpenToOthers } from '../open-to-others.ts';
import { apacheDirectory, apacheWord, DOLLAR_IN_APACHE } from '../quoting.ts';
import { type Command, defineServer, type ServerContext } from '../server.ts';

const MODULES = '/usr/lib/apache2/modules';
const PACKAGES = 'apache2 libapache2-mod-php php-cli';

const phpModule = (): string | undefined =>
  existsSync(MODULES) ? readdirSync(MODULES).find((name) => /^libphp[\d.]*\.so$/.test(name)) : undefined;

/** The modules that Debian enables and that affect what is sent, with mod_php and the prefork MPM that it needs. */
const LOADED = [
  'mpm_prefork',
  'authz_core',
  'authz_host',
  'alias',
  'dir',
  'env',
  'filter',
  'mime',
  'negotiation',
  'reqtimeout',
  'setenvif',
];

/** Debian's `deflate.conf`. */
const DEFLATE = [
  `LoadModule deflate_module ${MODULES}/mod_deflate.so`,
  'AddOutputFilterByType DEFLATE text/html text/plain text/xml text/css text/javascript',
  'AddOutputFilterByType DEFLATE application/x-javascript application/javascript application/ecmascript',
];

/**
 * Debian's `apache2.conf`, `security.conf`, `reqtimeout.conf`, `mpm_prefork.conf`, `dir.conf` and `php8.2.conf`, as far as they affect what
 * is sent.
 */
function apacheConfiguration({ host, port, site, work }: ServerContext, { deflate }: { deflate: boolean }): string {
  return `${DOLLAR_IN_APACHE}
${LOADED.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
LoadModule php_module ${MODULES}/${phpModule()}

ServerRoot ${apacheWord(work)}
DefaultRuntimeDir ${apacheWord(work)}
PidFile ${apacheWord(`${work}/apache2.pid`)}
ErrorLog /dev/stderr
LogLevel warn
ServerName ${host}
Listen ${host}:${port}
User www-data
Group www-data

Timeout 300
KeepAlive On
MaxKeepAliveRequests 100
KeepAliveTimeout 5
HostnameLookups Off
ServerTokens OS
ServerSignature On
TraceEnable Off
RequestReadTimeout header=20-40,minrate=500
RequestReadTimeout body=10,minrate=500
StartServers 5
MinSpareServers 5
MaxSpareServers 10
MaxRequestWorkers 150
MaxConnectionsPerChild 0
TypesConfig /etc/mime.types
DirectoryIndex index.html index.cgi index.pl index.php index.xhtml index.htm
${(deflate ? DEFLATE : []).join('\n')}
<FilesMatch ".+\\.ph(?:ar|p|tml)$">
  SetHandler application/x-httpd-php
</FilesMatch>
DocumentRoot ${apacheWord(site)}
<Directory />
  Options FollowSymLinks
  AllowOverride None
  Require all denied
</Directory>
${apacheDirectory(site, ['Options Indexes FollowSymLinks', 'AllowOverride None', 'Require all granted'])}
`;
}

/** Writes the configuration and returns the command that runs it. */
export const startApache =
  (settings: { deflate: boolean }) =>
  (context: ServerContext): Command => {
    checkOpenToOthers(context);
    const { work } = context;
    mkdirSync(work, { recursive: true });
    const file = join(work, 'apache2.conf');
    writeFileSync(file, apacheConfiguration(context, settings));
    return { file: programPath('apache2'), args: ['-d', work, '-f', file, '-D', 'FOREGROUND'] };
  };

/** The versions of Apache and PHP, or which of them is missing. */
export async function apacheVersion(): Promise<Availability> {
  const version = (await output('apache2', ['-v']))?.match(/Apache\/(\S+)/)?.[1];
  const module = phpModule();
  if (!version || !module) return { skipped: debianSkipped(version ? 'mod_php' : 'apache2', PACKAGES) };
  const php = (await output('php', ['-n', '-v']))?.match(/PHP (\d+\.\d+\.\d+)/)?.[1] ?? module.match(/libphp(.*)\.so/)?.[1];
  return { version: `${version} (php ${php})` };
}

/**
 * As measured here (2.4.71, prefork). Each point is a trap for whoever reads the captures:
 *
 * - Apache sends itself `OPTIONS *`, User-Agent "(internal dummy connection)", once a second for each idle child beyond MaxSpareServers:
 *   connections in the capture that no client opened.
 * - The listening socket has TCP_DEFER_ACCEPT: on a connection without data the SYN-ACK is sent again at 31.6 s, and only then do the 20 s
 *   of RequestReadTimeout begin. It is closed by FIN at 51.6 s, without a 408.
 * - An incomplete head gets a 408 after 20 s; an incomplete request line on a used connection gets only a FIN, after 5 s.
 * - `Keep-Alive: timeout=5, max=100` is sent only in response to `Connection: keep-alive`; the time-out applies either way. The first
 *   request is not counted: 101 are served.
 * - mod_deflate appends `-gzip` to the ETag, and conditions are evaluated before that: the ETag that came with a compressed body never gets
 *   a 304, the plain one does.
 * - A 416 is chunked, without `Content-Range`.
 */
export default defineServer({
  id: 'apache-php',
  title: 'Apache with mod_php',
  summary: "Debian's settings: prefork, KeepAliveTimeout 5, 100 requests a connection, mod_deflate for text",
  version: apacheVersion,
  start: startApache({ deflate: true }),
});
