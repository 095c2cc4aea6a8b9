import { defineProfile, policy } from '../profile.ts';
import { chromium } from './chromium.ts';

const CHANGED = "no browser's: the one policy that is changed, to see what several connections are worth";

/** Chromium with one connection to a host instead of six. Everything else is as in `chromium`, so that what differs is due to that. */
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
