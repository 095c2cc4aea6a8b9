import type { ClaimWords } from './en.ts';

type Lives = Parameters<ClaimWords['s41']['flask']>[1];
type EndingRow = Parameters<ClaimWords['s44']['endings']>[0][number];

const lives = (cell: string, { requests, connections, sayClose, sayKeepAlive, closedByServer, closedByClient, open }: Lives): string =>
  `${cell}：${requests} 个得到响应的请求用了 ${connections} 条连接；${sayClose} 个响应带 Connection: close，${sayKeepAlive} 个带 keep-alive；首先发出 FIN 或 RST 的一方：服务器 ${closedByServer} 条，客户端 ${closedByClient} 条，抓包结束时仍未关闭 ${open} 条。`;

const KIND = {
  'all-304': '全部 304',
  'nothing-sent': '未发出任何请求',
  'data-only': '没有 304，请求到的文件均完整传输',
  mixed: '部分 304',
} as const;
const KINDS = Object.keys(KIND) as (keyof typeof KIND)[];
const VISIT: Readonly<Record<string, string>> = {
  revisit: '再次输入网址',
  'link-revisit': '点击链接再次进入',
  reload: '普通刷新',
  'hard-reload': '强制刷新',
  'cache-disabled': '禁用缓存',
};
const SIDE = { server: '服务器', client: '客户端' } as const;
const sideOf = (by: 'server' | 'client' | null): string => (by === null ? '双方均未' : SIDE[by]);
const ms = (value: number): string => `${Math.round(value)} ms`;

const ended = ({ by, how, idleS, beforeQuit, advertisedS, rstBy }: EndingRow): string =>
  [
    by === null ? `空闲 ${idleS} s 后连接仍未关闭` : `空闲 ${idleS} s 后${SIDE[by]}发出 ${how}${beforeQuit ? '' : '（此时浏览器已关闭）'}`,
    advertisedS === null ? '响应未通告超时' : `响应通告 Keep-Alive: timeout=${advertisedS}`,
    ...(rstBy === null ? [] : [`最后由${SIDE[rstBy]}发出 RST`]),
  ].join('，');

export const zhSectionFour: Pick<ClaimWords, 's41' | 's42' | 's43' | 's44'> & {
  claims: Pick<ClaimWords['claims'], 'S4.1' | 'S4.2' | 'S4.3' | 'S4.4'>;
} = {
  claims: {
    'S4.1': {
      title: 'Flask 的短连接',
      statement: 'Flask 的开发服务器使用 HTTP/1.1，却仍是短连接：每个请求都新建一条 TCP 连接，并由服务器关闭。',
      cause: 'WSGI 层（Werkzeug）默认返回 Connection: close',
      cure: '将连接设置为持久连接',
    },
    'S4.2': {
      title: '再次访问全部返回 304',
      statement: '访问 Node.js、Django 等服务器时，除 IE 以外的浏览器再次访问都只收到 304，没有数据传输。',
      cause: '浏览器缓存，借助 ETag 向服务器验证',
      cure: '在开发者工具中禁用缓存',
    },
    'S4.3': {
      title: '同时使用多条连接',
      statement: '浏览器同时使用多条 TCP 连接：HTML 与 CSS 走一条，音频与图片走另外的连接。',
      cause: 'HTTP/1.1 按顺序响应，前面的慢响应会阻塞后面的响应（队头阻塞），因此浏览器建立多条连接',
      cure: null,
    },
    'S4.4': {
      title: 'IIS 与 NGINX 看不到四次挥手',
      statement: '使用 IIS 与 NGINX 时，直到关闭浏览器才看到连接断开，而且是以 RST 断开。',
      cause: '响应头中既没有 Connection 也没有 Keep-Alive，因此连接没有任何时间限制',
      cure: '添加该响应头（在 IIS 上试过，“问题解决”）',
    },
  },
  s41: {
    flask: lives,
    headerOnly: (cell, life) => `只改响应头：${lives(cell, life)}`,
    persistent: (cell, life) => `同一应用，换成保持连接的服务器：${lives(cell, life)}`,
    notShort: ({ requests, connections, mostOnOne }) =>
      `${requests} 个请求共用 ${connections} 条连接，单条连接最多承载 ${mostOnOne} 个请求，并非短连接。`,
    headerNotVaried: '本应返回 keep-alive 的变体并没有返回它：响应头没有真正改变，无法检验它是不是原因。',
    needHeaderOnly: '响应带 Connection: keep-alive 的 flask-header-only。',
    notPersistent: '本应保持连接的变体没有保持连接，无法说明是什么决定连接的去留。',
    needPersistent: '能在一条连接上处理多个请求的 flask-persistent。',
    serverCloses: (headerOnly, persistent) =>
      `响应头只是“告知”。把 ${headerOnly.sayKeepAlive} 个响应全部改为 Connection: keep-alive 之后，每条连接仍然只承载一个请求便被关闭；而让服务器的连接处理代码保持连接时，一条连接最多承载了 ${persistent.mostOnOne} 个请求。关闭连接的是 Werkzeug 的服务器实现，而不是响应头的文字，所以只改响应头无济于事。`,
    headerIsCause: (headerOnly) => `只改响应头，一条连接就能承载 ${headerOnly.mostOnOne} 个请求：原因确实是响应头。`,
  },
  s42: {
    table: (rows) =>
      `再次输入网址：${KINDS.flatMap((kind) => {
        const those = rows.filter((row) => row.kind === kind);
        const each = those.map(({ id, files, asked, notModified }) => `${id}（${files} 个文件中请求 ${asked} 个，304 ${notModified} 个）`);
        return those.length > 0 ? [`${KIND[kind]}：${each.join('、')}`] : [];
      }).join('；')}。`,
    kinds: (rows) =>
      `Express 与 Django 合计，除 IE 外的各浏览器，按访问方式：${rows.map(({ visit, files, asked, notModified, sentAgain }) => `${VISIT[visit] ?? visit}：${files} 个文件中请求了 ${asked} 个，304 ${notModified} 个，重新传输 ${sentAgain} 个`).join('；')}。`,
    withoutEtag: (cell, { files, notModified }) =>
      `没有 ETag（只有 Last-Modified），${cell}：${files} 个文件中有 ${notModified} 个返回 304。`,
    withoutValidators: (cell, { files, sentAgain, notModified }) =>
      `没有任何验证字段，${cell}：304 ${notModified} 个，${files} 个文件中重新传输 ${sentAgain} 个。`,
    cacheOff: (cell, { files, sentAgain, notModified }) =>
      `禁用缓存，${cell}：304 ${notModified} 个，${files} 个文件中重新传输 ${sentAgain} 个。`,
    etagNotVaried: 'express-no-etag 的响应中仍有 ETag，无法检验 304 是否离不开 ETag。',
    needNoEtag: '响应中不含 ETag 的 express-no-etag。',
    validatorsNotVaried: 'node-http 的响应中含有验证字段，无法检验没有验证字段时的情形。',
    needNoValidators: '响应中不含 ETag 与 Last-Modified 的 node-http。',
    cacheNotOff: '禁用缓存后的请求没有带 Cache-Control: no-cache，报告的解决办法未得到检验。',
    needCacheOff: '在开发者工具中禁用缓存后的一次访问。',
    notEverything: (counts, noEtag, ieLike, ie, cure) =>
      `既不是“全部 304”，也不是 ETag 的功劳。在除 IE 外的 ${counts.all} 组服务器与浏览器的组合中，所有文件都返回 304 的只有 ${counts.all304} 组；有 ${counts.nothing} 组根本没有发出请求（只有 Last-Modified 而没有 Cache-Control 的副本，在其“年龄”的十分之一时间内视为新鲜，见 RFC 9111 §4.2.2），${counts.mixed} 组只有部分文件返回 304，${counts.data} 组没有 304，请求到的文件均完整传输。去掉 ETag 之后，仍有 ${noEtag.notModified} 个文件凭 Last-Modified 得到 304。${ie === 0 ? '' : `IE 11（模拟）在 ${ie} 组中有 ${ieLike} 组同样全部返回 304。`}${cure ? '报告的解决办法确实有效：禁用缓存之后不再出现 304。' : ''}`,
    anyValidator: ({ notModified }) =>
      `没有 ETag 也会出现 304（${notModified} 个文件，凭 Last-Modified）：只要有验证字段即可，不限于 ETag。`,
    etagIsCause: '所有文件都返回 304；去掉 ETag 后一个也没有。',
  },
  s43: {
    spread: (cell, files) => `${cell}：${files.map(({ file, stream }) => `${file} 在流 ${stream}`).join('，')}。`,
    waits: (six, one, waits) =>
      `从 HTML 传完算起，各文件的请求在六条连接（${six}）与一条连接（${one}）时分别发出于：${waits
        .map(
          ({ file, sixMs, oneMs, sixDoneMs, oneDoneMs }) =>
            `${file} ${ms(sixMs)} 与 ${ms(oneMs)}（最后一个字节 ${ms(sixDoneMs)} 与 ${ms(oneDoneMs)}）`,
        )
        .join('；')}。`,
    totals: (six, one, pipelined) =>
      `整个页面的最后一个字节：六条连接 ${ms(six)}，一条连接 ${ms(one)}。在前一个响应结束之前就发出的请求：${pipelined} 个。`,
    notOne: (connections) => `本应只用一条连接的客户端用了 ${connections} 条：连接数没有真正改变。`,
    needOne: '每台主机只建立一条连接的客户端（chromium-one-connection）。',
    notSlow: (took) => `没有足够慢的文件（最慢 ${ms(took)}），看不出排在它后面的等待。`,
    needSlow: '慢速链路：在独立的网络命名空间中运行场景 slow-link。',
    oneIsEnough: '所有文件都走同一条连接。',
    noWaiting: '只用一条连接时，也没有文件需要在慢文件后面等待，但浏览器仍然建立多条连接：原因另有其他。',
    blocked: (slow, took, held, last) =>
      `只用一条连接时，${held.map(({ file, oneMs, sixMs }) => `${file} 的请求晚发出 ${ms(oneMs - sixMs)}`).join('，')}，都要等前面的响应传完（最慢的 ${slow} 耗时 ${ms(took)}）；使用多条连接时，各请求互不等待。队列在浏览器一侧：前一个响应未结束，浏览器不会在同一连接上发出下一个请求（不使用流水线）。多条连接并不能加快链路，只是由各文件分享带宽：最后一个字节到达的时间，多条连接为 ${ms(last.six)}，一条连接为 ${ms(last.one)}。`,
  },
  s44: {
    endings: (rows) => `${rows.map((row) => `${row.id}：${ended(row)}`).join('。')}。`,
    lateFin: (cell, { idleS, by, rstBy, rstAnswers, answeredAfterS }, finWait2S) =>
      `${cell}，观察期满才关闭浏览器：空闲 ${idleS} s 后${by === null ? '双方均未发出 FIN' : `${SIDE[by]}发出 FIN`}；${
        rstBy === 'server' && rstAnswers !== null
          ? `浏览器一直没有回应，${rstAnswers === 'FIN' ? `直到${answeredAfterS === null ? '' : ` ${answeredAfterS} s 之后`}才发出自己的 FIN` : '随后发出的保活探测'}，得到的是服务器的 RST：服务器的内核在 FIN_WAIT_2 状态只停留 ${finWait2S} s。报告中看到的 RST 便可能由此而来。`
          : `${answeredAfterS === null ? '另一方没有发出 FIN' : `${answeredAfterS} s 后另一方发出 FIN`}，${rstBy === null ? '没有出现 RST' : `${SIDE[rstBy]}发出了 RST`}。`
      }`,
    nothingUsed: '没有任何连接承载过请求。',
    tooShort: (idleS) => `空闲 ${idleS} s 时连接仍未关闭：观察时间太短，无法判断。`,
    needWindow: (least) => `至少 ${least} s 的观察时间（使用默认的 95 s，不要加 --quick）。`,
    headerNotVaried: 'nginx-header-only 与 nginx 的 Keep-Alive 响应头没有差别，未能检验响应头的作用。',
    needHeaderOnly: '带 Keep-Alive: timeout=5 的 nginx-header-only，以及不带该响应头的 nginx。',
    timerNotVaried: 'nginx-timer-only 没有在无响应头的情况下于 5 s 左右关闭连接，未能检验定时器的作用。',
    needTimerOnly: '设置了 keepalive_timeout 5s 的 nginx-timer-only。',
    headerIsCause: (idleS) => `只加响应头，连接在 ${idleS} s 后断开：起限制作用的确实是响应头。`,
    neverCloses: (idleS) => `${idleS} s 之内没有任何一方断开连接，加上响应头也没有变化。`,
    timer: ({ nginx, headerOnly, obeying, obeyingBy, timerOnly, rstAnswers, saysKeepAlive }) =>
      [
        `限制连接的是定时器，与有没有响应头无关。NGINX 在空闲 ${nginx} s 后自行发出 FIN，在此之前就关闭浏览器，自然看不到。`,
        `只加响应头（timeout=5）时，Chromium 的连接仍维持 ${headerOnly} s；${obeyingBy === 'client' ? `遵守该响应头的 Firefox 则在 ${obeying} s 后主动断开` : `Firefox 的连接在 ${obeying} s 后由${sideOf(obeyingBy)}断开`}。`,
        `只改定时器、不加响应头时，NGINX 在 ${timerOnly} s 后发出 FIN。`,
        '可见响应头只是给客户端的建议，在 IIS 上“解决问题”的做法只对理会该响应头的客户端有效。',
        ...(saysKeepAlive ? ['另外，NGINX 的响应并非两个响应头都没有：其中带有 Connection: keep-alive。'] : []),
        ...(rstAnswers === null
          ? []
          : [
              `RST 出现在浏览器对服务器的 FIN 超过 60 s 没有回应的时候：此后浏览器再发送任何报文（此处为${rstAnswers === 'FIN' ? '关闭浏览器时的 FIN' : '保活探测'}），服务器一端的连接都已不复存在。`,
            ]),
      ].join(''),
  },
};
