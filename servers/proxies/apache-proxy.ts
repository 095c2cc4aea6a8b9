import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askVersion, programPath } from '../installed.ts';
import { apacheWord, DOLLAR_IN_APACHE } from '../quoting.ts';
import { defineProxy, type UpstreamContext } from '../upstream-side.ts';

const MODULES = '/usr/lib/apache2/modules';

/** Debian's `apache2.conf` and `mpm_event.conf`, as far as they affect what is sent, with the `ProxyPass` of mod_proxy's manual. */
const configuration = ({ host, port, upstream, work }: UpstreamContext) => `${DOLLAR_IN_APACHE}
${['mpm_event', 'authz_core', 'proxy', 'proxy_http'].map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
ServerRoot ${apacheWord(work)}
DefaultRuntimeDir ${apacheWord(work)}
PidFile ${apacheWord(`${work}/apache2.pid`)}
ErrorLog /dev/stderr
LogLevel crit
ServerName ${host}
Listen ${host}:${port}
User www-data
Group www-data
Timeout 300
KeepAlive On
MaxKeepAliveRequests 100
KeepAliveTimeout 5
StartServers 2
MinSpareThreads 25
MaxSpareThreads 75
ThreadLimit 64
ThreadsPerChild 25
MaxRequestWorkers 150
MaxConnectionsPerChild 0
ProxyPass "/" "http://${upstream.host}:${upstream.port}/"
ProxyPassReverse "/" "http://${upstream.host}:${upstream.port}/"
`;

export default defineProxy({
  id: 'apache-proxy',
  title: 'Apache mod_proxy',
  summary: "ProxyPass alone, Debian's settings of the event MPM",
  version: () => askVersion(['apache2', '-v'], /Apache\/(\S+)/, 'apache2'),
  start: (context) => {
    const { work } = context;
    const file = join(work, 'apache2.conf');
    writeFileSync(file, configuration(context));
    return { file: programPath('apache2'), args: ['-d', work, '-f', file, '-D', 'FOREGROUND'] };
  },
});
