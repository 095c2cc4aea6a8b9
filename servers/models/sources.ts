/** What each model was written from, as data: reports name it where a model stands. */

/** A text that says what the source is, and its address; `null` for captures that were made here. */
export interface Source {
  text: string;
  url: string | null;
}

const DEBIAN = (what: string): Source => ({ text: `captures of ${what} on Debian 12, made here`, url: null });

/** Files of one version of a program. */
const files = (program: string, address: string, ...names: string[]): Source[] =>
  names.map((name) => ({ text: `${program}: ${name}`, url: `${address}/${name}` }));

const learn = (text: string, page: string): Source => ({
  text: `Microsoft Learn, ${text}`,
  url: `https://learn.microsoft.com/en-us/${page}`,
});

const IIS: readonly Source[] = [
  learn('Limits for a Web Site <limits>', 'iis/configuration/system.applicationhost/sites/site/limits'),
  learn('HTTP_TIMEOUT_LIMIT_INFO', 'windows/win32/api/http/ns-http-http_timeout_limit_info'),
  learn('Error logging in HTTP APIs', 'troubleshoot/developer/webapps/aspnet/site-behavior-performance/error-logging-http-apis'),
  learn('Http.sys registry settings for Windows', 'troubleshoot/developer/webapps/iis/iisadmin-service-inetinfo/httpsys-registry-windows'),
];

/** By the model's id. */
export const MODEL_SOURCES: Readonly<Record<string, readonly Source[]>> = {
  'nginx-model': [
    ...files(
      'nginx 1.22.1',
      'https://github.com/nginx/nginx/blob/release-1.22.1',
      'src/http/ngx_http_request.c',
      'src/http/ngx_http_parse.c',
      'src/http/ngx_http_special_response.c',
      'src/http/modules/ngx_http_not_modified_filter_module.c',
      'src/http/modules/ngx_http_range_filter_module.c',
    ),
    DEBIAN('nginx 1.22.1'),
  ],
  'apache-php-model': [
    ...files(
      'Apache 2.4',
      'https://github.com/apache/httpd/blob/2.4.x',
      'server/protocol.c',
      'server/vhost.c',
      'modules/http/http_protocol.c',
      'modules/http/byterange_filter.c',
      'modules/filters/mod_reqtimeout.c',
      'modules/filters/mod_deflate.c',
    ),
    DEBIAN('Apache'),
  ],
  'django-model': [
    ...files('Django 3.2', 'https://github.com/django/django/blob/3.2.25', 'django/core/servers/basehttp.py', 'django/views/static.py'),
    ...files('CPython 3.11', 'https://github.com/python/cpython/blob/v3.11.2', 'Lib/wsgiref/handlers.py'),
    DEBIAN('Django 3.2'),
  ],
  'flask-model': [
    ...files(
      'Werkzeug 2.2.2',
      'https://github.com/pallets/werkzeug/blob/2.2.2',
      'src/werkzeug/serving.py',
      'src/werkzeug/http.py',
      'src/werkzeug/wrappers/response.py',
      'src/werkzeug/utils.py',
    ),
    DEBIAN('Flask 2.2.2'),
  ],
  'python-http-model': [
    ...files('CPython 3.11', 'https://github.com/python/cpython/blob/v3.11.2', 'Lib/http/server.py'),
    DEBIAN('python3 -m http.server 3.11.2'),
  ],
  iis: IIS,
  'iis-header-only': IIS,
  'iis-timer-only': IIS,
};
