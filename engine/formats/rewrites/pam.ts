/** Writes RGBA of eight bits, top row first, as a portable arbitrary map. */
export function rgbaPam(pixels: Buffer, width: number, height: number): Buffer {
  const head = `P7\nWIDTH ${width}\nHEIGHT ${height}\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n`;
  return Buffer.concat([Buffer.from(head), pixels]);
}

/** Pixels of eight bits without opacity as a portable pixmap: red, green and blue, top row first. */
export const rgbPpm = (pixels: Buffer, width: number, height: number): Buffer =>
  Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), pixels]);
