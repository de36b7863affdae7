import { formatOf, stemOf } from '../kit/formats.ts';
import type { Access } from '../request/access.ts';
import { type Plan, planOf, targetOf } from '../request/plan.ts';
import { addressOfPlan, type Input } from '../request/send.ts';
import type { Picture } from '../source/picture.ts';
import { givenParams, type State, type Step } from '../state/model.ts';
import { data } from '../state/page_data.ts';

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

const widths = [320, 640, 960, 1280, 1920];

/** The last step with another width: its height follows. */
function atWidth(steps: readonly Step[], width: number): readonly Step[] {
  const last = steps.at(-1);
  if (last === undefined) return [{ id: 0, operation: 'resize', params: { width: String(width) } }];
  const ratio = Number(last.params.height) / Number(last.params.width);
  const height = ratio > 0 ? { height: String(Math.round(width * ratio)) } : {};
  return [
    ...steps.slice(0, -1),
    { ...last, params: { ...givenParams(last.params), width: String(width), ...height } },
  ];
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** `<picture>` in the formats that browsers take, best first, in several widths. */
async function html(job: Job, width: number): Promise<Snippet> {
  const { state, picture } = job;
  const shown = [...widths.filter((one) => one < width), width];
  const plan = (type: string, one: number): Plan =>
    planOf({ ...state, steps: atWidth(state.steps, one), output: { ...state.output, type } }, type);
  const set = async (type: string): Promise<string> => {
    const all = shown.map(async (one) => `${await urlOf(plan(type, one), job)} ${one}w`);
    return escapeHtml((await Promise.all(all)).join(',\n            '));
  };
  const source = async (type: string): Promise<string> =>
    `  <source type="image/${type}" sizes="100vw"\n    srcset="${await set(type)}">`;
  const sources = await Promise.all(['avif', 'webp'].map(source));
  const fallback = escapeHtml(await urlOf(plan('jpeg', width), job));
  const lines = [
    '<picture>',
    ...sources,
    `  <img src="${fallback}" alt="" width="${width}" loading="lazy">`,
    '</picture>',
  ];
  const note = urlNote(picture);
  return { name: 'HTML', text: lines.join('\n'), ...(note ? { note } : {}) };
}

async function url(job: Job): Promise<Snippet> {
  const note = urlNote(job.picture);
  return { name: 'URL', text: await urlOf(job.plan, job), ...(note ? { note } : {}) };
}

/** The request as a script makes it. */
function code({ plan, picture }: Job): Snippet {
  const target = origin() + targetOf(data.prefix, plan);
  const key = data.needs.key ? `, headers: { 'API-Key': key }` : '';
  const text = isStored(picture)
    ? ''
    : `const response = await fetch(\n  '${target}',\n  { method: 'POST', body: file${key} },\n);\nconst picture = await response.blob();`;
  return { name: 'JavaScript', text };
}

/** Everything that can be taken away for a job. `width`: of the result. */
export const snippetsOf = async (job: Job, width: number): Promise<readonly Snippet[]> =>
  (await Promise.all([url(job), curl(job), html(job, width), code(job)])).filter(({ text }) => text !== '');
