import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Manifest {
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

/** The image as a registry would hold it: gzip layers. */
function pushed(image: string): Manifest {
  const folder = mkdtempSync(join(tmpdir(), 'imagetx-layers-'));
  try {
    execFileSync('buildah', ['push', '--quiet', '--format', 'oci', image, `dir:${folder}`], {
      stdio: 'pipe',
    });
    const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    for (const { digest, size } of manifest.layers) {
      const file = join(folder, digest.replace('sha256:', ''));
      if (statSync(file).size !== size) throw new Error(`${digest} is not as large as it says`);
    }
    return manifest;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function layersOf(image: string): number {
  const [{ RootFS }] = JSON.parse(execFileSync('podman', ['image', 'inspect', image], { encoding: 'utf8' }));
  return RootFS.Layers.length;
}

/** Compressed bytes of what an image adds to its base. */
export function appLayerBytes(image: string, base: string): number {
  const { layers } = pushed(image);
  return layers.slice(layersOf(base)).reduce((sum, { size }) => sum + size, 0);
}
