/** Chinese (simplified) words of the highlights of a run. */
import type { HighlightWords } from './highlights-en.ts';

function names(all: readonly string[], most = 3): string {
  return all.length > most + 1 ? `${all.slice(0, most).join('、')}等 ${all.length} 个服务器` : all.join('、');
}

/** Values of who closes first. */
const SIDES: Readonly<Record<string, string>> = { server: '服务器', client: '客户端' };

export const highlightsZh: HighlightWords = {
  baseline: (server, title, from, to) => `与基线相比有变化：${server}，${title}：${from} → ${to}。`,
  version: (earlier, later, title, from, to) => `从 ${earlier} 到 ${later}：${title}：${from} → ${to}。`,
  versionsAlike: (earlier, later) => `从 ${earlier} 到 ${later}：观测到的内容没有变化。`,
  finding: (servers, title, seen) => `${names(servers)}：${title}。${seen}`,
  documented: (server, timer, documented, measured) => `${server}，${timer}：文档为 ${documented}，实测为 ${measured}。`,
  closesAtOnce: (servers, connections, usual) =>
    `${names(servers)} 每次响应后立即关闭连接${
      connections === null ? '' : `：加载一个页面要用 ${connections} 条连接${usual === null ? '' : `，而不是 ${usual} 条`}`
    }。`,
  idleRange: (shortest, low, longest, high, open, window) =>
    `空闲连接的关闭时间：${low}（${names(shortest)}）${low === high ? '' : `至 ${high}（${names(longest)}）`}${
      open.length === 0 ? '' : `；${names(open)} 在 ${window} 后仍未关闭`
    }。`,
  neverCloses: (open, window) => `${names(open)} 不主动关闭空闲连接：${window} 后仍未关闭。`,
  advertised: (server, said, real) => `${server} 通告 Keep-Alive: timeout=${said}，实际在空闲 ${real} 后关闭连接。`,
  advertisedOpen: (server, said, window) => `${server} 通告 Keep-Alive: timeout=${said}，但空闲 ${window} 后连接仍未关闭。`,
  revisit: (sent, requests, silent) =>
    `再次访问时，${names(sent)} 对全部 ${requests} 个请求都返回 304${silent.length === 0 ? '' : `；访问 ${names(silent)} 时浏览器不发送任何请求`}。`,
  revisitInFull: (servers, requests) => `再次访问时，${names(servers)} 把 ${requests} 个文件全部重新传输，没有返回 304。`,
  rangeIgnored: (servers) => `${names(servers)} 忽略 Range：以 200 返回整个音频文件。`,
  http10: (servers) => `${names(servers)} 以 HTTP/1.0 响应。`,
  each: (title, values) => `${title}：${values.map(([server, value]) => `${server} 为 ${SIDES[value] ?? value}`).join('；')}。`,
  variant: (variant, base, title, from, to) => `${variant} 与 ${base} 相比：${title}：${from} → ${to}。`,
  differs: (title, server, value, usual, agreeing, voting) =>
    `${server}，${title}：${value}；多数服务器为 ${usual}（${voting} 个中有 ${agreeing} 个）。`,
  placed: (text, cell, frames) => `${text.replace(/[。.]$/, '')}（${cell}，${frames}）。`,
};
