import type { Command } from '../cli/command.ts';
import { commands } from '../cli/commands/index.ts';
import { dashed } from '../cli/flags.ts';
import type { Field, FieldTable } from '../common/fields/field.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function row(field: Field, isGo: boolean): string {
  const value = field.default === undefined || String(field.default) === '' ? '' : `\`${field.default}\``;
  return `| \`${dashed(field, isGo)}\` | ${field.kind === 'bool' ? '' : value} | ${cell(field.doc)} |`;
}

const table = (fields: FieldTable, isGo: boolean): readonly string[] => [
  '| flag | default | meaning |',
  '| --- | --- | --- |',
  ...Object.values(fields)
    .filter(({ flag, doc }) => flag && doc)
    .map((field) => row(field, isGo)),
];

async function section([name, command]: readonly [string, Command]): Promise<string> {
  const { usage, summary, about: more, examples = [], load, isServer = false } = command;
  const { fields } = await load();
  const calls = [usage, ...examples].map((args) => `imagetx ${name} ${args}`);
  const head = [`## ${name}`, '', summary, ...(more ? ['', more] : []), '', '```', ...calls, '```'];
  return [...head, ...(fields ? ['', ...table(fields, isServer)] : [])].join('\n');
}

const about = `Installed from npm: \`npx imagetx COMMAND ...\`; in a checkout: \`node_modules/.bin/node cli/main.ts COMMAND ...\`. \`imagetx help COMMAND\` explains a command, \`imagetx completion bash\` (or \`zsh\`, \`fish\`) prints completion for a shell.

\`convert\`, \`serve\`, \`sign\` and \`health\` need no cloud. The other commands work on the running local cloud (\`npm start\`). They work on Google Cloud only with \`--project\`, or with a \`gs://\` URL of a bucket that is not local. On Google Cloud they use application default credentials. Settings without a flag come from the running Fan if they are Fan’s, else from the environment variables of the services ([configuration](configuration.md)).

Exit codes: 0 for success, 1 if an output failed or the command could not do its work, 2 for a wrong call. In a pipe, \`put\` and \`retry\` print one URL per line and reasons of failures on standard error; \`status\` prints one line per output with state, name, and URL or reason, separated by tabs. \`--json\` prints one object per output:

\`\`\`json
{"name":"one.svg","state":"failed","url":null,"bytes":null,"error":"image: expected at most 50 megapixels, got 90.0"}
\`\`\`

States are \`waiting\`, \`done\` and \`failed\`. An object without outputs, because it does not exist or Fan ignores it, is reported as failed under its own URL.`;

/** The page about the command line: the flags of every command. */
export async function commandsPage(): Promise<string> {
  const sections: string[] = [];
  for (const entry of Object.entries(commands)) sections.push(await section(entry));
  return `${['# The imagetx command', about, ...sections].join('\n\n')}\n`;
}
