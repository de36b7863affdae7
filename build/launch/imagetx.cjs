// Starts the command when it is named (`main.cjs serve -enable-url-source`), else the service.
import(process.argv.length > 2 ? './command.js' : './service.js');
