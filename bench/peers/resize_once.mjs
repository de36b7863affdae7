/** The least that converts a picture: imports sharp, resizes the file named, says so. Plain JavaScript: no types to strip. */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';

const [, , file = ''] = process.argv;
const made = await sharp(readFileSync(file)).resize(300).jpeg({ quality: 80 }).toBuffer();
process.stdout.write(`${made.length} bytes`);
