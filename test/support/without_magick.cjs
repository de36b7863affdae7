// As if the optional engine were not installed: for `node --require`.
const fs = require('node:fs');
const { Module, syncBuiltinESMExports } = require('node:module');
const isMagick = (name) => String(name).replaceAll('\\', '/').includes('@imagemagick/');
const { existsSync } = fs;
fs.existsSync = (path) => !isMagick(path) && existsSync(path);
syncBuiltinESMExports();
const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, ...rest) {
  if (isMagick(name)) throw new Error(`Cannot find module '${name}'`);
  return resolve.call(this, name, ...rest);
};
