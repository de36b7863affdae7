import type { Field } from '../../../common/fields/field.ts';
import { mapTable } from '../../../common/fields/field.ts';
import {
  describePreset,
  effectList,
  formatTable,
  operations,
  outputFields,
  params,
} from '../../../engine/catalog.ts';
import type { PageData, ParamData } from '../../../playground/data.ts';
import { maxSteps } from '../request/pipeline.ts';
import type { EndpointSetup } from '../routes/endpoint.ts';
import { sampleLogoUrl } from '../sources/sample_logo.ts';
import { samples } from './samples.ts';

/** A row of the table, without what only the service needs. */
function paramData({ names, ...field }: Field): ParamData {
  const { kind, doc, unit, values, min, max, neutral, count, example } = field;
  const words = names && Object.keys(names);
  const all = { kind, doc, unit, values, min, max, neutral, count, example, names: words };
  return JSON.parse(JSON.stringify(all));
}

const withLogo = <T extends { readonly query: string; readonly doc: string }>({ query, doc }: T) => ({
  query: query.replace('{logo}', sampleLogoUrl),
  doc,
});

/** What the page has to know: tables, limits, and what this service wants of its clients. */
export function createPageData({ context, prefix, disabled, needs, maxBytes }: EndpointSetup): PageData {
  const { config, convertOptions } = context;
  const { formats } = formatTable();
  const isOn = (name: string): boolean => !disabled.has(name);
  return {
    prefix,
    params: mapTable(params, paramData),
    operations: operations
      .filter(({ name }) => isOn(name))
      .map(({ name, summary, fields, examples }) => ({
        name,
        summary,
        fields,
        examples: examples.map(withLogo),
      })),
    effects: effectList.map(({ name, fields, example }) => ({ name, fields, example })),
    output: outputFields,
    formats: formats.map(({ name, mime, extensions: [extension = name], writes, reads, lossy }) => ({
      name,
      mime,
      extension,
      writes,
      reads,
      lossy,
    })),
    presets: [...context.presets.values()].map((preset) => ({
      name: preset.name,
      doc: describePreset(preset),
    })),
    onlyPresets: config.ONLY_PRESETS,
    maxSteps: isOn('pipeline') ? maxSteps : 1,
    limits: {
      megapixels: convertOptions.limits.MAX_INPUT_MEGAPIXELS,
      bytes: maxBytes,
    },
    needs,
    samples: samples.map(({ name, file, label }) => ({ name, file, label })),
    sources: { file: Boolean(config.MOUNT), url: config.ENABLE_URL_SOURCE },
  };
}
