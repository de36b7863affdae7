// Preloaded into every child process: ends it when the process that started it is gone, even by kill -9.
const graceMs = 2000;

process.on('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), graceMs).unref();
});
process.channel?.unref();
