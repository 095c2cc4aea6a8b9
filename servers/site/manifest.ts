/** One file of the site. `type` is its media type without parameters; servers differ in what they call it. */
export interface SiteFile {
  name: string;
  type: string;
  bytes: number;
  /** Last modification, ISO 8601, whole seconds: git keeps no times, `stageSite` sets them. */
  modified: string;
  sha256: string;
}

/** Every file that every server serves, byte for byte. Written by `generate/index.ts`. */
export const manifest: readonly SiteFile[] = [
  { name: 'index.html', type: 'text/html', bytes: 1637, modified: '2024-03-04T09:15:00Z', sha256: '17e55267b48c6f71334300220ada1327a4a2f591f4638465e2d4957eb43d663b' },
  { name: 'style.css', type: 'text/css', bytes: 2282, modified: '2024-03-04T09:00:00Z', sha256: 'ad5f7031749464fdfa4658ce656365818623c0e070b9d4e796b4ef6f7decf0ff' },
  { name: 'logo.png', type: 'image/png', bytes: 41048, modified: '2024-02-28T16:40:00Z', sha256: '3353824c6ebea4fcd5bdab6e0fac8386080bd40f6ad85b0db89ceed9bcf0cc89' },
  { name: 'audio.wav', type: 'audio/wav', bytes: 485144, modified: '2024-02-28T17:05:00Z', sha256: '5b11a3f5f61cbd2a883df796a1de69eac091406e261dde37c11d7093a665565f' },
  { name: 'cards.html', type: 'text/html', bytes: 1607, modified: '2024-03-05T11:30:00Z', sha256: 'cda298dbedbddb80821524e4dfd0115ad3d6558dca7dbd5c768853a76487b374' },
  { name: 'cards.js', type: 'text/javascript', bytes: 400, modified: '2024-03-05T11:20:00Z', sha256: '1662b422d850ee86de299f00c7a2a7041fee487693e5f1cd3d4bc24e638431bc' },
  { name: 'card-1.png', type: 'image/png', bytes: 39408, modified: '2024-03-01T10:01:00Z', sha256: '53605d995346b33788a987f40cc6fc69e9db536a5f03cd8e19424edbfc5297af' },
  { name: 'card-2.png', type: 'image/png', bytes: 39408, modified: '2024-03-01T10:02:00Z', sha256: '09964d79e94b7b612a2457d8fe18348281b2a2465aa41f37e9e195e1ae61448d' },
  { name: 'card-3.png', type: 'image/png', bytes: 39408, modified: '2024-03-01T10:03:00Z', sha256: '994ae9a73030f6cecaaf0d18ac132c636b412fca5f95d37fea123355ddcba32b' },
  { name: 'card-4.png', type: 'image/png', bytes: 39408, modified: '2024-03-01T10:04:00Z', sha256: '8074217472abca24632915be5a34496e02c1eaab8fe660df4291ba018e015104' },
  { name: 'card-5.png', type: 'image/png', bytes: 39408, modified: '2024-03-01T10:05:00Z', sha256: '1a54afc274ab52250ab40397d5844d7e7ed6b97654e306429554dca0b515ca76' },
  { name: 'card-6.png', type: 'image/png', bytes: 39408, modified: '2024-03-01T10:06:00Z', sha256: '853b3339854832aba02e5aaa9d97f8cff2cbc9cdab461f18c3f8760ab06bdc38' },
];
