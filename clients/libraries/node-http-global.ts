import http from 'node:http';
import { askBy } from './node-http-agent.ts';
import { nodeLibrary } from './node-library.ts';

export default nodeLibrary({
  id: 'node-http-global',
  title: 'Node http.globalAgent',
  variantOf: 'node-http-agent',
  summary: 'http.request with its default, the global agent',
  version: async () => ({ version: process.versions.node }),
  open: async () => askBy(http.globalAgent),
});
