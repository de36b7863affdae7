import { attributesOf, srcsetOf } from '../../../client/html.ts';
import { formatOf, stemOf } from '../kit/formats.ts';
import type { Access } from '../request/access.ts';
import { type Plan, planOf } from '../request/plan.ts';
import { addressOfPlan, type Input } from '../request/send.ts';
import type { Picture } from '../source/picture.ts';
import type { Size } from '../source/shown.ts';
import type { State } from '../state/model.ts';
import { data } from '../state/page_data.ts';
import { clientCode } from './client_code.ts';
import { atWidths } from './widths.ts';

/** Texts to take away, by name. */
export interface Snippet {
  readonly name: string;
  readonly text: string;
  /** What to know before using it. */
  readonly note?: string;
}

export interface Job {
  readonly state: State;
  readonly plan: Plan;
  readonly picture: Picture;
  readonly access: Access;
  /** Media type of the result, once there is one. */
  readonly type: string;
}

const origin = (): string => location.origin;

/** A picture of the user stands under its name where the service could read it from. */
function inputFor({ input, fileName }: Picture): Exclude<Input, { body: Blob }> {
  if (!('body' in input)) return input;
  return data.sources.url && !data.sources.file
    ? { url: `https://example.org/${fileName}` }
    : { file: fileName };
}

const isStored = ({ input }: Picture): boolean => !('body' in input);

const urlOf = async (plan: Plan, { picture, access }: Job): Promise<string> =>
  origin() + (await addressOfPlan(plan, inputFor(picture), access));

const urlNote = (picture: Picture): string | undefined => {
  if (isStored(picture)) return undefined;
  const { file, url } = data.sources;
  if (file || url) return `Works where ${picture.fileName} is among the pictures that the service reads.`;
  return 'This service opens no pictures by GET; start it with -mount DIR or -enable-url-source, or POST the picture.';
};

const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The command: the picture goes as the body, under its own name. */
async function curl(job: Job): Promise<Snippet> {
  const { picture, plan, type, access } = job;
  const output = `${stemOf(picture.fileName)}-${job.state.steps.at(-1)?.operation ?? 'converted'}.${formatOf(type).extension}`;
  const key = data.needs.key ? ` -H "API-Key: $IMAGETX_KEY"` : '';
  const body = isStored(picture) ? '' : ` --data-binary @${shell(picture.fileName)}`;
  const input = isStored(picture) ? picture.input : { body: new Blob() };
  const url = origin() + (await addressOfPlan(plan, input, access));
  return { name: 'curl', text: `curl -f${key}${body} -o ${shell(output)} \\\n  ${shell(url)}` };
}

/** `<picture>` in the formats that browsers take, best first, in several widths. */
async function html(job: Job, size: Size): Promise<Snippet> {
  const { state, picture } = job;
  const all = atWidths(state, size);
  const urlAs = (type: string, work: State): Promise<string> =>
    urlOf(planOf({ ...work, output: { ...work.output, type } }, type), job);
  const source = async (type: string): Promise<string> => {
    const urls = await Promise.all(all.map(({ work }) => urlAs(type, work)));
    const srcset = srcsetOf(
      urls,
      all.map(({ width }) => width),
    );
    return `  <source${attributesOf({ type: `image/${type}`, sizes: '100vw', srcset })}>`;
  };
  const imageOf = (src: string): string => `<img${attributesOf({ src, alt: '', ...size, loading: 'lazy' })}>`;
  const note = urlNote(picture);
  const snippet = (text: string): Snippet => ({ name: 'HTML', text, ...(note ? { note } : {}) });
  // A service that takes nothing but presets takes no other type.
  if (data.onlyPresets) return snippet(imageOf(await urlOf(job.plan, job)));
  const sources = await Promise.all(['avif', 'webp'].map(source));
  const lines = ['<picture>', ...sources, `  ${imageOf(await urlAs('jpeg', state))}`, '</picture>'];
  return snippet(lines.join('\n'));
}

async function url(job: Job): Promise<Snippet> {
  const note = urlNote(job.picture);
  return { name: 'URL', text: await urlOf(job.plan, job), ...(note ? { note } : {}) };
}

function client({ state, plan, picture }: Job): readonly Snippet[] {
  const text = clientCode(state, plan, picture);
  return text === undefined ? [] : [{ name: 'Client', text }];
}

/** Everything that can be taken away for a job. `size`: of the result. */
export const snippetsOf = async (job: Job, size: Size): Promise<readonly Snippet[]> => [
  ...(await Promise.all([url(job), curl(job), html(job, size)])),
  ...client(job),
];
