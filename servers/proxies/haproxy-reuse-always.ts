import { defineProxy } from '../upstream-side.ts';
import { haproxyVersion, startHaproxy } from './haproxy.ts';

/** Tests what `http-reuse safe` protects: here a client's first request may go over an idle connection too. */
export default defineProxy({
  id: 'haproxy-reuse-always',
  title: 'HAProxy, reuse always',
  variantOf: 'haproxy',
  summary: 'http-reuse always',
  version: haproxyVersion,
  start: startHaproxy('http-reuse always'),
});
