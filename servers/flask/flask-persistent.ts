import { defineServer } from '../server.ts';
import { flaskVersion, startFlask } from './flask.ts';

/** The same application on a server that keeps connections open. Nothing in `http.server` ever closes an idle one. */
export default defineServer({
  id: 'flask-persistent',
  title: 'Flask, connections kept',
  variantOf: 'flask',
  summary: "without Werkzeug's Connection: close, so that connections stay open",
  version: flaskVersion,
  start: startFlask('persistent'),
});
