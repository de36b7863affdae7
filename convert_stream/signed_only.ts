import type { RequestHandler } from 'express';
import { checkSigned } from './onthefly/access.ts';
import { readQuery } from './onthefly/query.ts';

/** Lets signed URLs pass, or all where there are no keys. */
export const signedOnly =
  (keys: readonly string[]): RequestHandler =>
  (req, _res, next) => {
    const at = req.url.indexOf('?');
    const query = readQuery(at === -1 ? '' : req.url.slice(at + 1));
    if (keys.length > 0) checkSigned(keys, { path: req.path, query }, Date.now());
    next();
  };
