import type { Sharp } from 'sharp';
import type { InputName } from './pictures.ts';

/** One kind of work: the request to the service, and the same work as one call of sharp. */
export interface Workload {
  readonly name: string;
  readonly input: InputName;
  /** Path and query of the on-the-fly door. */
  readonly query: string;
  readonly mime: string;
  readonly raw: (image: Sharp) => Sharp;
}

const kept = (image: Sharp): Sharp => image.keepExif().keepXmp().keepIccProfile();
const jpeg = (image: Sharp, quality = 75): Sharp => image.jpeg({ quality });
const nextcloud = JSON.stringify([
  { operation: 'autorotate' },
  {
    operation: 'fit',
    params: { width: 1024, height: 1024, stripmeta: 'true', type: 'jpeg', norotation: 'true', quality: '80' },
  },
]);

/** Work of the on-the-fly door: the most frequent requests, and the most expensive ones. */
export const workloads: readonly Workload[] = [
  {
    name: 'resize 300',
    input: 'jpeg',
    query: '/resize?width=300',
    mime: 'image/jpeg',
    raw: (i) => jpeg(kept(i.resize(300))),
  },
  {
    name: 'resize 300 small',
    input: 'small',
    query: '/resize?width=200',
    mime: 'image/jpeg',
    raw: (i) => jpeg(kept(i.resize(200))),
  },
  {
    name: 'crop 300x300',
    input: 'jpeg',
    query: '/crop?width=300&height=300',
    mime: 'image/jpeg',
    raw: (i) => jpeg(kept(i.resize(300, 300, { fit: 'cover' }))),
  },
  {
    name: 'smartcrop 300x300',
    input: 'jpeg',
    query: '/smartcrop?width=300&height=300',
    mime: 'image/jpeg',
    raw: (i) => jpeg(kept(i.resize(300, 300, { fit: 'cover', position: 'attention' }))),
  },
  {
    name: 'nextcloud pipeline',
    input: 'camera',
    query: `/pipeline?operations=${encodeURIComponent(nextcloud)}`,
    mime: 'image/jpeg',
    raw: (i) => jpeg(i.autoOrient().resize(1024, 1024, { fit: 'inside' }), 80),
  },
  {
    name: 'convert png to jpeg',
    input: 'alpha',
    query: '/convert?type=jpeg',
    mime: 'image/jpeg',
    raw: (i) => jpeg(kept(i.flatten({ background: '#000' }))),
  },
  {
    name: 'convert jpeg to webp',
    input: 'small',
    query: '/convert?type=webp',
    mime: 'image/webp',
    raw: (i) => kept(i).webp({ quality: 75 }),
  },
  {
    name: 'resize webp',
    input: 'webp',
    query: '/resize?width=400',
    mime: 'image/webp',
    raw: (i) => kept(i.resize(400)).webp({ quality: 75 }),
  },
  {
    name: 'resize png',
    input: 'png',
    query: '/resize?width=300',
    mime: 'image/png',
    raw: (i) => kept(i.resize(300)).png({ compressionLevel: 6, adaptiveFiltering: true }),
  },
  {
    name: 'rotate 90',
    input: 'small',
    query: '/rotate?rotate=90',
    mime: 'image/jpeg',
    raw: (i) => jpeg(kept(i.rotate(90))),
  },
  {
    name: 'blur',
    input: 'small',
    query: '/blur?sigma=4',
    mime: 'image/jpeg',
    raw: (i) => jpeg(kept(i.blur(4))),
  },
  {
    name: 'resize to avif',
    input: 'jpeg',
    query: '/resize?width=300&type=avif',
    mime: 'image/avif',
    raw: (i) => kept(i.resize(300)).avif({ quality: 60, effort: 2 }),
  },
];

export const findWorkload = (name: string): Workload => {
  const kind = workloads.find((one) => one.name === name);
  if (kind === undefined) throw new Error(`no kind of work is called ${name}`);
  return kind;
};
