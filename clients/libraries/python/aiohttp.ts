import { pythonLibrary } from './python-library.ts';

export default pythonLibrary({
  id: 'aiohttp',
  title: 'Python aiohttp',
  summary: 'one ClientSession',
  module: 'aiohttp',
  version: 'aiohttp.__version__',
  package: 'python3-aiohttp',
  program: 'use_aiohttp.py',
});
