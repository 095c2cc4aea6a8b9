import { SETTINGS_ZH } from '../../findings/wording/settings-zh.ts';
import type { RaceWords } from './race-words.ts';

/** The words of the race's reports in Chinese. */
export const RACE_ZH: RaceWords = {
  title: '空闲连接关闭竞态',
  intro: ({ windowS, delayMs, startedAt, minutes }) => [
    '服务器关闭一条空闲连接的同时，代理或客户端库恰好在这条连接上发出下一个请求。请求到达时套接字已关闭，服务器以 RST 回应：请求要么丢失，要么被悄悄重发（RFC 9112 §9.3.1、§9.5）。',
    `先分别单独观察每个上游侧（代理或客户端库）和每个服务器，最长 ${windowS} 秒；再把请求对准服务器关闭的时刻发出，GET 与带正文的 POST 各占一半，每个请求的间隔各不相同。${
      delayMs > 0
        ? `两者之间的路径上有一个中继程序，把每个报文延迟 ${delayMs} 毫秒再放行（双向），相当于两座城市之间的距离。`
        : '这里的路径没有时延，因此很少有请求恰好撞上关闭。'
    }客户端库前面有一个小服务器，报告它得到的异常名。所有计数均来自抓到的报文。运行于 ${startedAt}，用时 ${minutes} 分钟。`,
  ],
  list: '，',
  and: '；',
  named: (name, text) => `${name}：${text}`,
  upstream: '上游侧',
  server: '服务器',
  method: '方法',
  matrix: '哪个上游侧会把请求丢在哪个服务器上',
  matrixNote:
    '丢失：对准关闭时刻的请求中因此丢失的个数。重发：上游侧重新发送了请求，它的客户端毫无察觉。试过的请求一个未丢，并不等于永远不丢。未出现：没有请求撞上关闭，但按定时器两者存在竞态，或有一端的定时器未知。',
  pairs: '每一对的数据',
  pairHeads: ['上游侧', '服务器', '方法', '余量', '尝试', '撞上', '重发', '丢失', '丢失比例（95%）', '判定'],
  verdicts: { safe: '安全', races: '有竞态', 'not-shown': '未出现' },
  predicted: { safe: '预测安全', races: '预测有竞态', unknown: '无法预测' },
  because: {
    'keeps-none': '上游侧不保留空闲连接',
    'closes-each': '服务器每次响应后都关闭连接，并事先声明',
    'obeys-hint': '上游侧遵守 Keep-Alive: timeout',
    timers: '依据两端的定时器',
    'never-closes': '服务器保留连接的时间比上游侧长',
    'not-known': '有一端的定时器未知',
  },
  lost: (lost, tried) => `丢失 ${lost}/${tried}`,
  repeated: '重发',
  notTried: '未尝试',
  notAimed: ({ closesEach, shortestS, openAfterS }) =>
    closesEach
      ? '服务器每次响应后都关闭连接'
      : shortestS === null
        ? `服务器在 ${openAfterS} 秒内没有关闭空闲连接`
        : `服务器 ${shortestS} 秒后才关闭：时间太长，无法对准`,
  habits: '每个上游侧自身的行为',
  habitsNote:
    '空闲：对从不关闭的服务器，连接保留多久。提示：是否在 Keep-Alive: timeout 所说的时间之前关闭，提前多少。FIN：半秒之后发下一个请求之前，是否已注意到服务器的 FIN。保留：64 个并发请求一秒之后仍打开的空闲连接数。GET、POST、带正文的 POST：服务器不返回响应就关闭连接时，是否重发请求。',
  habitHeads: ['上游侧', '版本', '空闲', '提示', '看到 FIN', '保留', '重发 GET', '重发 POST', '重发带正文的 POST', '它的客户端得到'],
  openAfter: (s) => `${s} 秒后仍未关闭`,
  keepsNone: '不保留',
  hint: (value, marginS) => (value === 'yes' ? `是，提前 ${marginS} 秒` : value === 'no' ? '否' : '–'),
  yesNo: { yes: '是', no: '否' },
  declines: (s) => `空闲 ${s} 秒后不再使用`,
  repeats: (value, on) => {
    if (value === 'fresh') return '总是用新连接';
    const said = value === 'yes' ? '是' : value === 'no' ? '否' : value.replace(' of ', '/');
    return on === null ? said : `${said}，${on === 'new' ? '用新连接' : '用另一条空闲连接'}`;
  },
  timers: '每个服务器何时关闭空闲连接',
  timerHeads: ['服务器', '版本', '关闭于', 'Keep-Alive: timeout', '每条连接的请求数', '连接寿命', '收到停止信号时'],
  limit: (requests, most, isAnnounced) =>
    requests === null ? `${most} 个以上` : `${requests} 个，之后关闭${isAnnounced ? '（Connection: close）' : '，事先不声明'}`,
  lifetime: (age, isAnnounced) => `${age}，无论是否繁忙${isAnnounced ? '（Connection: close）' : '，事先不声明'}`,
  noLifetime: (busyS) => `${busyS} 秒内未见`,
  documentedLifetime: (age, setting) => `文档：${age}（${setting}）`,
  age: (s) => (s % 3_600 === 0 ? `${s / 3_600} 小时` : `${s} 秒`),
  stop: (closedMs) => (closedMs === null ? '空闲连接保留 2 秒以上' : closedMs < 1 ? '立即关闭空闲连接' : `${closedMs} 毫秒后关闭空闲连接`),
  ends: {
    limit: {
      announced: '服务器在请求数达到上限时关闭连接，并事先声明：不会有请求撞上。',
      safe: '服务器在请求数达到上限时不经声明就关闭连接；上游侧不会再用该连接。',
      races: '服务器在请求数达到上限时不经声明就关闭连接：无论定时器如何，下一个请求都可能撞上。',
    },
    lifetime: {
      announced: '连接达到一定寿命时，无论是否繁忙，服务器都会关闭它，并事先声明：不会有请求撞上。',
      safe: '连接达到一定寿命时，服务器不经声明就关闭它；上游侧不会再用该连接。',
      races: '连接达到一定寿命时，无论是否繁忙，服务器都会不经声明就关闭它：无论定时器如何，正在途中的请求都会丢失。',
    },
    stop: {
      safe: '服务器停止时，上游侧没有到它的空闲连接。',
      races: '服务器停止时会关闭空闲连接：无论定时器如何，正在途中的请求都会丢失。',
    },
  },
  closesEach: '每次响应后（Connection: close）',
  notClosed: (s) => (s === null ? '–' : `${s} 秒后仍未关闭`),
  examples: '在哪一帧',
  example: ({ upstream, server, method, request, close, reset, outcome, answer, crossed }) =>
    `${upstream} > ${server}，${method}：第 ${request} 帧是请求，第 ${close} 帧是服务器${reset === close ? '以 RST ' : '的'}关闭${
      crossed ? '（请求发出时它已在途中）' : '（请求发出时它已到达）'
    }${reset === null || reset === close ? '' : `，第 ${reset} 帧是对该请求的 RST`}。${
      outcome === 'repeated' ? '上游侧重发了请求。' : `客户端得到：${outcome}${answer === null ? '' : `（第 ${answer} 帧）`}。`
    }`,
  filter: '显示过滤器',
  ladders: {
    race: '到服务器的连接：请求在此撞上关闭',
    client: '客户端到上游侧的连接：客户端得到了什么',
    repeat: '到服务器的另一条连接：请求在此重发',
  },
  states: {
    lost: '有请求丢失',
    repeated: '有请求撞上关闭，随后被悄悄重发',
    safe: '没有请求撞上关闭，与预测一致',
    'not-shown': '没有请求撞上关闭，但并未预测为安全',
    'not-tried': '未尝试',
  },
  predictedBy: ({ predicted, margin, because, upstreamIdle, serverIdle }) =>
    `${predicted}${margin === '' ? '' : `（余量 ${margin}）`}：${because}。上游侧保留空闲连接：${upstreamIdle}。服务器：${serverIdle}。`,
  show: { label: '显示', all: '全部', proxy: '代理', library: '客户端库', racing: '仅有竞态的' },
  noExample: '这一对没有请求撞上关闭。',
  noLadder: '页面放不下这一对的时序图，请看它的抓包文件。',
  where: (file) => `每一对及其帧：${file}`,
  capture: '抓包文件',
  document: '文档',
  gate: ({ kind, pair, now: counted, share, before, because }) => {
    const now = share === '' ? counted : `${counted}（${share}）`;
    return {
      race: `${pair}：有请求撞上关闭：${now}`,
      lost: `${pair}：${now}`,
      predicted: `${pair}：预测有竞态：${because}`,
      new: `${pair}：${now}；基线中没有这一对`,
      'no-longer-safe': `${pair}：在基线中安全，现在${now}`,
      'more-lost': `${pair}：撞上关闭的请求，基线中${before}，现在${now}`,
    }[kind];
  },
  cures: '如何消除',
  curesNote: '同样的请求、同样的间隔，服务器只改动一处。',
  cure: ({ upstream, method, base, baseLost, variant, variantLost, summary }) =>
    `${upstream}，${method}：${base} ${baseLost}；${variant}（${summary}）${variantLost}`,
  setting: (server, line) => `${server}：空闲超时应长于它前面的代理：${SETTINGS_ZH[line] ?? line}`,
  documented: '无法在此运行的负载均衡器与 CDN：文档所述',
  documentedNote:
    '各自把到服务器的空闲连接保留多久。早于此时间关闭的服务器会与之发生竞态。寿命：无论是否繁忙，多久之后自行关闭连接；请求不会因此丢失。probe --behind ID 可针对你自己的服务器作出预测。',
  documentedHeads: ['标识', '名称', '空闲（默认）', '寿命（默认）', '能否设置', '重发', '文档'],
  notDocumented: '文档未说明',
  noLimit: '无限制',
  readOn: (date) => `查阅于 ${date}`,
  skipped: (title, reason, remedy) => `${title}：${reason}；${remedy}`,
  behind: '前面的代理与负载均衡器',
  frontLifetime: (age) => `；此外，连接满 ${age}后无论是否繁忙都会被它关闭`,
  front: ({ title, idle, isSetByUser, predicted, margin, because, lifetime }) =>
    `${title}（${idle}${isSetByUser ? '，由你设定' : ''}）：${predicted}${margin === '' ? '' : `，余量 ${margin}`}：${because}${lifetime}`,
};
