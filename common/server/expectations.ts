import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

/** Whether the server has begun to close. */
type IsDraining = () => boolean;

/**
 * Tells the client to send its body when the body is first read. An answer before that closes the connection, because
 * the client may send the body or its next request.
 */
function continueWhenRead(req: IncomingMessage, res: ServerResponse, isDraining: IsDraining): void {
  const { _read: read } = req;
  const { shouldKeepAlive } = res;
  res.shouldKeepAlive = false;
  req._read = (size) => {
    req._read = read;
    if (!res.headersSent) {
      res.shouldKeepAlive = shouldKeepAlive && !isDraining();
      res.writeContinue();
    }
    read.call(req, size);
  };
}

/**
 * Serves requests with the header `Expect` (RFC 9110, 10.1.1). Node would ask for every body, also for one that is then
 * refused.
 */
export function serveExpectations(server: Server, serve: RequestListener, isDraining: IsDraining): void {
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    continueWhenRead(req, res, isDraining);
    serve(req, res);
  });
  server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) => {
    const text = `Expect: expected 100-continue, got ${JSON.stringify(req.headers.expect)}\n`;
    res.writeHead(417, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(text);
  });
}
