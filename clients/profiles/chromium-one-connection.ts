import { defineProfile, policy } from '../profile.ts';
import { chromium } from './chromium.ts';

const CHANGED = 'not from a browser: changed to show the effect of several connections';

/** Chromium with one connection to a host instead of six. Everything else is as in `chromium`, so that any difference is due to that. */
export const chromiumOneConnection = defineProfile({
  ...chromium,
  id: 'chromium-one-connection',
  title: 'Chromium 156, one connection',
  summary: 'the Chromium profile with one connection per host instead of six; no real browser does so',
  connections: {
    ...chromium.connections,
    perHost: policy(1, CHANGED),
    navigation: policy({ ...chromium.connections.navigation.value, atOnce: 1, later: null }, CHANGED),
  },
});
