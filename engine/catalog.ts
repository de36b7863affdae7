/**
 * The abilities of the engine as data: formats, operations, parameters, conversions. It loads no sharp, so that Fan
 * and the command need none.
 */
export { aliases, resolveAliases } from './aliases.ts';
export { type CodecPool, createCodecPool } from './codec_worker/pool.ts';
export { warmCodecs } from './codec_worker/warm.ts';
export {
  type Conversion,
  conversionOf,
  convertOperation,
  convertTo,
  type Decode,
  firstPage,
  inFormat,
  isConvertParam,
  readConvertParams,
  type Step,
} from './conversion.ts';
export { conversionDetails, outputDetails } from './converted.ts';
export { type DoorName, doors } from './door_defaults.ts';
export { effectList } from './effects/index.ts';
export { acceptedFormats } from './formats/accept.ts';
export type { Format } from './formats/format.ts';
export {
  fileName,
  fileType,
  formatNamed,
  formats,
  formatWords,
  inputFormat,
  sniff,
  stemOf,
  workKindOf,
  writableFormat,
} from './formats/index.ts';
export { formatTable, readable, readableText } from './formats/table.ts';
export { usualOutputOf } from './formats/usual_output.ts';
export type { Limits } from './limits.ts';
export { commonFields, outputFields } from './operations/from_params.ts';
export { operationNamed, operations, outputSize } from './operations/index.ts';
export type { Example } from './operations/operation.ts';
export { type ParamName, type Params, params } from './params.ts';
export {
  type PlaceholderName,
  placeholderFields,
  placeholderNames,
  readPlaceholders,
} from './placeholder/names.ts';
export { loadPresets, parsePresets, presetNamed } from './presets/parse.ts';
export { addStep, describePreset, noPresets, type Preset, type Presets } from './presets/preset.ts';
export { readPresets } from './presets/read_presets.ts';
export { fromExif, orientedSize } from './transform/orientation.ts';
export { checkInput } from './transform/pixel_limits.ts';
