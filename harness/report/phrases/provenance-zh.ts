/** Chinese of sources and known differences of models and emulated browsers, and of remarks on documented time-outs, by the English text. Names of files and programs stay. */
export const PROVENANCE_ZH: Readonly<Record<string, string>> = {
  'captures of {what} on Debian 12, made here': '本项目在 Debian 12 上对 {what} 的抓包',
  'captured here, {browser} (Debian, headless)': '本项目的抓包，{browser}（Debian，无界面）',
  'captured here, {browser} (Debian, headless), against django, whose pages come with one':
    '本项目的抓包，{browser}（Debian，无界面），对方为 django，其页面带有一个',
  'captured here, {browser} (Debian, headless), on a link of {rate} (1 of 6 sent two requests)':
    '本项目的抓包，{browser}（Debian，无界面），{rate} 链路（6 次中有 1 次发出两个请求）',
  'captured here, {browser} (Debian, headless), on a link of {rate}': '本项目的抓包，{browser}（Debian，无界面），{rate} 链路',
  'captured here, {browser} (Debian, headless), on links of {rate} and {other}':
    '本项目的抓包，{browser}（Debian，无界面），{rate} 与 {other} 链路',
  'captured here, {browser} (Debian, headless), against an HTTP/1.0 server':
    '本项目的抓包，{browser}（Debian，无界面），对方为 HTTP/1.0 服务器',
  'times captured here, {browser} (Debian, headless)': '时间取自本项目的抓包，{browser}（Debian，无界面）',
  'the number captured here, {browser} (Debian, headless)': '数目取自本项目的抓包，{browser}（Debian，无界面）',
  '1 to 7 ms (a connection is not reused for this long after its response): {said}': '1 至 7 ms（响应之后这段时间内不复用连接）：{said}',
  'no connection opened for a request was left unused: {said}': '为请求建立的连接没有闲置：{said}',
  'the backup job is for a host without any socket: {source}': '后备连接只用于没有任何套接字的主机：{source}',
  '0.3 to 2 ms, and 0.2 ms after a 304: {said}': '0.3 至 2 ms，304 之后为 0.2 ms：{said}',
  '68 to 85 % had arrived on links of 1 Mbit/s and 400 kbit/s: {said}': '在 1 Mbit/s 与 400 kbit/s 链路上已到达 68 至 85 %：{said}',
  'the HTTP cache is used each time: {said}': '每次都使用 HTTP 缓存：{said}',
  'the download continues while the next page loads: {said}': '加载下一个页面时下载继续进行：{said}',
  'one speculative connection where none is idle: {said}': '没有空闲连接时预建一条连接：{said}',
  'every 10 s until the connection is closed (115 s), though all.js names 600 s after the first minute: {said}':
    '每 10 s 一次，直到连接关闭（115 s），尽管 all.js 写明第一分钟之后为 600 s：{said}',
  'within a millisecond: {said}': '一毫秒之内：{said}',
  'that a reload carries Sec-Fetch-User: by F5 and Ctrl+Shift+R in a window under X11 too (153.8.0)':
    '刷新带有 Sec-Fetch-User：在 X11 窗口中按 F5 与 Ctrl+Shift+R 时同样如此（153.8.0）',
  'Chromium chrome/browser/predictors/loading_predictor.cc and preconnect_manager.cc':
    'Chromium chrome/browser/predictors/loading_predictor.cc 与 preconnect_manager.cc',
  'Chromium third_party/blink/renderer/platform/media/multi_buffer.h (blocks of 2^15 bytes)':
    'Chromium third_party/blink/renderer/platform/media/multi_buffer.h（每块 2^15 字节）',
  'Firefox netwerk/protocol/http/DnsAndConnectSocket.cpp (a claimed connection)':
    'Firefox netwerk/protocol/http/DnsAndConnectSocket.cpp（已被占用的连接）',
  'Firefox modules/libpref/init/all.js, network.http.connection-retry-timeout, and DnsAndConnectSocket.cpp, SetupBackupTimer':
    'Firefox modules/libpref/init/all.js 的 network.http.connection-retry-timeout，以及 DnsAndConnectSocket.cpp 的 SetupBackupTimer',
  'Microsoft documentation of WinINet, {setting}': 'Microsoft 的 WinINet 文档，{setting}',
  'Microsoft documentation of WinINet mentions no use of it': 'Microsoft 的 WinINet 文档没有提到使用它',
  'Microsoft documentation of WinINet sets none': 'Microsoft 的 WinINet 文档没有设定',
  'no speculative connection is documented': '文档没有提到预建连接',
  'not documented': '文档未述',
  'as Chromium does': '与 Chromium 相同',
  'as Firefox does': '与 Firefox 相同',
  'as the others do': '与其他浏览器相同',
  'no second connection is documented': '文档没有提到第二条连接',
  'unverified: as Internet Explorer 11 is commonly described': '未经核实：依据对 Internet Explorer 11 的通常描述',
  'not fully documented, and not captured here': '文档不完整，也没有本项目的抓包',
  'the field is newer than this browser: W3C Referrer Policy, 2014': '该字段晚于这款浏览器：W3C Referrer Policy，2014',
  'Microsoft IEBlog, "Caching Improvements in Internet Explorer 9" (10 % of the time since Last-Modified)':
    'Microsoft IEBlog，“Caching Improvements in Internet Explorer 9”（Last-Modified 以来时间的 10 %）',
  'Microsoft IEInternals blog, "Understanding conditional requests and the refresh button"':
    'Microsoft IEInternals 博客，“Understanding conditional requests and the refresh button”',
  'not captured here': '没有本项目的抓包',
  'Range is sent when media are sought: not captured here': '拖动媒体进度时发送 Range：没有本项目的抓包',

  'one connection more or fewer where responses take milliseconds': '响应只需几毫秒时，连接数可能多一条或少一条',
  'it is a race whether an earlier response has freed its connection before the next request: real visits to one server show two or three connections':
    '先前的响应能否在下一个请求之前释放连接，取决于时序：对同一服务器的真实访问有两条也有三条连接',
  'which side closes first after a response that ends its connection': '响应结束连接之后，哪一方先关闭',
  'both FINs are sent within a millisecond of each other': '两个 FIN 的发出时间相差不到一毫秒',
  'whether the image or the media are requested first after the stylesheet, and on which connection':
    '样式表之后先请求图片还是媒体，以及在哪条连接上请求',
  'both wait for its last byte and are requested within a millisecond: real visits to one server show both orders':
    '两者都等待其最后一个字节，并在一毫秒之内发出：对同一服务器的真实访问两种顺序都有',
  'an idle connection may be closed a second earlier or later': '空闲连接的关闭可能早一秒或晚一秒',
  'one timer with steps of a second closes all of them: milliseconds between their last bytes decide in which step':
    '一个以秒为步长的计时器负责关闭全部连接：最后字节之间相差的几毫秒决定落在哪一步',
  'request heads, the order of requests and everything that a policy calls "not documented" may differ':
    '请求头、请求的顺序，以及策略中标为“文档未述”的一切都可能不同',
  "Internet Explorer 11 can't run here, and its documentation shows no complete head":
    'Internet Explorer 11 无法在此运行，其文档也没有给出完整的请求头',

  // Remarks on documented time-outs.
  'the page itself says: give the application a longer time-out, else 502': '文档原文：应用的超时应设得更长，否则出现 502',
  "it forwards TCP: the connection is its client's, whose own timer may be shorter": '它转发 TCP：连接属于其客户端，后者自己的超时可能更短',
  'it reuses connections to servers, for how long is not said; 75 s (v2) and 120 s (v1) hold for its clients':
    '它复用到服务器的连接，文档没有说明多久；75 s（v2）与 120 s（v1）针对其客户端',
  'it forwards TCP, and drops an idle flow without a word unless TCP reset is on':
    '它转发 TCP；除非启用 TCP 重置，否则会不作任何通知地丢弃空闲的流',
  'the page names the setting; no default was found in it': '文档提到该设置，但没有给出默认值',
  'the page names the setting; no default was found in it; nor of max_lifetime, which limits the age of a connection':
    '文档提到该设置，但没有给出默认值；限制连接存活时间的 max_lifetime 也没有',
  'at most 10,000 requests for one connection (upstream-keepalive-requests)': '每条连接最多 10,000 个请求（upstream-keepalive-requests）',
  'read as it is quoted in {place}': '引自 {place}',
  'keepalive 32 local by default from 1.29.7 on, before that only with keepalive N and HTTP/1.1; at most 1,000 requests for one connection; repeats GET and no POST here':
    '自 1.29.7 起默认 keepalive 32 local，此前须配置 keepalive N 与 HTTP/1.1；每条连接最多 1,000 个请求；此处会重发 GET，不重发 POST',
  'no time for one connection: every pool-purge-delay it closes half of the idle ones':
    '单条连接没有时限：每隔 pool-purge-delay 关闭一半空闲连接',
};
