import { defineServer } from '../server.ts';
import { flaskVersion, startFlask } from './flask.ts';

/** Tries whether the header is the cause: if browsers fared better with this one, it would be. */
export default defineServer({
  id: 'flask-header-only',
  title: 'Flask, only the header changed',
  variantOf: 'flask',
  summary: 'says Connection: keep-alive in place of close, and closes all the same',
  version: flaskVersion,
  start: startFlask('header-only'),
});
