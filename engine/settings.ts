/** What a program needs of the engine before it listens: few and small modules. */
export { limitFields } from './limits.ts';
export { allocatorVariables, nativeVariables } from './native/environment.ts';
