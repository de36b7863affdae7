/** How the same work is asked of other servers. A work that a server does not offer is absent. */
import { workloads } from './kinds.ts';

export interface Dialect {
  /** The path of a request for a file in the folder of pictures. */
  readonly path: (work: string, file: string) => string | undefined;
  /** The setting that names a running server. */
  readonly urlSetting: string;
  /** The setting that names its process, where it runs on this machine. */
  readonly pidSetting: string;
}

/** Modifiers of ipx (https://github.com/unjs/ipx). */
const ipx: Readonly<Record<string, string>> = {
  'resize 300': 'w_300',
  'resize 300 small': 'w_200',
  'crop 300x300': 's_300x300,fit_cover',
  'smartcrop 300x300': 's_300x300,fit_cover,position_attention',
  'nextcloud pipeline': 's_1024x1024,fit_inside,q_80,f_jpeg',
  'convert png to jpeg': 'f_jpeg',
  'convert jpeg to webp': 'f_webp',
  'resize webp': 'w_400',
  'resize png': 'w_300',
  'rotate 90': 'rotate_90',
  blur: 'blur_4',
  'resize to avif': 'w_300,f_avif',
};

/** Processing options of imgproxy (https://docs.imgproxy.net). */
const imgproxy: Readonly<Record<string, string>> = {
  'resize 300': 'rs:fit:300',
  'resize 300 small': 'rs:fit:200',
  'crop 300x300': 'rs:fill:300:300',
  'smartcrop 300x300': 'rs:fill:300:300/g:sm',
  'nextcloud pipeline': 'rs:fit:1024:1024/q:80/f:jpg',
  'convert png to jpeg': 'f:jpg',
  'convert jpeg to webp': 'f:webp',
  'resize webp': 'rs:fit:400',
  'resize png': 'rs:fit:300',
  'rotate 90': 'rot:90',
  blur: 'bl:4',
  'resize to avif': 'rs:fit:300/f:avif',
};

/** The query of Imaginary, which is ours too. */
function imaginaryPath(work: string, file: string): string | undefined {
  const query = workloads.find(({ name }) => name === work)?.query;
  return query && `${query}${query.includes('?') ? '&' : '?'}file=${file}`;
}

const withOptions =
  (options: Readonly<Record<string, string>>, path: (options: string, file: string) => string) =>
  (work: string, file: string): string | undefined =>
    options[work] && path(options[work], file);

export const dialects: Readonly<Record<string, Dialect>> = {
  imaginary: { path: imaginaryPath, urlSetting: 'IMAGINARY_URL', pidSetting: 'IMAGINARY_PID' },
  imgproxy: {
    path: withOptions(imgproxy, (options, file) => `/insecure/${options}/plain/local:///${file}`),
    urlSetting: 'IMGPROXY_URL',
    pidSetting: 'IMGPROXY_PID',
  },
  ipx: {
    path: withOptions(ipx, (options, file) => `/${options}/${file}`),
    urlSetting: 'IPX_URL',
    pidSetting: 'IPX_PID',
  },
};
