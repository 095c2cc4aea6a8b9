import type { ClaimWords } from './en.ts';

const list = (numbers: readonly (number | string)[]): string => (numbers.length === 0 ? '无' : numbers.join('、'));
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const times = (seconds: readonly number[]): string => (seconds.length === 0 ? '无' : seconds.map((one) => `${one} s`).join('、'));
const probes = (seconds: readonly number[]): string => (seconds.length === 0 ? '没有探测' : `探测间隔为 ${times(seconds)}`);
const orNone = (value: string | number | null): string => (value === null ? '无' : String(value));
const SIDE = { server: '服务器', client: '客户端' } as const;
const sideOf = (by: 'server' | 'client' | null): string => (by === null ? '双方均未发出' : SIDE[by]);
const RACE = '两个 FIN 相差不到 1 ms，谁先谁后带有偶然性';
const after = (ms: number | null): string => (ms === null ? '始终没有出现' : `在最后一个字节之后 ${ms} ms`);

type PrintedId = Exclude<keyof ClaimWords['claims'], `S4.${string}`>;
type PrintedWords = Pick<
  ClaimWords,
  'both' | 'r01' | 'r02' | 'r03' | 'r04' | 'r11' | 'r12' | 'r13' | 'r14' | 'r15' | 'r21' | 'r22' | 'r31' | 'r32' | 'r33' | 'r41' | 'r42'
>;
const plain = (title: string, statement: string) => ({ title, statement, cause: null, cure: null });

export const zhPrintedClaims: Record<PrintedId, ReturnType<typeof plain>> = {
  'R0.1': plain(
    'Django 分段写出响应',
    'Django 把一个响应拆成许多小报文段发送：状态行 17 字节，Date 37，Server 39，其余响应头 150，然后是 1417 字节的正文。',
  ),
  'R0.2': plain(
    '124 字节的 304',
    '再次访问时，三条并行连接上对 CSS 与图片的请求全部返回 304；每个 304 由 27 + 37 + 39 + 21 字节组成，并带有 Content-Length: 0。',
  ),
  'R0.3': plain('每 45 s 一次的保活探测', '浏览器在空闲连接上（无论是否用过）每隔 45.0 s 发送一次 TCP 保活探测，负载 1 字节。'),
  'R0.4': plain(
    'Django 保持空闲连接',
    '直到抓包结束，Django 都保持空闲连接不关闭，距最后一个响应至少 45 s；状态码有 200、304 和 404（favicon.ico）。',
  ),
  'R1.1': plain('一次导航，两条连接', '一次导航同时建立两条连接，相隔 0.29 ms；第二条当时没有传输任何数据。'),
  'R1.2': plain(
    '响应头与正文分开发送，服务器关闭连接',
    'Flask 使用 HTTP/1.1 并返回 Connection: close；响应头（174 字节）与正文（563 字节）分开发送；服务器首先发出 FIN，在正文之后 17.8 ms。',
  ),
  'R1.3': plain('8192 字节的报文段', 'logo 以 8192 字节的报文段发送；正文收完后客户端首先关闭连接，在最后一个字节之后 0.3 ms。'),
  'R1.4': plain(
    '每个资源各用一条连接',
    '页面的各个资源并行传输，各用一条连接；音频返回 206，再次访问时 logo 返回 304，favicon.ico 返回 404。',
  ),
  'R1.5': plain('其他程序的流量', '抓包中混有其他程序的环回流量：每 5.0 s 一次的轮询、一次升级（101），以及一个被 RST 拒绝的连接。'),
  'R2.1': plain(
    'http.server 返回 304 后即关闭',
    'http.server 对条件请求返回 HTTP/1.0 304（104 字节），并立即首先关闭连接，在响应之后 0.13 ms。',
  ),
  'R2.2': plain('第二条连接', '第二条连接从未使用，靠保活探测维持，探测出现在 45.0 s 与 90.0 s。'),
  'R3.1': plain(
    'Express 的响应只占一个报文段',
    'Express：请求 534 字节，响应 998 字节，只占一个报文段；Keep-Alive 给出服务器关闭连接之前的时限。',
  ),
  'R3.2': plain('返回 206 却传输整个文件', '音频以 Range: bytes=0- 请求，返回 206，而传输的其实是整个文件。'),
  'R3.3': plain('Firefox 的两条连接', '使用 Firefox 时有两条连接：一条承载全部数据，另一条什么也没有传输。'),
  'R4.1': plain(
    '响应头与正文分开，每个资源新建连接',
    '响应头（174 字节）与正文（8029 字节）分开发送；logo 返回 304；每个资源都新建一条连接（端口 50736 至 50739）。',
  ),
  'R4.2': plain(
    '音频传输途中的 RST',
    '传输 .ogg 的过程中，客户端发送 RST + ACK，另建一条连接并用 Range 重新请求；整个文件由两个请求取得。',
  ),
};

export const zhPrinted: PrintedWords = {
  both: {
    rowsMissing: (name) => `缺少报告中列出的报文行（${name}.tsv）。`,
    needRows: (name) => `harness/claims/printed/rows/${name}.tsv。`,
    rowsDiffer: '根据报告所列数据行重建的报文并不能说明这一点。',
    todayDiffers: '如今的服务器与浏览器表现不同，见所列数据。',
    rowsShow: '根据报告所列数据行重建的报文证实了这一点。',
    bothShow: '根据报告所列数据行重建的报文证实了这一点，如今的服务器与浏览器也是如此。',
    todayShows: '如今的服务器与浏览器也是如此。',
    tooShort: (cell, seconds) => `${cell} 最多只观察了 ${seconds} s，时间太短，无法判断。`,
    needWindow: (seconds) => `至少 ${seconds} s 的观察时间（使用默认的 95 s，不要加 --quick）。`,
  },
  r01: (cell, sizes) => `${cell}：报文段依次为 ${list(sizes)} 字节，共 ${sum(sizes)} 字节。`,
  r02: (cells, all, withLength, connections, sizes) =>
    `${cells}：完整的 304 共 ${all} 个，其中 ${withLength} 个带 Content-Length: 0，分布在 ${connections} 条连接上；其中一个为 ${list(sizes)} 字节，共 ${sum(sizes)} 字节。`,
  r03: (cell, used, unused) => `${cell}：用过的连接上${probes(used)}；未用过的连接上${probes(unused)}。`,
  r04: (cell, connections, closed, seconds, statuses) =>
    `${cell}：${connections} 条连接中有 ${connections - closed} 条在 ${seconds} s 之后仍未关闭${statuses.length > 0 ? `；状态码 ${list(statuses)}` : ''}。`,
  r11: (cell, apart, carried) =>
    apart === null
      ? `${cell}：没有第二条连接。`
      : `${cell}：两个 SYN 相隔 ${apart} ms；HTML 传完时，另一条连接${carried ? '已承载过请求' : '没有传输任何数据'}。`,
  r12: (cell, head, body, by, fin, said) =>
    `${cell}：响应头 ${head} 字节，正文 ${body} 字节，各占报文段${said === '' ? '' : `；Connection: ${said}`}；首先发出 FIN 的是${sideOf(by)}；服务器的 FIN ${after(fin)}（${RACE}）。`,
  r13: (cell, largest, blocks, by, fin) =>
    `${cell}：列出的报文段中有 ${blocks} 个为 8192 字节（最大 ${largest}）；首先发出 FIN 的是${sideOf(by)}；客户端的 FIN ${after(fin)}（${RACE}）。`,
  r14: (cell, requests, connections, overlap, { audio, icon, logo }) =>
    `${cell}：${requests} 个请求，${connections} 条连接，${overlap ? '有' : '没有'}连接同时打开；音频 ${orNone(audio)}，favicon ${orNone(icon)}，再次访问时 logo ${orNone(logo)}。`,
  r15: (cell, own, others, intervals, upgrades, refused) =>
    `${cell}：端口 5000 上有 ${own} 条连接，其他端口 ${others} 条；轮询间隔 ${times(intervals)}，${upgrades} 次升级得到 101，${refused} 个 SYN 被 RST 拒绝。`,
  r21: (cell, version, bytes, by, fin) =>
    version === null
      ? `${cell}：没有 304。`
      : `${cell}：HTTP/${version} 304，${bytes} 字节；首先发出 FIN 的是${sideOf(by)}；服务器的 FIN ${after(fin)}（${RACE}）。`,
  r22: (cell, unused, intervals) => `${cell}：${unused} 条连接从未使用；其上${probes(intervals)}。`,
  r31: (cell, request, segments, named, idle) =>
    `${cell}：请求 ${request} 字节，响应的报文段为 ${list(segments)} 字节；timeout=${orNone(named)}，空闲 ${orNone(idle)} s 后服务器发出 FIN。`,
  r32: (cell, asked, status, answer) => `${cell}：Range 为 ${orNone(asked)}，返回 ${orNone(status)}，Content-Range 为 ${orNone(answer)}。`,
  r33: (cell, opened, exchanges) => `${cell}：${opened} 条连接，其中 ${exchanges.length} 条用过（各承载请求数：${list(exchanges)}）。`,
  r41: (cell, segments, requests, connections, logo) =>
    `${cell}：页面的报文段为 ${list(segments)} 字节；${requests} 个请求用了 ${connections} 条连接；再次访问时 logo ${orNone(logo)}。`,
  r42: (cell, requests, rst, range, status) =>
    `${cell}：对音频的请求 ${requests} 个；${rst ? '客户端以 RST 中止了一次传输' : '没有出现客户端在传输途中发出的 RST'}；再次请求的 Range 为 ${orNone(range)}，返回 ${orNone(status)}。`,
};
