const truevision = { paletted: [1, 9], direct: [2, 3, 10, 11], depths: [8, 15, 16, 24, 32] };

/** TGA has no magic number, so every field of its header is checked (Truevision TGA 2.0, section 3). */
export function isTga(head: Buffer): boolean {
  if (head.length < 18) return false;
  const [mapType, kind, depth, descriptor] = [head[1], head[2], head[16], head[17]] as [
    number,
    number,
    number,
    number,
  ];
  const size = head.readUInt16LE(12) * head.readUInt16LE(14);
  const plausible = size > 0 && truevision.depths.includes(depth) && descriptor < 0x40;
  if (!plausible) return false;
  if (truevision.paletted.includes(kind)) return mapType === 1 && truevision.depths.includes(head[7] ?? 0);
  // A file may have a palette that it does not use.
  return (
    (mapType === 0 || truevision.depths.includes(head[7] ?? 0)) &&
    mapType < 2 &&
    truevision.direct.includes(kind)
  );
}
