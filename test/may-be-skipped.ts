/** What a machine on which everything is installed, and root may do everything, can lack all the same. Any other skip is a failure in CI. */
export const MAY_BE_SKIPPED: readonly { note: RegExp; because: string }[] = [
  { note: /^the model is not of version /, because: 'a model imitates one version of its server, and this system may have another' },
  { note: / is not fetched$/, because: 'it is set up on request: npm run setup -- all' },
];
