/** How TLS is turned off in common servers and frameworks, so that their plain HTTP can be read. `docs/https.md` shows the same table. */
import type { Catalogue, Language } from '../../model.ts';

interface TlsOff {
  name: string;
  /** Words of a command line, or of a Server header, that tell it. */
  told: RegExp;
  how: Catalogue<string>;
}

const leaveOut = (options: string): Catalogue<string> => ({ en: `leave out ${options}`, zh: `去掉 ${options.replaceAll(', ', '、')}` });
const set = (setting: string): Catalogue<string> => ({ en: setting, zh: setting });
const inPlaceOf = (now: string, before: string): Catalogue<string> => ({
  en: `${now} in place of ${before}`,
  zh: `用 ${now} 代替 ${before}`,
});

/** The most telling first: a command that names uvicorn and Django is uvicorn's. */
export const TLS_OFF: readonly TlsOff[] = [
  { name: 'Next.js', told: /\bnext\b/, how: leaveOut('--experimental-https') },
  { name: 'Nuxt', told: /\bnuxi?t?\b/, how: leaveOut('--https, devServer.https') },
  { name: 'Angular', told: /\bng\b/, how: set('ng serve --ssl false') },
  { name: 'webpack-dev-server', told: /\bwebpack\b/, how: set('--server-type http') },
  { name: 'Create React App', told: /\breact-scripts\b/, how: set('HTTPS=false npm start') },
  { name: 'Vite', told: /\bvite\b/, how: leaveOut('server.https, preview.https') },
  { name: 'uvicorn', told: /\buvicorn\b/i, how: leaveOut('--ssl-keyfile, --ssl-certfile') },
  { name: 'gunicorn', told: /\bgunicorn\b/i, how: leaveOut('--keyfile, --certfile') },
  { name: 'hypercorn', told: /\bhypercorn\b/i, how: leaveOut('--keyfile, --certfile') },
  { name: 'Django', told: /\bmanage\.py\b/, how: inPlaceOf('runserver', 'runserver_plus --cert-file; SECURE_SSL_REDIRECT = False') },
  { name: 'Flask', told: /\bflask\b|\bWerkzeug\b/i, how: leaveOut('--cert, ssl_context') },
  { name: 'Rails, Puma', told: /\b(?:rails|puma)\b/i, how: set('puma -b tcp://127.0.0.1:3000; config.force_ssl = false') },
  { name: 'Symfony', told: /\bsymfony\b/, how: set('symfony server:start --no-tls') },
  { name: 'Phoenix', told: /\bmix\b/, how: inPlaceOf('http: [port: …]', 'https: […]') },
  { name: 'ASP.NET Core', told: /\bdotnet\b|\bKestrel\b/i, how: set('--urls http://127.0.0.1:5000') },
  {
    name: 'Spring Boot',
    told: /\b(?:java|mvnw?|gradlew?|spring)\b/,
    how: set('--server.ssl.enabled=false'),
  },
  { name: 'Go', told: /\bgo run\b/, how: inPlaceOf('http.ListenAndServe', 'ListenAndServeTLS') },
  { name: 'Deno', told: /\bdeno\b/, how: leaveOut('cert, key (Deno.serve)') },
  { name: 'Bun', told: /\bbun\b/, how: leaveOut('tls (Bun.serve)') },
  { name: 'Caddy', told: /\bcaddy\b/i, how: set('http://127.0.0.1:3000 { … }, auto_https off') },
  { name: 'nginx', told: /\bnginx\b/i, how: inPlaceOf('listen 3000', 'listen 3000 ssl') },
  { name: 'Apache', told: /\b(?:apache2?|httpd)\b/i, how: set('SSLEngine off') },
  { name: 'HAProxy', told: /\bhaproxy\b/i, how: inPlaceOf('bind :3000', 'bind :3000 ssl crt …') },
  { name: 'Express, Node.js', told: /\bnode\b/, how: inPlaceOf('http.createServer', 'https.createServer') },
];

/** Named where nothing tells which it is. */
const USUAL = ['Next.js', 'Vite', 'Django', 'Spring Boot', 'Go', 'Express, Node.js'];

/** What turns TLS off: of the one that these words tell, else of the usual ones. */
export function tlsOff(words: string, language: Language): string {
  const found = TLS_OFF.find(({ told }) => told.test(words));
  const shown = found ? [found] : TLS_OFF.filter(({ name }) => USUAL.includes(name));
  const parts = shown.map(({ name, how }) => (language === 'zh' ? `${name}（${how.zh}）` : `${name} (${how.en})`));
  return parts.join(language === 'zh' ? '；' : '; ');
}
