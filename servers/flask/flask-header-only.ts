import { defineServer } from '../server.ts';
import { flaskVersion, startFlask } from './flask.ts';

/** Tests whether the header is the cause: then browsers would do better with this variant. */
export default defineServer({
  id: 'flask-header-only',
  title: 'Flask, only the header changed',
  variantOf: 'flask',
  summary: 'sends Connection: keep-alive instead of close, and closes all the same',
  version: flaskVersion,
  start: startFlask('header-only'),
});
