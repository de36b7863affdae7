import { beforeAll, expect, test } from '@jest/globals';
import { conversionFor } from '../../convert_batch/conversion.ts';
import { aliases, resolveAliases } from '../../engine/aliases.ts';
import { params } from '../../engine/params.ts';
import { jpeg, quad } from '../engine/support/pictures.ts';
import { post as postForm, startTestService, type TestService } from '../inline/setup.ts';
import { closeAtEnd, post, type Server, sizeOf, startServer } from './setup.ts';

let server: Server;
let service: TestService;
let picture: Buffer;
beforeAll(async () => {
  server = await startServer();
  service = closeAtEnd(await startTestService());
  picture = await jpeg(quad(80, 60));
});

/** Requests in words of other services, and the same in ours. */
const rows: readonly (readonly [theirs: string, ours: string])[] = [
  ['w=40', 'width=40'],
  ['h=30&q=50', 'height=30&quality=50'],
  ['blur=2', 'sigma=2'],
  ['sharp=1', 'sharpen=1'],
  ['gam=2', 'gamma=2'],
  ['sat=0.2', 'saturation=0.2'],
  ['con=50', 'contrast=1.5'],
  ['bri=-30', 'brightness=0.7'],
  ['mod=1.3,0.5,40', 'brightness=1.3&saturation=0.5&hue=40'],
  ['modulate=1.3_0.5', 'brightness=1.3&saturation=0.5'],
  ['filt=greyscale', 'greyscale=true'],
  ['filt=sepia', 'sepia=true'],
  ['filt=negate', 'negate=true'],
  ['filt=duotone&start=102030&stop=fedcba', 'duotone=102030,fedcba'],
  ['mask=circle&bg=ff0000', 'radius=max&background=%23ff0000'],
  ['w=20&h=20&fit=cover&a=focal&fpx=1&fpy=0', 'width=20&height=20&fit=cover&focus=1:0'],
  ['w=20&h=20&fit=cover&a=top', 'width=20&height=20&fit=cover&gravity=north'],
  ['w=20&h=20&fit=cover&a=bottom-right', 'width=20&height=20&fit=cover&focus=1:1'],
  ['w=20&h=30&fit=contain&cbg=red', 'width=20&height=30&fit=contain&background=red&extend=background'],
  ['w=200&we', 'width=200&withoutenlargement=true'],
  ['ro=90', 'rotate=90'],
  ['pd=4:8', 'padding=4,8'],
  ['min-width=120', 'minwidth=120'],
  ['px=5', 'pixelate=5'],
  ['normalize=true', 'normalise=true'],
  ['grayscale=true', 'greyscale=true'],
  ['invert=true', 'negate=true'],
  ['border-radius=9', 'radius=9'],
];

test.each(rows)('%s is %s on the fly', async (theirs, ours) => {
  const answers = await Promise.all(
    [theirs, ours].map((query) => post(server.url, `/convert?type=png&${query}`, picture)),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  const [first, second] = answers.map(({ body }) => body);
  expect(first?.equals(second ?? Buffer.alloc(0))).toBe(true);
});

test.each(rows.slice(0, 8))(
  '%s is %s in a pipeline, in a form and in the metadata of an object',
  async (theirs, ours) => {
    const queries = [theirs, ours].map((query) => Object.fromEntries(new URLSearchParams(query)));
    const piped = queries.map((params) =>
      post(
        server.url,
        `/pipeline?operations=${encodeURIComponent(JSON.stringify([{ operation: 'convert', params: { type: 'png', ...params } }]))}`,
        picture,
      ),
    );
    const sent = queries.map(async (fields, index) => {
      const answer = await postForm(
        service.convertUrl,
        {
          name: `alias/${theirs}-${index}`,
          format: 'png',
          ...fields,
          image: { data: picture, name: 'a.jpg' },
        },
        { accept: 'application/json' },
      );
      expect(answer.status).toBe(200);
      return await service.store.read({ bucket: service.bucket, name: `alias/${theirs}-${index}.png` });
    });
    for (const pair of [(await Promise.all(piped)).map(({ body }) => body), await Promise.all(sent)])
      expect(pair[0]?.equals(pair[1] ?? Buffer.alloc(0))).toBe(true);
    const [one, other] = [theirs, ours].map((params) => conversionFor({ format: 'png', params, fault: '' }));
    expect(one).toEqual(other);
  },
);

test.each(['bri=-101', 'bri=150', 'con=-150', 'con=0x10', 'bri=abc'])(
  '%s is refused: it is no percentage from -100 to 100',
  async (query) => {
    expect((await post(server.url, `/convert?type=png&${query}`, picture)).status).toBe(400);
  },
);

test('a name of ours wins over an alias of it, whichever comes first', () => {
  for (const query of ['w=9&width=5', 'width=5&w=9'])
    expect([...resolveAliases(new URLSearchParams(query))]).toEqual([['width', '5']]);
});

test.each([
  ['fm=jpg', 'jpeg'],
  ['output=JPG', 'jpeg'],
  ['fm=tif', 'tiff'],
  ['output=png', 'png'],
])('%s asks for %s', async (query, format) => {
  expect(await sizeOf(await post(server.url, `/resize?width=40&${query}`, picture))).toMatchObject({
    format,
  });
});

test('of several aliases of one name the same one wins, whichever comes first', () => {
  for (const query of ['bri=50&mod=0.2,1', 'mod=0.2,1&bri=50'])
    expect(Object.fromEntries(resolveAliases(new URLSearchParams(query)))).toEqual({
      brightness: '0.2',
      saturation: '1',
    });
});

test('no alias is a parameter of ours, and each that renames names one', () => {
  for (const [name, alias] of Object.entries(aliases)) {
    expect([name, Object.hasOwn(params, name)]).toEqual([name, false]);
    if (typeof alias === 'string') expect(Object.keys(params)).toContain(alias);
  }
});

test('what follows an address that is not escaped changes nothing, unless Imaginary reads it', async () => {
  const plain = await post(server.url, '/resize?width=40', picture);
  const stray =
    '/resize?width=40&url=https://images.example/a.jpg?ixid=1&w=9&q=3&dpr=2&fit=max&sat=-100&tint=x';
  expect((await post(server.url, stray, picture)).body.equals(plain.body)).toBe(true);
  const escaped = '/resize?width=40&url=https%3A%2F%2Fimages.example%2Fa.jpg%3Fixid%3D1&dpr=2';
  const dense = await post(server.url, '/resize?width=80', picture);
  expect((await post(server.url, escaped, picture)).body.equals(dense.body)).toBe(true);
});
