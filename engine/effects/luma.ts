import type { Matrix3x3 } from 'sharp';

type Row = readonly [red: number, green: number, blue: number];

/** The brightness of a pixel by its three channels (ITU-R BT.709). */
export const luma: Row = [0.2126, 0.7152, 0.0722];

/** A change of colour as sharp takes it. */
export const matrixOf = (rows: readonly [Row, Row, Row]): Matrix3x3 => rows as unknown as Matrix3x3;

/** Makes every channel the brightness of the pixel. */
export const toLuma: Matrix3x3 = matrixOf([luma, luma, luma]);
