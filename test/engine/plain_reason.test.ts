import { expect, test } from '@jest/globals';
import { plainReason } from '../../engine/native/plain_reason.ts';

test.each([
  ['vips2png: unable to write to target target', 'its data is damaged'],
  ['Input buffer has corrupt header: \nvipspng: libpng read error', 'its data is damaged'],
  ['Input buffer has corrupt header: VipsJpeg: Bogus DQT index 9', 'Bogus DQT index 9'],
  ['Input buffer has corrupt header: source: bad seek to 400', 'the file ends too early'],
  ['Input buffer contains unsupported image format', 'it is damaged or of a kind that is not read here'],
  ['tiff2vips: required field 256 missing', 'required field 256 missing'],
  ["ImproperImageHeader `' @ error/tga.c/ReadTGAImage/278", 'its header is not valid'],
  ["MaximumChannelsExceeded `' @ error/psd.c/ReadPSDLayersInternal/1", 'Maximum channels exceeded'],
  ["CorruptImage `channel 'G': no height' @ error/exr.c/EXRError/108", "channel 'G': no height"],
  [
    "Invalid input: No 'meta' box `/tmp/magick-e3q' @ error/heic.c/IsHEIFSuccess/143",
    "Invalid input: No 'meta' box",
  ],
  ["JP2H box missing. Required.\n `OpenJP2' @ error/jp2.c/JP2ErrorHandler/164", 'JP2H box missing. Required'],
  ["UnexpectedEndOfFile '': Invalid argument @ error/sgi.c/ReadSGIImage/1", 'the file ends too early'],
  [
    "Cannot convert: no known route from 'multiband' to 'srgb'",
    'it is damaged or of a kind that is not read here',
  ],
  ['Unsupported JPEG data precision 12', 'its samples have more than eight bits; save it as a baseline JPEG'],
  [
    'XML parse error: error code=201 (3) in (null):1:142: Namespace prefix inkscape for version on svg is not defined',
    'SVG line 1, column 142: Namespace prefix inkscape for version on svg is not defined',
  ],
  ["ListLengthExceedsLimit `' @ error/image.c/AcquireNextImage/1", 'it has too many pictures or layers'],
  ['heif: Decoder plugin generated an error: Unspecified (7.0)', 'its data is damaged'],
  ['instance is disposed', 'its data is damaged'],
  ['', 'its data is damaged'],
])('%j is told as %j', (said, told) => {
  expect(plainReason(new Error(said))).toBe(told);
});

test('what is no error is told too', () => {
  expect(plainReason({ odd: 1 })).toBe('its data is damaged');
});
