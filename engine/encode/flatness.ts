/** Raw RGBA, eight bits a channel. */
export interface Pixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Colours of flat artwork: few, and neighbours mostly the same. */
const flatness = { maxColours: 64, coverage: 0.95, minSameNeighbours: 0.8 };
/** Enough to judge by. */
const samples = 200_000;

/** Whether a picture is drawn rather than photographed: most of it in few colours that lie together. */
export function isFlat({ data, width, height }: Pixels): boolean {
  const colours = new Map<number, number>();
  const words = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const step = Math.max(1, Math.floor(words.length / samples));
  let seen = 0;
  let same = 0;
  for (let at = 1; at < words.length; at += step) {
    const word = words[at] ?? 0;
    const coarse = word & 0xf0f0f0f0;
    colours.set(coarse, (colours.get(coarse) ?? 0) + 1);
    seen += 1;
    if (word === words[at - 1]) same += 1;
  }
  const usual = [...colours.values()].sort((a, b) => b - a).slice(0, flatness.maxColours);
  const covered = usual.reduce((sum, count) => sum + count, 0);
  return covered >= flatness.coverage * seen && same >= flatness.minSameNeighbours * seen;
}
