// Starts the service without arguments, a command by its name (`convert ...`), Imaginary's server by its flags (`-p 9000`).
// Older manifests name this file first, as distroless wants it.
const { argv } = process;
if (argv[2] === 'main.cjs') argv.splice(2, 1);
if (argv[2]?.startsWith('-')) argv.splice(2, 0, 'serve');
import(argv.length > 2 ? './command.js' : './service.js');
