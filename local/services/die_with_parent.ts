// Preloaded into every child process.
import { listenOnlyOn } from './loopback.ts';

// functions-framework, which runs Fan, has no setting for an address: it would listen on all of them.
listenOnlyOn(process.env.HOST || '127.0.0.1');

// Exits at once when the parent process is gone, even by kill -9: the emulators are gone too, and the next start
// needs the port.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();
