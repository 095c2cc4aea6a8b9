/** The words of what `probe` prints around findings and values. */
import type { Catalogue } from '../../model.ts';

interface ProbeWords {
  /** Between a name and what is said of it, the parts of a list, two facts; at the end of a sentence; and what stands in brackets behind something. */
  colon: string;
  comma: string;
  and: string;
  stop: string;
  aside(text: string): string;
  /** What the server is. */
  answers(method: string, target: string, status: number): string;
  version(version: string): string;
  named(server: string): string;
  unnamed: string;
  looksLike(product: string): string;
  /** How many findings there are, from the worst on; `none`: neither fault nor risk. */
  counts(counts: Readonly<Record<'fault' | 'risk' | 'advice' | 'note', number>>): string;
  idle: {
    closes(after: string): string;
    atOnce: string;
    open(window: string): string;
    unknown: string;
    advertised(seconds: string): string;
    requests(limit: number): string;
    unused(after: string): string;
  };
  findings: string;
  values: string;
  /** Of one group of values. */
  conform(count: number): string;
  deviate(count: number): string;
  unspecified(count: number): string;
  /** Behind a value that deviates. */
  deviates(section: string, because: string): string;
  hint: string;
  beside(servers: string): string;
  noHttp(what: string): string;
  sentNothing: string;
  sentOther: string;
  /** @param how what turns TLS off */
  sentTls(how: string): string;
  /** It answers plain HTTP with 400 alone. */
  refusedPlain: string;
  redirectsToTls: string;
  sentHttp2: string;
  onlyTcp: string;
  notSuccess(status: number): string;
  endless: string;
  /** Questions that could not be asked to their end. */
  failed(cells: number, all: number, reason: string): string;
  rateLimited(count: number): string;
  /** Above the reasons why no cell was observed. */
  nothing: string;
}

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

const en: ProbeWords = {
  colon: ': ',
  comma: ', ',
  and: '; ',
  stop: '.',
  aside: (text) => ` (${text})`,
  answers: (method, target, status) => `${method} ${target} answers ${status}`,
  version: (version) => `HTTP/${version}`,
  named: (server) => `Server: ${server}`,
  unnamed: 'no Server header',
  looksLike: (product) => `looks like ${product}`,
  counts: ({ fault, risk, advice, note }) => {
    const rest = [
      ...(advice > 0 ? [plural(advice, 'piece of advice', 'pieces of advice')] : []),
      ...(note > 0 ? [plural(note, 'note')] : []),
    ];
    const bad = fault + risk === 0 ? 'No fault and no risk found' : `${plural(fault, 'fault')}, ${plural(risk, 'risk')}`;
    return `${[bad, ...rest].join(', ')}.`;
  },
  idle: {
    closes: (after) => `Idle connections: closed after ${after}`,
    atOnce: 'Idle connections: none; it closes each connection after its response',
    open: (window) => `Idle connections: still open after ${window}`,
    unknown: 'Idle connections: not measured',
    advertised: (seconds) => `advertised: ${seconds}`,
    requests: (limit) => `closed after ${limit} requests`,
    unused: (after) => `unused ones ${after}`,
  },
  findings: 'Findings',
  values: 'Values',
  conform: (count) => (count === 1 ? '1 conforms' : `${count} conform`),
  deviate: (count) => (count === 1 ? '1 deviates' : `${count} deviate`),
  unspecified: (count) => (count === 1 ? '1 is up to the server' : `${count} are up to the server`),
  deviates: (section, because) => `; deviates from ${section}: ${because}`,
  hint: '--all shows each value with its frames.',
  beside: (servers) => `Where ${servers} differ`,
  noHttp: (what) => `It never answered with HTTP/1.x: ${what}`,
  sentNothing: 'it accepted connections and sent nothing.',
  sentOther: 'what it sent is something else.',
  sentTls: (how) =>
    `it speaks TLS. Probe the plain port that it has for its proxy or health checks, or start it with TLS off (--command): encrypted content cannot be read from packets. To turn TLS off: ${how}. More: docs/https.md.`,
  refusedPlain: 'Plain HTTP is answered with 400:',
  redirectsToTls:
    "It redirects plain requests to https. Turn the redirect off while you probe (config.force_ssl, SECURE_SSL_REDIRECT, UseHttpsRedirection), or send what the proxy in front of it would: --header 'X-Forwarded-Proto: https'.",
  sentHttp2: 'it speaks HTTP/2 alone, with prior knowledge. Probe its HTTP/1.1 port; HTTP/2 is not decoded.',
  onlyTcp: 'Only its TCP behaviour can be judged.',
  notSuccess: (status) =>
    `The page answers ${status}: whatever needs a successful response is not judged. Name a target that answers 200 (--path /page), or send what it requires (--header 'Name: value').`,
  failed: (cells, all, reason) => `${cells} of ${all} families of questions failed: ${reason}`,
  endless: 'The page is a stream that does not end: whatever needs a complete response is not judged. Name another target with --path.',
  rateLimited: (count) =>
    `It answered 429 ${count === 1 ? 'once' : `${count} times`}: a rate limiter is at work, and some questions were not answered. Allow this address while you probe.`,
  nothing: 'The server showed nothing:',
};

const zh: ProbeWords = {
  colon: '：',
  comma: '，',
  and: '；',
  stop: '。',
  aside: (text) => `（${text}）`,
  answers: (method, target, status) => `${method} ${target} 的响应为 ${status}`,
  version: (version) => `HTTP/${version}`,
  named: (server) => `Server: ${server}`,
  unnamed: '没有 Server 头部',
  looksLike: (product) => `看起来是 ${product}`,
  counts: ({ fault, risk, advice, note }) => {
    const rest = [...(advice > 0 ? [`${advice} 条建议`] : []), ...(note > 0 ? [`${note} 条提示`] : [])];
    const bad = fault + risk === 0 ? '未发现错误与风险' : `${fault} 个错误，${risk} 个风险`;
    return `${[bad, ...rest].join('，')}。`;
  },
  idle: {
    closes: (after) => `空闲连接：${after} 后由服务器关闭`,
    atOnce: '空闲连接：不保留，每次响应后即关闭连接',
    open: (window) => `空闲连接：${window} 后仍未关闭`,
    unknown: '空闲连接：未测量',
    advertised: (seconds) => `通告的超时：${seconds}`,
    requests: (limit) => `第 ${limit} 个请求后关闭`,
    unused: (after) => `从未使用的连接：${after}`,
  },
  findings: '发现的问题',
  values: '观测值',
  conform: (count) => `${count} 项符合`,
  deviate: (count) => `${count} 项不符合`,
  unspecified: (count) => `${count} 项由服务器自行决定`,
  deviates: (section, because) => `；偏离 ${section}：${because}`,
  beside: (servers) => `与 ${servers} 的不同之处`,
  hint: '用 --all 查看每一项的值及其帧号。',
  noHttp: (what) => `从未返回 HTTP/1.x 响应：${what}`,
  sentNothing: '接受了连接，但什么也没有发送。',
  sentOther: '发送的内容不是 HTTP/1.x。',
  sentTls: (how) =>
    `该端口使用 TLS。请探测其提供给代理或健康检查的明文端口，或关闭 TLS 后用 --command 启动：加密的内容无法从报文中读出。关闭 TLS 的方法：${how}。更多方法见 docs/https.md。`,
  refusedPlain: '对明文 HTTP 一律返回 400：',
  redirectsToTls:
    "明文请求被重定向到 https。请在探测期间关闭重定向（config.force_ssl、SECURE_SSL_REDIRECT、UseHttpsRedirection），或发送前置代理会添加的字段：--header 'X-Forwarded-Proto: https'。",
  sentHttp2: '该端口只支持 HTTP/2（先验知识方式）。请探测其 HTTP/1.1 端口；本工具不解析 HTTP/2。',
  onlyTcp: '只能给出与 TCP 有关的结论。',
  notSuccess: (status) =>
    `页面的响应为 ${status}：凡需要正常页面的项目均不评判。请用 --path 指定返回 200 的目标，或用 --header 'Name: value' 提供它要求的字段。`,
  failed: (cells, all, reason) => `${all} 组问题中有 ${cells} 组失败：${reason}`,
  endless: '页面是不会自行结束的数据流：凡需要完整响应的项目均不评判。请用 --path 指定其他目标。',
  rateLimited: (count) => `有 ${count} 次响应为 429：服务器启用了限流，部分问题未得到回答。请在探测期间放行本机地址。`,
  nothing: '没有观测到服务器的任何行为：',
};

export const PROBE_WORDS: Catalogue<ProbeWords> = { en, zh };
