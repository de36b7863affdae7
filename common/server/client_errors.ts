import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

type ClientError = Error & { readonly code?: string; readonly reason?: string };

/** What follows a request that closes its connection. */
const afterLast = 'HPE_CLOSED_CONNECTION';

function answerFor({ code, reason, message }: ClientError): readonly [status: string, text: string] {
  if (code === 'HPE_HEADER_OVERFLOW')
    return ['431 Request Header Fields Too Large', 'expected fewer or shorter headers'];
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return ['413 Payload Too Large', 'expected chunks with shorter extensions'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return ['408 Request Timeout', 'expected the rest of the request, which did not arrive in time'];
  return ['400 Bad Request', `expected a well-formed HTTP request, got: ${reason ?? message}`];
}

function endWith(socket: Duplex, error: ClientError): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, text] = answerFor(error);
  const body = `${status}: ${text}\n`;
  const head = ['Connection: close', 'Content-Type: text/plain; charset=utf-8', 'Cache-Control: no-store'];
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  socket.end(`HTTP/1.1 ${status}\r\n${[...head, length].join('\r\n')}\r\n\r\n${body}`, () =>
    socket.destroy(),
  );
}

export interface ClientErrors {
  /** Call it for every response before it begins. */
  watch(res: ServerResponse): void;
}

/**
 * Answers bytes that are no HTTP request with a sentence. Node would close the connection at once; here whole requests
 * before them get their answers first, and what follows a request with `Connection: close` is ignored (RFC 9112, 9.6).
 */
export function answerClientErrors(server: Server): ClientErrors {
  const open = new WeakMap<Duplex, Set<ServerResponse>>();
  const failed = new WeakSet<Duplex>();

  server.on('clientError', (error: ClientError, socket) => {
    const responses = open.get(socket) ?? new Set();
    const isInBody = [...responses].some(({ req }) => !req.complete);
    if (isInBody || error.code === 'ECONNRESET') return endWith(socket, error);
    if (failed.has(socket)) return;
    failed.add(socket);
    if (responses.size === 0)
      return error.code === afterLast ? void socket.destroy() : endWith(socket, error);
    if (error.code === afterLast) return;
    for (const res of responses)
      res.on('close', () => {
        if (responses.size === 0) endWith(socket, error);
      });
  });

  return {
    watch: (res) => {
      const { socket } = res.req;
      const responses = open.get(socket) ?? new Set();
      open.set(socket, responses.add(res));
      res.on('close', () => responses.delete(res));
    },
  };
}
