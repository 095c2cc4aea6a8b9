import { askVersion, programPath } from './installed.ts';
import { defineServer } from './server.ts';

/** As measured here (1.8.1): FIN after 30 s, used or not, with a 408 where a head is incomplete; an ETag without quotation marks. */
export default defineServer({
  id: 'webrick',
  title: 'WEBrick',
  summary: 'ruby -run -e httpd, the static server of its command line',
  version: () =>
    askVersion(
      ['ruby', '-rwebrick', '-e', 'print WEBrick::VERSION, " (ruby ", RUBY_VERSION, ")"'],
      /(\d\S* \(ruby \S+\))/,
      'ruby ruby-webrick',
    ),
  start: ({ host, port, site }) => ({
    file: programPath('ruby'),
    // -Ku: names of files are UTF-8, whatever the locale.
    args: ['-Ku', '-run', '-e', 'httpd', '--', `--bind-address=${host}`, `--port=${port}`, '.'],
    // A name given as an argument would be a pattern.
    cwd: site,
  }),
});
