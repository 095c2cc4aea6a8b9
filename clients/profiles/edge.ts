import { chromiumIdentity, chromiumProfile } from './chromium.ts';

const DOCUMENTED =
  'Chromium as captured here (156.0.8078.79) with the identity that learn.microsoft.com/microsoft-edge/web-platform/user-agent-guidance documents';

/** Edge 156 on Windows. */
export const edge = chromiumProfile(
  {
    ...chromiumIdentity,
    userAgent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0',
    brands: '"Not:A-Brand";v="8", "Chromium";v="156", "Microsoft Edge";v="156"',
    platform: '"Windows"',
  },
  DOCUMENTED,
  {
    id: 'edge',
    title: 'Edge 156',
    version: '156',
    summary: "Chromium's engine with Edge's identity, on Windows",
    differences: [
      { what: 'everything except the identity is that of Chromium on Linux', because: "Edge can't run here: none of it was captured" },
    ],
  },
);
