import { pythonLibrary } from './python-library.ts';

export default pythonLibrary({
  id: 'curl',
  title: 'curl',
  summary: 'libcurl by pycurl, one handle for each connection of ours',
  module: 'pycurl',
  version: 'pycurl.version_info()[1]',
  package: 'python3-pycurl',
  program: 'use_curl.py',
});
