/** Channels of each kind of colours that is read in planes: grey of both directions, RGB, CMYK (TIFF 6.0, section 8). */
export const colours: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 3, 5: 4 };
const cmyk = 5;

/** Whether planes of these samples are read: colours, or colours and opacity. */
export const canJoin = (photometric: number, samples: number): boolean =>
  samples === colours[photometric] || (samples === (colours[photometric] ?? 0) + 1 && photometric !== cmyk);
