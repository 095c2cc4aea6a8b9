import { pythonLibrary } from './python-library.ts';

export default pythonLibrary({
  id: 'httpx',
  title: 'Python httpx',
  summary: 'one Client',
  module: 'httpx',
  version: 'httpx.__version__',
  package: 'python3-httpx',
  program: 'use_httpx.py',
});
