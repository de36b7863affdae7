import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { cloudTasksService } from './protocol.ts';

type Method = (request: never) => unknown;

/** Serves the methods. grpc-js itself answers UNIMPLEMENTED for any other method. */
export async function serveGrpc(methods: Readonly<Record<string, Method>>, port: number) {
  const server = new Server();
  server.addService(cloudTasksService(), implementation(methods));
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, actual) =>
      error ? reject(error) : resolve(actual),
    );
  });
  return { port: bound, close: () => server.forceShutdown() };
}

function implementation(methods: Readonly<Record<string, Method>>): UntypedServiceImplementation {
  return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, unary(method)]));
}

function unary(method: Method): handleUnaryCall<unknown, unknown> {
  return (call, callback) => {
    try {
      callback(null, method(call.request as never));
    } catch (error) {
      callback(error as Error);
    }
  };
}
