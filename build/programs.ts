/** A folder of dist/: what is bundled into it, and what it needs beside the bundle. */
export interface Program {
  readonly folder: string;
  /** Name of a file -> the source it starts from. */
  readonly entries: Readonly<Record<string, string>>;
  /** Files and folders that are copied as they are: their place -> their source. */
  readonly copies: Readonly<Record<string, string>>;
  /** What its package.json says beyond name and version. */
  readonly about: Readonly<Record<string, unknown>>;
  /** Packages that are installed beside the bundle where it is deployed without an image. */
  readonly needs: readonly string[];
}

/** A process of its own for the optional engines, and the font of text. */
const worker = 'engine/codec_worker/main.ts';
const fonts = 'engine/native/fonts';

export const programs: readonly Program[] = [
  {
    folder: 'imagetx',
    entries: { service: 'convert_stream/main.ts', command: 'cli/main.ts', worker },
    copies: { 'main.cjs': 'build/launch/imagetx.cjs', fonts },
    about: { main: 'service.js', bin: { imagetx: 'command.js' } },
    needs: ['sharp'],
  },
  {
    folder: 'imagebatch',
    entries: { service: 'convert_batch/run/main.ts', worker },
    copies: { 'main.cjs': 'build/launch/imagebatch.cjs', fonts },
    about: { main: 'service.js' },
    needs: ['sharp'],
  },
  {
    folder: 'fan',
    entries: { index: 'convert_batch/gcf/index.ts' },
    copies: {},
    about: {
      main: 'index.js',
      scripts: { start: 'functions-framework --target=Fan --signature-type=cloudevent' },
    },
    needs: ['@google-cloud/functions-framework'],
  },
];

/** Optional engines, native or WebAssembly; each is found where it is installed. */
export const engines: readonly string[] = [
  '@imagemagick/magick-wasm',
  '@hyzyla/pdfium',
  '@neplex/vectorizer',
];

/** What no bundle holds: the engines, and the framework that loads Fan and must be one with it. */
export const outside: readonly string[] = [...engines, '@google-cloud/functions-framework'];
