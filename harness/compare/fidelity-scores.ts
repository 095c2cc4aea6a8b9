/**
 * How near models and emulated browsers come to the real ones, as `fidelity.md`, `fidelity-more.md` and `fidelity-models.md` in `results/reference/` have it:
 * reports show it where a model or an emulated browser stands. A test holds the figures against these files.
 *
 * By id: the share that is as the real one showed it, how many values or traits were judged, and the day of the last file.
 */
export const FIDELITY_SCORES: Readonly<Record<string, { share: number; judged: number; date: string }>> = {
  chromium: { share: 0.983, judged: 2316, date: '2026-11-29' },
  firefox: { share: 0.962, judged: 2327, date: '2026-11-29' },
  'flask-model': { share: 1, judged: 975, date: '2026-11-29' },
  'django-model': { share: 1, judged: 962, date: '2026-11-29' },
  'python-http-model': { share: 1, judged: 941, date: '2026-11-29' },
  'nginx-model': { share: 1, judged: 970, date: '2026-11-29' },
  'apache-php-model': { share: 1, judged: 944, date: '2026-11-29' },
};
