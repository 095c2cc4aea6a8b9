import { defineServer } from '../server.ts';
import { gunicornVersion, startGunicorn } from './gunicorn.ts';

/** The sync worker closes after each response, whatever `keepalive` says; this one keeps connections. */
export default defineServer({
  id: 'gunicorn-gthread',
  title: 'Gunicorn with threads',
  variantOf: 'gunicorn',
  summary: 'the worker class is gthread, with four threads',
  version: gunicornVersion,
  start: startGunicorn('--worker-class', 'gthread', '--threads', '4'),
});
