import { defineServer } from '../server.ts';
import { apacheVersion, startApache } from './apache-php.ts';

/** Without compression a file has one validator, whatever the client accepts. */
export default defineServer({
  id: 'apache-no-deflate',
  title: 'Apache without mod_deflate',
  variantOf: 'apache-php',
  summary: 'mod_deflate is not loaded',
  version: apacheVersion,
  start: startApache({ deflate: false }),
});
