// `import()` is in a file of its own, which an old Node never reads.
import('../lib/command.js');
