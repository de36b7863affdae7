import { expectation, type Field, type FieldTable } from '../common/fields/field.ts';
import { fanFields } from '../convert_batch/gcf/config.ts';
import { converterFields } from '../convert_batch/run/config.ts';
import { streamFields } from '../convert_stream/settings/config.ts';

interface Program {
  readonly title: string;
  readonly about: string;
  readonly fields: FieldTable;
}

/** Every program of ours that reads settings. */
const programs: readonly Program[] = [
  {
    title: 'Inline and on-the-fly service',
    about: 'Entry `convert_stream/main.ts`, Cloud Run service `imagetx`.',
    fields: streamFields,
  },
  {
    title: 'Fan',
    about: 'Entry `convert_batch/gcf/index.ts`, Cloud Run function `fan`: turns uploads into tasks.',
    fields: fanFields,
  },
  {
    title: 'Converter',
    about: 'Entry `convert_batch/run/main.ts`, Cloud Run service `imagebatch`: works on tasks.',
    fields: converterFields,
  },
];

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function defaultOf({ default: value, required, secret }: Field): string {
  if (required) return 'required';
  if (secret || value === undefined) return '';
  const text = String(value);
  return text === '' ? 'empty' : `\`${text}\``;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function row([name, field]: readonly [string, Field]): string {
  const example = field.example === undefined ? '' : ` Example: \`${field.example}\`.`;
  const flag = field.flag === undefined ? '' : ` Flag: \`-${field.flag}\`.`;
  const cells = [
    `\`${name}\``,
    capital(expectation(field)),
    defaultOf(field),
    `${field.doc}${example}${flag}`,
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

const section = ({ title, about, fields }: Program): string =>
  [
    `## ${title}`,
    '',
    about,
    '',
    '| setting | takes | default | meaning |',
    '| --- | --- | --- | --- |',
    ...Object.entries(fields).map(row),
  ].join('\n');

/** The page about settings: every program's table. */
export const configurationPage = (): string =>
  `${[
    '# Configuration',
    'Settings are environment variables. At the start a program reports all wrong settings at once, each by name with the expected value. An empty variable counts as absent. Keys and tokens appear in no log and no message.',
    ...programs.map(section),
  ].join('\n\n')}\n`;
