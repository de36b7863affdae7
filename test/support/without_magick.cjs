// As if the optional engine were not installed: for `node --require`.
const { Module } = require('node:module');
const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, ...rest) {
  if (name.startsWith('@imagemagick/')) throw new Error(`Cannot find module '${name}'`);
  return resolve.call(this, name, ...rest);
};
