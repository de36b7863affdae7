// Preloaded into every child process.
import { listenOnlyOn } from './loopback.ts';

// functions-framework, which runs Fan, has no setting for an address: it would listen on all of them.
listenOnlyOn(process.env.HOST || '127.0.0.1');

// A child ends when the process that started it is gone, even by kill -9. At once, since what it would finish its
// work with is gone too, and the next start wants its port.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();
