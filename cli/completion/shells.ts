import type { CompletedCommand, CompletedFlag } from './commands.ts';

type Script = (commands: readonly CompletedCommand[]) => string;

/** A text in single quotes of bash and zsh; fish has other escapes. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const fishQuoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const words = (list: readonly string[]): string => quoted(list.join(' '));

/** The cases of bash for one command: the values of a flag, else its flags, else files. */
function bashCase({ name, flags }: CompletedCommand): string {
  const values = flags
    .filter((flag) => flag.values.length > 0)
    .map((flag) => `      ${flag.name}) choose ${words(flag.values)}; return ;;`);
  return [
    `    ${name})`,
    ...(values.length > 0
      ? ['      case $previous in', ...values.map((line) => `  ${line}`), '      esac']
      : []),
    `      flags=${words(flags.map((flag) => flag.name))} ;;`,
  ].join('\n');
}

const bash: Script = (
  commands,
) => `# imagetx completion bash >> ~/.bash_completion, or: source <(imagetx completion bash)
_imagetx() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} flags=''
  choose() { local IFS=$' \\n'; COMPREPLY=($(compgen -W "$1" -- "$word")); }
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    choose ${words(commands.map(({ name }) => name))}
    return
  fi
  case \${COMP_WORDS[1]} in
    completion) choose 'bash zsh fish'; return ;;
${commands
  .filter(({ flags }) => flags.length > 0)
  .map(bashCase)
  .join('\n')}
  esac
  case $word in -*) choose "$flags" ;; esac
}
complete -o default -F _imagetx imagetx`;

/** zsh ends a description at a bracket. */
const zshText = (text: string): string => text.replace(/[[\]\\:]/g, '\\$&');
function zshFlag({ name, doc, takesValue, values }: CompletedFlag): string {
  const choice = values.length > 0 ? `(${values.join(' ')})` : '_files';
  return `        ${quoted(`${name}[${zshText(doc)}]${takesValue ? `:value:${choice}` : ''}`)}`;
}

const zsh: Script = (commands) => `#compdef imagetx
# imagetx completion zsh > "\${fpath[1]}/_imagetx"
_imagetx() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${zshText(summary)}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case $words[2] in
    completion) _values shell bash zsh fish ;;
${commands
  .filter(({ flags }) => flags.length > 0)
  .map(({ name, flags }) =>
    [
      `    ${name})`,
      '      _arguments \\',
      `${[...flags.map(zshFlag), "        '*:file:_files'"].join(' \\\n')} ;;`,
    ].join('\n'),
  )
  .join('\n')}
  esac
}
_imagetx "$@"`;

function fishFlag(command: string, { name, doc, takesValue, values }: CompletedFlag): string {
  const bare = name.replace(/^-+/, '');
  const kind = name.startsWith('--') ? '-l' : bare.length === 1 ? '-s' : '-o';
  const value = takesValue ? ` -r${values.length > 0 ? ` -f -a ${fishQuoted(values.join(' '))}` : ''}` : '';
  const when = fishQuoted(`__fish_seen_subcommand_from ${command}`);
  return `complete -c imagetx -n ${when} ${kind} ${bare}${value} -d ${fishQuoted(doc)}`;
}

const fish: Script = (commands) =>
  [
    '# imagetx completion fish > ~/.config/fish/completions/imagetx.fish',
    ...commands.flatMap(({ name, summary, flags }) => [
      `complete -c imagetx -f -n __fish_use_subcommand -a ${name} -d ${fishQuoted(summary)}`,
      ...flags.map((flag) => fishFlag(name, flag)),
    ]),
    `complete -c imagetx -f -n ${fishQuoted('__fish_seen_subcommand_from completion')} -a 'bash zsh fish'`,
  ].join('\n');

/** Completion scripts by shell. */
export const shells: Readonly<Record<string, Script>> = { bash, zsh, fish };
