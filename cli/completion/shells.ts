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
  local begun=''
  case $word in *,*) begun=\${word%,*}, ;; esac # a list: its last item is completed
  choose() { local IFS=$' \\n'; COMPREPLY=($(compgen -P "$begun" -W "$1" -- "\${word##*,}")); }
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    choose ${words(commands.map(({ name }) => name))}
    return
  fi
  case \${COMP_WORDS[1]} in
    completion) choose 'bash zsh fish'; return ;;
    help) choose ${words(commands.map(({ name }) => name))}; return ;;
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
function zshFlag({ name, doc, takesValue, values, isList }: CompletedFlag): string {
  const items = values.join(' ');
  const several = isList ? `_values -s , value ${items}` : `(${items})`;
  const choice = values.length > 0 ? several : '_files';
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
    help) _describe command commands ;;
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
# As a file of fpath it is called at once; sourced, it is registered.
if [[ \${funcstack[1]} = _imagetx ]]; then _imagetx "$@"
elif (( \${+functions[compdef]} )); then compdef _imagetx imagetx
fi`;

/** Values to choose from; of a list, fish completes the last item. */
const fishChoice = ({ values, isList }: CompletedFlag): string =>
  fishQuoted(isList ? `(__fish_complete_list , 'string split " " "${values.join(' ')}"')` : values.join(' '));

function fishFlag(command: string, flag: CompletedFlag): string {
  const { name, doc, takesValue, values } = flag;
  const bare = name.replace(/^-+/, '');
  const kind = name.startsWith('--') ? '-l' : bare.length === 1 ? '-s' : '-o';
  const value = takesValue ? ` -r${values.length > 0 ? ` -f -a ${fishChoice(flag)}` : ''}` : '';
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
    `complete -c imagetx -f -n ${fishQuoted('__fish_seen_subcommand_from help')} -a ${words(commands.map(({ name }) => name))}`,
  ].join('\n');

/** Completion scripts by shell. */
export const shells: Readonly<Record<string, Script>> = { bash, zsh, fish };
