/**
 * How near models and emulated browsers come to the real ones, as `results/reference/fidelity.md` and `fidelity-models.md` have it: reports
 * show it where a model or an emulated browser stands. A test holds the figures against these files.
 */
export const FIDELITY_SCORES: {
  /** The day on which both files were made. */
  date: string;
  /** By id: the share that is as the real one showed it, and how many values or traits were judged. */
  shares: Readonly<Record<string, { share: number; judged: number }>>;
} = {
  date: '2026-11-21',
  shares: {
    chromium: { share: 0.986, judged: 2318 },
    firefox: { share: 0.969, judged: 2325 },
    'flask-model': { share: 1, judged: 798 },
    'django-model': { share: 1, judged: 783 },
    'python-http-model': { share: 1, judged: 763 },
    'nginx-model': { share: 1, judged: 786 },
    'apache-php-model': { share: 1, judged: 780 },
  },
};
