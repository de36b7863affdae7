import fc from 'fast-check';

/** What goes over one connection. */
export interface Exchange {
  /** Written one after the other. */
  readonly pieces: readonly Buffer[];
  /** How many answers there must be; undefined where the bytes are no whole, right requests. */
  readonly answers: number | undefined;
}

const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');
const crlf = Buffer.from('\r\n');
const line = (text: string): Buffer => Buffer.from(`${text}\r\n`, 'latin1');

/** Content-Disposition of parts: with names, without, and with what no client should send. */
const dispositions = [
  'form-data; name="image"; filename="x.gif"',
  'form-data; name=image; filename=x.gif',
  'form-data; filename="x.gif"',
  'form-data; name=""; filename=""',
  'form-data',
  'form-data; name="format"',
  'form-data; name="x',
  'attachment; name="__proto__"',
];

const part = fc.record({
  disposition: fc.constantFrom(...dispositions),
  body: fc.constantFrom(gif, Buffer.from('jpg'), Buffer.alloc(0), Buffer.from('\r\n--b\r\n--')),
});

const form = fc
  .record({
    parts: fc.array(part, { maxLength: 3 }),
    ends: fc.constantFrom('--bnd--\r\n', '--bnd--', '--bnd', ''),
  })
  .map(({ parts, ends }) => ({
    type: 'multipart/form-data; boundary=bnd',
    body: Buffer.concat([
      ...parts.flatMap(({ disposition, body }) => [
        line('--bnd'),
        line(`Content-Disposition: ${disposition}`),
        crlf,
        body,
        crlf,
      ]),
      Buffer.from(ends),
    ]),
  }));

/** A form that the inline door takes. */
const goodForm = fc.constant({
  type: 'multipart/form-data; boundary="bnd"',
  body: Buffer.concat([
    line('--bnd'),
    line('content-disposition: form-data; name="format"'),
    crlf,
    line('png'),
    line('--bnd'),
    line('Content-Disposition: form-data; name="image"; filename="x.gif"'),
    crlf,
    gif,
    line('\r\n--bnd--'),
  ]),
});
const picture = fc.constantFrom(gif, Buffer.alloc(0)).map((body) => ({ type: 'image/gif', body }));

/** Text in the same letters, upper or lower. */
const cased = (text: string, upper: number): string =>
  [...text].map((char, at) => ((upper >> (at % 31)) & 1 ? char.toUpperCase() : char.toLowerCase())).join('');

type Sent = readonly [headers: readonly string[], body: Buffer, isRight: boolean];

const chunk = (data: Buffer, extension: string): Buffer =>
  Buffer.concat([line(`${data.length.toString(16)}${extension}`), data, crlf]);
const extensions = ['', ';a', ';a=b', ';a="b c"', ' ;a = b', ';\u00e9'];

type Frame = (body: Buffer) => Sent;

function inChunks(size: number, extension: string): Frame {
  return (body) => {
    const starts = Array.from({ length: Math.ceil(body.length / size) }, (_, index) => index * size);
    const chunks = starts.map((at) => chunk(body.subarray(at, at + size), extension));
    const isRight = /^(;[a-z=" ]+)?$/.test(extension);
    return [['Transfer-Encoding: chunked'], Buffer.concat([...chunks, line('0'), crlf]), isRight];
  };
}

const endedBy =
  (end: string): Frame =>
  (body) => [['Transfer-Encoding: chunked'], Buffer.concat([chunk(body, ''), Buffer.from(end)]), false];

const wrongBy =
  (bytes: number): Frame =>
  (body) => [[`Content-Length: ${Math.max(0, body.length + bytes)}`], body, false];

const saying =
  (headers: readonly string[]): Frame =>
  (body) => [headers, body, false];

const wrongFrames = [
  ...['0', '0\r\n', '0\r\nX: y\r\n', 'zz\r\n\r\n', '-1\r\n\r\n', 'fffffffffffffffff\r\n'].map(endedBy),
  ...[-3, 1, 900, 1e9, 1e300].map(wrongBy),
  ...[
    ['Content-Length: 5', 'Content-Length: 6'],
    ['Content-Length: 5', 'Transfer-Encoding: chunked'],
    ['Content-Length: five'],
    ['Transfer-Encoding: gzip'],
    ['Transfer-Encoding : chunked'],
    [],
  ].map(saying),
];

/** Ways to say how long a body is. */
const framing: fc.Arbitrary<Frame> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constant((body: Buffer): Sent => [[`Content-Length: ${body.length}`], body, true]),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 97 }), fc.constantFrom(...extensions))
      .map(([size, extension]) => inChunks(size, extension)),
  },
  { weight: 1, arbitrary: fc.constantFrom(...wrongFrames) },
);

/** A header more, and whether it may be sent. */
const extra = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .constantFrom([], ['X-Empty:'], ['X-Tab:\tb\t'], [`X-Long: ${'l'.repeat(20_000)}`])
      .map((headers) => [headers, true] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(['X-Folded: a\r\n b\r\n\tc'], ['No colon'], ['X-Null: a\0b'], ['Expect: x'])
      .map((headers) => [headers, false] as const),
  },
);

const paths = [
  '/resize?width=9&type=png',
  '/convert',
  '/convert?type=png',
  '/info',
  '/nowhere',
  '/resize?width=x',
];

/** One request: its bytes, and whether they are right. */
const request = fc
  .record({
    path: fc.constantFrom(...paths),
    content: fc.oneof(picture, form, goodForm),
    frame: framing,
    more: extra,
    upper: fc.nat(),
  })
  .map(({ path, content, frame, more: [headers, isPlain], upper }) => {
    const [lengths, body, isRight] = frame(content.body);
    const all = ['Host: x', `Content-Type: ${content.type}`, ...lengths, ...headers].map((header) => {
      const colon = Math.max(0, header.indexOf(':'));
      return cased(header.slice(0, colon), upper) + header.slice(colon);
    });
    const head = [`POST ${path} HTTP/1.1`, ...all].map(line);
    return { bytes: Buffer.concat([...head, crlf, body]), isRight: isRight && isPlain };
  });

function cutAt(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const ends = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

/** Up to three requests in a row, cut anywhere. */
export const exchange: fc.Arbitrary<Exchange> = fc
  .record({
    requests: fc.array(request, { minLength: 1, maxLength: 3 }),
    cuts: fc.array(fc.nat(), { maxLength: 12 }),
  })
  .map(({ requests, cuts }) => ({
    pieces: cutAt(Buffer.concat(requests.map(({ bytes }) => bytes)), cuts),
    answers: requests.every(({ isRight }) => isRight) ? requests.length : undefined,
  }));
