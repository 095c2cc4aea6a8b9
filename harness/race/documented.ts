/** How long load balancers, CDNs and proxies that can't run here keep an idle connection to a server, by their documents. */

/** How old a connection may become, however busy it is, as a document says. */
export interface DocumentedLifetime {
  /** Seconds; `null`: it says that there is no limit. */
  s: number | null;
  setting: string;
  url: string;
  read: string;
}

/** What the documents of one say. */
export interface Documented {
  id: string;
  title: string;
  /** Seconds by default; 0: it keeps none; `null`: no document says so. */
  idleS: number | null;
  /** After how long it closes a connection to a server that is in use; absent: no document says so. */
  lifetime?: DocumentedLifetime;
  /** It has no limit of its own. */
  unlimited?: true;
  /** Whether it can be set, and how far: `no`, or what to set; `null`: no document says so. */
  settable: string | null;
  /** What it sends again after a lost connection; `null`: no document says so. */
  repeats: string | null;
  /** `null` where no document was found. */
  url: string | null;
  /** When that was read. */
  read: string;
  /** What the figure leaves out. */
  note?: string;
  /** The upstream side of the race that is the same program. */
  side?: string;
}

const READ = '2026-11-28';
const READ_AGAIN = '2026-11-29';

/** In the order of the table. A figure that no document gives is left out: nothing here is from hearsay. */
export const DOCUMENTED: readonly Documented[] = [
  {
    id: 'aws-alb',
    title: 'AWS Application Load Balancer',
    idleS: 60,
    settable: 'idle_timeout.timeout_seconds',
    repeats: null,
    url: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html',
    read: READ,
    note: 'the page itself says: give the application a longer time-out, else 502',
  },
  {
    id: 'aws-nlb',
    title: 'AWS Network Load Balancer (TCP)',
    idleS: 350,
    settable: 'tcp.idle_timeout.seconds, 60–6000; TLS listeners: no',
    repeats: null,
    url: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html',
    read: READ,
    note: "it forwards TCP: the connection is its client's, whose own timer may be shorter",
  },
  {
    id: 'aws-classic',
    title: 'AWS Classic Load Balancer',
    idleS: 60,
    settable: 'ConnectionSettings.IdleTimeout',
    repeats: null,
    url: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/config-idle-timeout.html',
    read: READ,
  },
  {
    id: 'aws-cloudfront',
    title: 'AWS CloudFront, custom origin',
    idleS: 5,
    settable: 'OriginKeepaliveTimeout, 1–120',
    repeats: null,
    url: 'https://docs.aws.amazon.com/sdk-for-kotlin/api/latest/cloudfront/aws.sdk.kotlin.services.cloudfront.model/-vpc-origin-config/origin-keepalive-timeout.html',
    read: READ,
  },
  {
    id: 'aws-api-gateway',
    title: 'AWS API Gateway, HTTP integration',
    idleS: null,
    settable: null,
    repeats: null,
    url: null,
    read: READ,
  },
  {
    id: 'google-alb',
    title: 'Google external Application Load Balancer',
    idleS: 600,
    settable: 'no',
    repeats: null,
    url: 'https://docs.cloud.google.com/load-balancing/docs/https/request-distribution',
    read: READ,
  },
  {
    id: 'azure-application-gateway',
    title: 'Azure Application Gateway',
    idleS: null,
    settable: null,
    repeats: null,
    url: 'https://github.com/MicrosoftDocs/azure-docs/blob/main/articles/application-gateway/application-gateway-faq.yml',
    read: READ_AGAIN,
    note: 'it reuses connections to servers, for how long is not said; 75 s (v2) and 120 s (v1) hold for its clients',
  },
  {
    id: 'azure-load-balancer',
    title: 'Azure Load Balancer (TCP)',
    idleS: 240,
    settable: 'idle timeout of the rule, 4–100 min',
    repeats: null,
    url: 'https://github.com/MicrosoftDocs/azure-docs/blob/main/articles/load-balancer/load-balancer-tcp-idle-timeout.md',
    read: READ,
    note: 'it forwards TCP, and drops an idle flow without a word unless TCP reset is on',
  },
  { id: 'azure-front-door', title: 'Azure Front Door', idleS: null, settable: null, repeats: null, url: null, read: READ },
  {
    id: 'cloudflare',
    title: 'Cloudflare',
    idleS: 900,
    settable: 'no (Enterprise: on request)',
    repeats: null,
    url: 'https://developers.cloudflare.com/fundamentals/reference/connection-limits/',
    read: READ,
  },
  {
    id: 'fastly',
    title: 'Fastly',
    idleS: null,
    settable: 'keepalive_time of a backend',
    repeats: null,
    url: 'https://www.fastly.com/documentation/guides/concepts/keep-alive',
    read: READ,
    note: 'the page names the setting; no default was found in it; nor of max_lifetime, which limits the age of a connection',
  },
  {
    id: 'akamai',
    title: 'Akamai, edge to origin',
    idleS: 300,
    settable: 'persistentConnection.timeout (by the account team)',
    repeats: null,
    url: 'https://techdocs.akamai.com/property-mgr/docs/persistent-connections-edge-to-origin',
    read: READ,
  },
  {
    id: 'heroku',
    title: 'Heroku Router 2.0',
    idleS: 90,
    settable: 'no; heroku labs:enable http-disable-keepalive-to-dyno turns it off',
    repeats: null,
    url: 'https://devcenter.heroku.com/articles/http-routing#keepalives',
    read: READ,
    note: 'read as it is quoted in github.com/heroku/python-getting-started/pull/261',
  },
  {
    id: 'envoy',
    title: 'Envoy, Istio',
    idleS: 3_600,
    lifetime: {
      s: null,
      setting: 'common_http_protocol_options.max_connection_duration of the cluster',
      url: 'https://github.com/envoyproxy/envoy/blob/main/docs/root/faq/configuration/timeouts.rst',
      read: READ_AGAIN,
    },
    settable: 'common_http_protocol_options.idle_timeout of the cluster',
    repeats: null,
    url: 'https://github.com/envoyproxy/envoy/blob/main/docs/root/faq/configuration/timeouts.rst',
    read: READ,
  },
  {
    id: 'traefik',
    title: 'Traefik',
    idleS: 90,
    settable: 'serversTransport.forwardingTimeouts.idleConnTimeout (0: no limit)',
    repeats: null,
    url: 'https://github.com/traefik/traefik/blob/master/docs/content/routing/services/index.md',
    read: READ_AGAIN,
  },
  {
    id: 'ingress-nginx',
    title: 'ingress-nginx',
    idleS: 60,
    lifetime: {
      s: 3_600,
      setting: 'upstream-keepalive-time',
      url: 'https://github.com/kubernetes/ingress-nginx/blob/main/docs/user-guide/nginx-configuration/configmap.md',
      read: READ_AGAIN,
    },
    settable: 'upstream-keepalive-timeout',
    repeats: 'on error and time-out (proxy-next-upstream); POST only with retry-non-idempotent',
    url: 'https://github.com/kubernetes/ingress-nginx/blob/main/docs/user-guide/nginx-configuration/configmap.md',
    read: READ_AGAIN,
    note: 'at most 10,000 requests for one connection (upstream-keepalive-requests)',
  },
  {
    id: 'nginx',
    title: 'nginx from 1.29.7 on, upstream {}',
    idleS: 60,
    lifetime: {
      s: 3_600,
      setting: 'keepalive_time in upstream',
      url: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive_time',
      read: READ_AGAIN,
    },
    settable: 'keepalive_timeout in upstream; keepalive 0',
    repeats: null,
    url: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive_timeout',
    read: READ_AGAIN,
    note: 'keepalive 32 local by default from 1.29.7 on, before that only with keepalive N and HTTP/1.1; at most 1,000 requests for one connection; repeats GET and no POST here',
    side: 'nginx-proxy-keepalive',
  },
  {
    id: 'haproxy',
    title: 'HAProxy',
    idleS: null,
    settable: 'pool-purge-delay (5 s; 0: keeps none), pool-max-conn',
    repeats: 'only where the connection could not be made or the request not be sent (retry-on conn-failure)',
    url: 'https://docs.haproxy.org/2.6/configuration.html#5.2-pool-purge-delay',
    read: READ_AGAIN,
    note: 'no time for one connection: every pool-purge-delay it closes half of the idle ones',
    side: 'haproxy',
  },
  {
    id: 'caddy',
    title: 'Caddy reverse_proxy',
    idleS: 120,
    settable: 'transport http { keepalive }',
    repeats: null,
    url: 'https://caddyserver.com/docs/modules/http.reverse_proxy.transport.http',
    read: READ,
    side: 'caddy-proxy',
  },
  {
    id: 'apache',
    title: 'Apache mod_proxy',
    idleS: null,
    unlimited: true,
    settable: 'ttl= of ProxyPass, which is meant for this; disablereuse=On',
    repeats: null,
    url: 'https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#proxypass',
    read: READ_AGAIN,
    side: 'apache-proxy',
  },
];

/** The same of servers that the race has itself, by their ids: the age at which one ends a connection of its clients. */
export const SERVER_LIFETIMES: Readonly<Record<string, DocumentedLifetime>> = {
  nginx: {
    s: 3_600,
    setting: 'keepalive_time',
    url: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#keepalive_time',
    read: READ_AGAIN,
  },
};
