#!/usr/bin/env node
// Starts the command. Written for any Node, so that an old one can say that it is too old.
var oldest = [20, 18, 1];
var own = process.versions.node.split('.').map(Number);
var isOld = own[0] < oldest[0] || (own[0] === oldest[0] && own[1] < oldest[1]);

if (isOld) {
  process.stderr.write(
    'imagetx: expected Node ' +
      oldest.join('.') +
      ' or newer, got ' +
      process.versions.node +
      '; see https://nodejs.org\n',
  );
  process.exitCode = 1;
} else require('./command.cjs');
