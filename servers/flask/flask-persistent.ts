import { defineServer } from '../server.ts';
import { flaskVersion, startFlask } from './flask.ts';

/** The same application on a server that keeps the connection. Nothing in `http.server` ever closes an idle one. */
export default defineServer({
  id: 'flask-persistent',
  title: 'Flask, connections kept',
  variantOf: 'flask',
  summary: "Werkzeug's Connection: close is left out, so that the connection stays open",
  version: flaskVersion,
  start: startFlask('persistent'),
});
