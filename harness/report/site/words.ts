/** The words of the site, around those of tables, claims and findings. */
import type { Catalogue } from '../../model.ts';
import { grouped } from '../../system/grouped.ts';

interface SiteWords {
  /** Of the site, and in each page's title. */
  name: string;
  tagline: string;
  home: string;
  servers: string;
  observations: string;
  claims: string;
  race: string;
  findings: string;
  skip: string;
  /** Where the other language is read. */
  otherLanguage: string;
  intro: string;
  run(date: string, kernel: string, window: number, cells: number, frames: number): string;
  howToRead: string;
  serverDescription(title: string): string;
  observationDescription(title: string, servers: number): string;
  homeDescription: string;
  claimsDescription: string;
  raceDescription: string;
  version(version: string): string;
  model: string;
  emulated: string;
  variantOf: string;
  variants: string;
  skipped(reason: string): string;
  value: string;
  seenIn: string;
  frames: string;
  most: string;
  others: string;
  observation: string;
  definition: string;
  spec: string;
  byValue: string;
  bySetting: string;
  noValue: string;
  more(count: number): string;
  claim: string;
  verdict: string;
  why: string;
  cause: string;
  cure: string;
  evidence: string;
  noClaims: string;
  documented: string;
  measured: string;
  timers: string;
  consequence: string;
  remedy: string;
  reproduce: string;
  notFound: string;
  notFoundText: string;
  client: string;
  scenario: string;
}

const en: SiteWords = {
  name: 'wirematrix',
  tagline: 'What web servers really do with connections, caches and ranges',
  home: 'Overview',
  servers: 'Servers',
  observations: 'Observations',
  claims: 'Claims',
  race: 'The race',
  findings: 'Findings',
  skip: 'Skip to content',
  otherLanguage: '中文',
  intro:
    'Every server hosts the same pages; browsers and a probe visit it while its packets are captured. Everything here is read from those packets, and every value names the frames that show it.',
  run: (date, kernel, window, cells, frames) =>
    `Run of ${date}, Linux ${kernel}: ${grouped(cells)} cells, ${grouped(frames)} frames; idle connections watched for up to ${grouped(window)} s.`,
  howToRead:
    'A value is followed by the clients and scenarios that show it. “Still open after 95 s” means that the watch ended, not that the server never closes.',
  serverDescription: (title) =>
    `How ${title} really handles idle connections, keep-alive, conditional requests, ranges, pipelining and malformed requests, read from captured packets.`,
  observationDescription: (title, servers) => `${title}: the values of ${servers} web servers, read from captured packets.`,
  homeDescription:
    'Keep-alive timeouts, who closes first, ETags, 304s, ranges and more for web servers and frameworks, measured from captured packets.',
  claimsDescription: 'Claims about browsers and web servers, and what captured packets say of each.',
  raceDescription: 'Which proxies and client libraries lose requests to which server when an idle connection closes.',
  version: (version) => `Version ${version}`,
  model: 'A model: an imitation built from cited sources, not the real server.',
  emulated: 'emulated',
  variantOf: 'One setting changed, compared with',
  variants: 'Variants with one setting changed',
  skipped: (reason) => `Not run: ${reason}`,
  value: 'Value',
  seenIn: 'Seen in',
  frames: 'frames',
  most: 'Most servers',
  others: 'Differs',
  observation: 'Observation',
  definition: 'Definition',
  spec: 'Specification',
  byValue: 'Servers by value',
  bySetting: 'By client and scenario',
  noValue: 'no value',
  more: (count) => `and ${grouped(count)} more`,
  claim: 'Claim',
  verdict: 'Verdict',
  why: 'Why',
  cause: 'Cause given',
  cure: 'Cure given',
  evidence: 'Evidence',
  noClaims: 'This run judged no claims.',
  documented: 'Documented',
  measured: 'Measured',
  timers: 'Timeouts: documented and measured',
  consequence: 'Consequence',
  remedy: 'Remedy',
  reproduce: 'Measure it yourself',
  notFound: 'Page not found',
  notFoundText: 'There is no such page. The overview lists every server and every observation.',
  client: 'Client',
  scenario: 'Scenario',
};

const zh: SiteWords = {
  name: 'wirematrix',
  tagline: 'Web 服务器在连接、缓存与范围请求上的真实行为',
  home: '概览',
  servers: '服务器',
  observations: '观测项',
  claims: '论断',
  race: '关闭竞态',
  findings: '发现的问题',
  skip: '跳到正文',
  otherLanguage: 'English',
  intro: '各服务器提供完全相同的页面，由浏览器与 probe 访问，同时抓取其报文。一切以抓包为准：本站的每个取值都来自报文，并标明证据帧。',
  run: (date, kernel, window, cells, frames) =>
    `运行于 ${date}，Linux ${kernel}：${grouped(cells)} 个单元格，${grouped(frames)} 帧；空闲连接最长观察 ${grouped(window)} s。`,
  howToRead: '每个取值之后列出观测到它的客户端与场景。“95 s 后仍未关闭”表示观察到此结束，并不表示服务器永不关闭。',
  serverDescription: (title) => `${title} 如何处理空闲连接、keep-alive、条件请求、范围请求、流水线与畸形请求：以抓包为准。`,
  observationDescription: (title, servers) => `${title}：${servers} 个 Web 服务器的取值，以抓包为准。`,
  homeDescription: '各 Web 服务器与框架的 keep-alive 超时、先关闭的一方、ETag、304、范围请求等，均由抓包测得。',
  claimsDescription: '关于浏览器与 Web 服务器的论断，以及抓包对每条论断的判定。',
  raceDescription: '空闲连接关闭时，哪些代理与客户端库会把请求丢在哪个服务器上。',
  version: (version) => `版本 ${version}`,
  model: '模型：依据公开资料仿制，并非真实服务器。',
  emulated: '模拟',
  variantOf: '只改动一项设置，对照',
  variants: '只改动一项设置的变体',
  skipped: (reason) => `未运行：${reason}`,
  value: '取值',
  seenIn: '观测于',
  frames: '帧',
  most: '多数服务器',
  others: '不同',
  observation: '观测项',
  definition: '定义',
  spec: '规范',
  byValue: '按取值分组的服务器',
  bySetting: '按客户端与场景',
  noValue: '无此值',
  more: (count) => `另有 ${grouped(count)} 处`,
  claim: '论断',
  verdict: '判定',
  why: '理由',
  cause: '报告给出的原因',
  cure: '报告给出的解决办法',
  evidence: '证据',
  noClaims: '本次运行没有判定任何论断。',
  documented: '文档所述',
  measured: '实测',
  timers: '超时：文档所述与实测',
  consequence: '后果',
  remedy: '对策',
  reproduce: '自行测量',
  notFound: '找不到页面',
  notFoundText: '没有这个页面。概览列出了全部服务器与观测项。',
  client: '客户端',
  scenario: '场景',
};

export const SITE_WORDS: Catalogue<SiteWords> = { en, zh };
