import type { Command } from '../cli/command.ts';
import { commands } from '../cli/commands/index.ts';
import { dashed } from '../cli/flags.ts';
import type { Field, FieldTable } from '../common/field.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function row(field: Field): string {
  const value = field.default === undefined || String(field.default) === '' ? '' : `\`${field.default}\``;
  return `| \`${dashed(field)}\` | ${field.kind === 'bool' ? '' : value} | ${cell(field.doc)} |`;
}

const table = (fields: FieldTable): readonly string[] => [
  '| flag | default | meaning |',
  '| --- | --- | --- |',
  ...Object.values(fields)
    .filter(({ flag, doc }) => flag && doc)
    .map(row),
];

async function section([name, { usage, summary, load }]: readonly [string, Command]): Promise<string> {
  const { fields } = await load();
  const head = [`## ${name}`, '', summary, '', '```', `imagetx ${name} ${usage}`, '```'];
  return [...head, ...(fields ? ['', ...table(fields)] : [])].join('\n');
}

const about = `In a checkout: \`node_modules/.bin/node cli/main.ts COMMAND ...\`. While a local cloud runs (\`npm start\`), commands use it. They use Google Cloud when you ask for it: by \`--project\`, or by a \`gs://\` URL of a bucket that is not local. There they use application default credentials. Settings without a flag come from the running Fan if they are Fan’s, else from the environment, under the names that the services have ([configuration](configuration.md)).

Exit codes: 0 when all is done, 1 when an output has failed or the work could not be done, 2 for a wrong call. In a pipe, \`put\` and \`retry\` write one URL per line, \`status\` one line per output (state, name, URL or reason, separated by tabs); reasons of failures go to standard error. \`--json\` prints one object per output:

\`\`\`json
{"name":"one.svg","state":"failed","url":null,"bytes":null,"error":"Image resolution is too big: 90.0 megapixels, the limit is 50"}
\`\`\`

States are \`waiting\`, \`done\` and \`failed\`. An object without outputs, because it does not exist or asks for none, is a failure under its own URL.`;

/** The page about the command line: every command's table of flags. */
export async function commandsPage(): Promise<string> {
  const sections: string[] = [];
  for (const entry of Object.entries(commands)) sections.push(await section(entry));
  return `${['# The imagetx command', about, ...sections].join('\n\n')}\n`;
}
