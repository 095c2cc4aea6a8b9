import http from 'node:http';
import { type Ask, nodeLibrary } from './node-library.ts';

/** Asks by `http.request`. */
export const askBy =
  (agent: http.Agent): Ask =>
  (method, url, body) =>
    new Promise((resolve, reject) => {
      const request = http.request(url, { method, agent });
      request.once('error', reject);
      request.once('response', (response) => {
        response.once('error', reject);
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      });
      request.end(body);
    });

export default nodeLibrary({
  id: 'node-http-agent',
  title: 'Node http.Agent',
  summary: 'new http.Agent({ keepAlive: true })',
  version: async () => ({ version: process.versions.node }),
  open: async () => askBy(new http.Agent({ keepAlive: true })),
});
