import { pythonLibrary } from './python-library.ts';

export default pythonLibrary({
  id: 'requests',
  title: 'Python requests',
  summary: 'one Session',
  module: 'requests',
  version: 'requests.__version__',
  package: 'python3-requests',
  program: 'use_requests.py',
});
