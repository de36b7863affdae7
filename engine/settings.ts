/** The parts of the engine that a program needs before it listens: few and small modules. */
export { defaultLimits, limitFields, maxSide } from './limits.ts';
export { allocatorVariables, nativeVariables } from './native/environment.ts';
export { presetFields } from './presets/settings.ts';
