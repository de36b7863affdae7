// Preloaded into every child process: ends it when the process that started it is gone, even by kill -9.
// At once, since what it would finish its work with is gone too, and the next start wants its port.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();
