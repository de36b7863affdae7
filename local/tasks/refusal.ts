import { status } from '@grpc/grpc-js';

/** A gRPC error; grpc-js sends its code and details to the caller. */
export function rpcError(code: keyof typeof status, text: string): Error {
  return Object.assign(new Error(text), { code: status[code], details: text });
}
