import sharp from 'sharp';

export interface Expected {
  readonly status?: number;
  readonly type?: string;
  readonly width?: number;
  readonly height?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly headersPresent?: readonly string[];
  readonly headersAbsent?: readonly string[];
  readonly bodyIncludes?: string | readonly string[];
  readonly bodyExcludes?: string | readonly string[];
  readonly emptyBody?: boolean;
  readonly jsonFields?: Readonly<Record<string, unknown>>;
  readonly pixels?: readonly {
    readonly x: number;
    readonly y: number;
    readonly rgb: readonly number[];
    readonly tol: number;
  }[];
  readonly image?: Readonly<Record<string, unknown>>;
  readonly sameBytesAs?: string;
  readonly smallerThan?: string;
  readonly exit?: number;
  readonly stdoutMatches?: string;
  readonly stdoutEmpty?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** What the server had logged when it was done. */
  readonly out: string;
}

/** Facts of a picture in libvips' words. */
async function factsOf(bytes: Buffer) {
  const meta = await sharp(bytes, { failOn: 'none' }).metadata();
  return {
    type: `image/${meta.format === 'svg' ? 'svg+xml' : meta.format === 'heif' ? 'avif' : meta.format}`,
    width: meta.width,
    height: meta.height,
    channels: meta.channels,
    space: meta.space,
    depth: meta.depth,
    orientation: meta.orientation ?? null,
    progressive: meta.isProgressive ?? false,
    palette: meta.isPalette === true,
    hasProfile: meta.hasProfile,
    hasExif: Boolean(meta.exif),
  };
}

async function pixelFaults(bytes: Buffer, pixels: NonNullable<Expected['pixels']>): Promise<string[]> {
  const { data, info } = await sharp(bytes, { failOn: 'none' }).raw().toBuffer({ resolveWithObject: true });
  return pixels.flatMap(({ x, y, rgb, tol }) => {
    const at = (y * info.width + x) * info.channels;
    const got = [...data.subarray(at, at + info.channels)];
    const isNear = rgb.every((value, i) => Math.abs(value - (got[i] ?? (i === 3 ? 255 : 0))) <= tol);
    return isNear ? [] : [`pixel ${x},${y} is ${got}, not ${rgb}`];
  });
}

const isPicture = ({ type, width, height, pixels, image }: Expected): boolean =>
  Boolean(width || height || pixels || image || type?.startsWith('image/')) && !type?.includes('json');

async function pictureFaults({ body }: Answer, want: Expected): Promise<string[]> {
  const facts: Readonly<Record<string, unknown>> = await factsOf(body);
  const { type, width, height, image = {}, pixels = [] } = want;
  const wanted = {
    ...(type ? { type } : {}),
    ...(width ? { width } : {}),
    ...(height ? { height } : {}),
    ...image,
  };
  const wrong = Object.entries(wanted).filter(([fact, value]) => facts[fact] !== value);
  return [
    ...wrong.map(([fact, value]) => `${fact} is ${facts[fact]}, not ${value}`),
    ...(await pixelFaults(body, pixels)),
  ];
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function textFaults({ body, out }: Answer, want: Expected): string[] {
  const text = body.toString();
  const json = want.jsonFields ? JSON.parse(text) : {};
  return [
    ...[want.bodyIncludes ?? []]
      .flat()
      .filter((part) => !text.includes(part))
      .map((part) => `lacks ${part}`),
    ...[want.bodyExcludes ?? []]
      .flat()
      .filter((part) => text.includes(part))
      .map((part) => `has ${part}`),
    ...Object.entries(want.jsonFields ?? {})
      .filter(([key, value]) => !same(json[key], value))
      .map(([key, value]) => `${key} is ${JSON.stringify(json[key])}, not ${JSON.stringify(value)}`),
    ...(want.emptyBody && body.length > 0 ? ['the body is not empty'] : []),
    ...(want.stdoutMatches && !new RegExp(want.stdoutMatches).test(out) ? [`the log is ${out}`] : []),
    ...(want.stdoutEmpty && out ? [`the log is ${out}`] : []),
  ];
}

function headFaults({ status, headers }: Answer, want: Expected): string[] {
  const wanted = { ...want.headers, ...(want.type ? { 'content-type': want.type } : {}) };
  return [
    ...(want.status !== undefined && status !== want.status
      ? [`status is ${status}, not ${want.status}`]
      : []),
    ...Object.entries(wanted)
      .filter(([name, value]) => headers[name.toLowerCase()] !== value)
      .map(([name, value]) => `${name} is ${headers[name.toLowerCase()]}, not ${value}`),
    ...(want.headersPresent ?? [])
      .filter((name) => headers[name.toLowerCase()] === undefined)
      .map((name) => `no ${name}`),
    ...(want.headersAbsent ?? [])
      .filter((name) => headers[name.toLowerCase()] !== undefined)
      .map((name) => `has ${name}`),
  ];
}

/** What is wrong with an answer, in sentences; `seen` are the bodies of earlier cases. */
export async function faultsOf(
  answer: Answer,
  want: Expected,
  seen: ReadonlyMap<string, Buffer>,
): Promise<string[]> {
  const head = headFaults(answer, want);
  const { sameBytesAs = '', smallerThan = '' } = want;
  const twin = seen.get(sameBytesAs);
  const larger = seen.get(smallerThan);
  return [
    ...head,
    ...textFaults(answer, want),
    ...(head.length === 0 && isPicture(want) && answer.body.length > 0
      ? await pictureFaults(answer, want)
      : []),
    ...(twin && !twin.equals(answer.body) ? [`differs from ${sameBytesAs}`] : []),
    ...(larger && larger.length <= answer.body.length ? [`is not smaller than ${smallerThan}`] : []),
  ];
}
