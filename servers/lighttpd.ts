import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askVersion, programPath } from './installed.ts';
import { lighttpdString } from './quoting.ts';
import { defineServer, type ServerContext } from './server.ts';

/** The configuration in lighttpd's tutorial. */
const configuration = ({ host, port, site }: ServerContext) => `server.document-root = ${lighttpdString(site)}
server.bind = "${host}"
server.port = ${port}
mimetype.assign = (
  ".html" => "text/html",
  ".css" => "text/css",
  ".js" => "text/javascript",
  ".png" => "image/png",
  ".wav" => "audio/x-wav"
)
index-file.names = ( "index.html" )
`;

/**
 * As measured here (1.4.69), by its own defaults: no `Keep-Alive` field; FIN between 5 and 6 s after a response
 * (`server.max-keep-alive-idle` 5, checked once a second), and at 61 s on a connection without data (`server.max-read-idle` 60); 1001
 * requests a connection (`server.max-keep-alive-requests` 1000). An empty line before a request gets a 400 in HTTP/1.0. The ETag contains
 * the inode.
 */
export default defineServer({
  id: 'lighttpd',
  title: 'lighttpd',
  summary: "the tutorial's configuration: a document root, types, an index file",
  version: () => askVersion(['lighttpd', '-v'], /lighttpd\/(\S+)/, 'lighttpd'),
  start: (context) => {
    const file = join(context.work, 'lighttpd.conf');
    writeFileSync(file, configuration(context));
    return { file: programPath('lighttpd'), args: ['-D', '-f', file] };
  },
});
