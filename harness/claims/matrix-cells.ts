import type { CellNeed } from './claim.ts';

/** The report's six servers and four browsers (R3), as they are called here. */
export const MATRIX_SERVERS = ['flask', 'django', 'express', 'apache-php', 'iis', 'nginx'] as const;
export const MATRIX_CLIENTS = ['edge', 'chromium', 'firefox', 'ie11'] as const;

/** The cells that the matrix of section four shows. */
export const matrixNeeds = (): CellNeed[] =>
  MATRIX_SERVERS.flatMap((server) =>
    MATRIX_CLIENTS.flatMap((client) => ['close', 'revisit'].map((scenario) => ({ server, client, scenario }))),
  );
