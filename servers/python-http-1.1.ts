import { pythonHttpVersion, startPythonHttp } from './python-http.ts';
import { defineServer } from './server.ts';

/** HTTP/1.1 means a persistent connection; nothing in `http.server` ever closes an idle one. */
export default defineServer({
  id: 'python-http-1.1',
  title: 'Python http.server, HTTP/1.1',
  variantOf: 'python-http',
  summary: 'one more option: --protocol HTTP/1.1',
  version: pythonHttpVersion,
  start: startPythonHttp('--protocol', 'HTTP/1.1'),
});
