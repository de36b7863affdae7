import { status } from '@grpc/grpc-js';

/** An answer other than OK: what grpc-js sends to the caller as code and details. */
export function refusal(code: keyof typeof status, text: string): Error {
  return Object.assign(new Error(text), { code: status[code], details: text });
}
