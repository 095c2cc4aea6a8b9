/**
 * How near models and emulated browsers come to the real ones, as `results/reference/fidelity.md` and `fidelity-models.md` have it: reports
 * show it where a model or an emulated browser stands. A test holds the figures against these files.
 *
 * By id: the share that is as the real one showed it, how many values or traits were judged, and the day of the file.
 */
export const FIDELITY_SCORES: Readonly<Record<string, { share: number; judged: number; date: string }>> = {
  chromium: { share: 0.978, judged: 1152, date: '2026-11-29' },
  firefox: { share: 0.961, judged: 1159, date: '2026-11-29' },
  'flask-model': { share: 1, judged: 798, date: '2026-11-21' },
  'django-model': { share: 1, judged: 783, date: '2026-11-21' },
  'python-http-model': { share: 1, judged: 763, date: '2026-11-21' },
  'nginx-model': { share: 1, judged: 786, date: '2026-11-21' },
  'apache-php-model': { share: 1, judged: 780, date: '2026-11-21' },
};
