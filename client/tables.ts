// Written by npm run docs, from the tables of engine/.

export const operationNames = ['convert', 'resize', 'fit', 'crop', 'smartcrop', 'enlarge', 'extract', 'thumbnail', 'zoom', 'rotate', 'autorotate', 'flip', 'flop', 'blur', 'watermark', 'watermarkimage'] as const;

/** Operations of the service. */
export type OperationName = (typeof operationNames)[number];

/** Formats that can be written, by name or extension. */
export type OutputType = 'jpeg' | 'jpg' | 'jpe' | 'jfif' | 'apng' | 'png' | 'webp' | 'gif' | 'avif' | 'svg' | 'pdf' | 'jxl' | 'jp2' | 'jpx' | 'jpf' | 'j2k' | 'j2c' | 'jpc' | 'exr' | 'hdr' | 'rgbe' | 'bmp' | 'dib' | 'ico' | 'psd' | 'psb' | 'dds' | 'pnm' | 'ppm' | 'pgm' | 'pbm' | 'pam' | 'qoi' | 'farbfeld' | 'ff' | 'sgi' | 'rgb' | 'bw' | 'sun' | 'ras' | 'tga' | 'tiff' | 'tif';

/** What pages show before a picture has come. */
export type PlaceholderName = 'thumbhash' | 'blurhash' | 'color' | 'lqip';

/** Parameters of operations. */
export interface Parameters {
  /** Width of the output; 0 counts as absent. Unit: pixels. */
  readonly width?: number;
  /** Height of the output; 0 counts as absent. Unit: pixels. */
  readonly height?: number;
  /** Multiplies both sides; used where neither width nor height is given. */
  readonly scale?: number;
  /** W:H that gives the missing side when only one is set. */
  readonly aspectratio?: string;
  /** Upper edge of the area or of the watermark. Unit: pixels. */
  readonly top?: number;
  /** Left edge of the area or of the watermark. Unit: pixels. */
  readonly left?: number;
  /** Width of the area to keep. Unit: pixels. */
  readonly areawidth?: number;
  /** Height of the area to keep. Unit: pixels. */
  readonly areaheight?: number;
  /** Rotates the stored picture by a multiple of 90 (rounded down), at most 270. A value other than 0 switches EXIF orientation off. Unit: degrees clockwise. */
  readonly rotate?: number;
  /** Mirrors left and right. */
  readonly flip?: boolean;
  /** Mirrors top and bottom. */
  readonly flop?: boolean;
  /** Does not apply the EXIF orientation. The output keeps its tag where metadata is kept and the format has a place for it. */
  readonly norotation?: boolean;
  /** Zoom: both sides grow by factor + 1. */
  readonly factor?: number;
  /** Stretches to exactly width x height. */
  readonly force?: boolean;
  /** Pads to width x height. */
  readonly embed?: boolean;
  /** Switches cropping off, or on with false. */
  readonly nocrop?: boolean;
  /** How the picture comes into width x height, whatever the operation does by itself: cover crops, contain pads, fill stretches, inside and outside keep the shape. All of them scale up too. */
  readonly fit?: 'cover' | 'contain' | 'fill' | 'inside' | 'outside';
  /** The part that a crop keeps; smart finds the most interesting one. */
  readonly gravity?: 'centre' | 'north' | 'south' | 'east' | 'west' | 'smart';
  /** Filling of padding: copy repeats the edge (the default); lastpixel is the same as background. */
  readonly extend?: 'black' | 'white' | 'copy' | 'mirror' | 'background' | 'lastpixel';
  /** The point that a crop keeps in its middle, as far as it can: x:y as parts of the width and the height. It wins over gravity. */
  readonly focus?: string;
  /** Enlarges in proportion until the picture is at least this wide, before any cropping. Unit: pixels. */
  readonly minwidth?: number;
  /** Enlarges in proportion until the picture is at least this high, before any cropping. Unit: pixels. */
  readonly minheight?: number;
  /** Never scales the picture up. */
  readonly withoutenlargement?: boolean;
  /** How pixels are mixed when the picture is scaled; lanczos3 is the default. */
  readonly kernel?: 'nearest' | 'linear' | 'cubic' | 'mitchell' | 'lanczos2' | 'lanczos3' | 'mks2013' | 'mks2021';
  /** Cuts off edges that look like the top left pixel, before anything else: the largest difference of a channel that still counts as the same; true means 10. An animation loses what is empty in all of its frames. */
  readonly trim?: number | 'true' | 'false';
  /** Density of the screen: multiplies every number in pixels of the request, as sizes, areas, padding, radii and blurs, and the size of watermark text. */
  readonly dpr?: number;
  /** Removes specks: each pixel becomes the median of the square of this side around it. Unit: pixels. */
  readonly median?: number;
  /** Stretches the light of the picture from black to white; all but 1 % at each end. */
  readonly normalise?: boolean;
  /** Gaussian blur: its standard deviation. An operation that blurs refuses more than 1000. Unit: pixels. */
  readonly sigma?: number;
  /** Accepted in place of sigma for compatibility, without effect. */
  readonly minampl?: number;
  /** Multiplies lightness: 0.5 is darker, 1.5 brighter. */
  readonly brightness?: number;
  /** Multiplies the strength of colours: 0 is grey, 2 is vivid. */
  readonly saturation?: number;
  /** Turns all colours on the colour wheel; in whole degrees. Unit: degrees. */
  readonly hue?: number;
  /** Adds to lightness, which is 0 for black and 100 for white. */
  readonly lightness?: number;
  /** Sharpens edges of about this width: the standard deviation of its Gaussian. Unit: pixels. */
  readonly sharpen?: number;
  /** Multiplies the distance of each channel to the middle: 0.5 is flatter, 2 is harder. */
  readonly contrast?: number;
  /** Browns the picture like an old photograph. */
  readonly sepia?: boolean;
  /** Gives the middle tones this colour and keeps light and dark. */
  readonly tint?: string;
  /** Makes black the first colour and white the second one, and mixes them between. */
  readonly duotone?: string;
  /** Makes pixels of at least this brightness white and all others black. */
  readonly threshold?: number;
  /** Swaps dark and light, and each colour with its opposite. */
  readonly negate?: boolean;
  /** Shows squares of this side, each in the mean colour of its part. Unit: pixels. */
  readonly pixelate?: number;
  /** Colour under transparency, and of padding with extend=background: R,G,B or a CSS colour. */
  readonly background?: string;
  /** Brightens the middle tones: each channel to the power of 1/gamma. */
  readonly gamma?: number;
  /** bw makes the picture grey. */
  readonly colorspace?: 'srgb' | 'bw';
  /** The same as colorspace=bw. */
  readonly greyscale?: boolean;
  /** Rounds the corners: all, or top left, top right, bottom right and bottom left, as in CSS; max makes a circle of a square. The corners are transparent where the format allows that, else they show the background. Unit: pixels. */
  readonly radius?: string;
  /** Adds space around the finished picture: all sides, or top, right, bottom and left, as in CSS. It has the colour of background; without one it is transparent where the format allows that. Unit: pixels. */
  readonly padding?: string;
  /** Text of the watermark. */
  readonly text?: string;
  /** Font of the watermark text, as a Pango font description. */
  readonly font?: string;
  /** Colour of the watermark text; black if it is not a colour. */
  readonly color?: string;
  /** Opacity of the watermark (0 is the default: text 0.25, picture 1). */
  readonly opacity?: number;
  /** Resolution of watermark text (default 150) and of a PDF page (default 72). Unit: dots per inch. */
  readonly dpi?: number;
  /** Width at which watermark text wraps. Unit: pixels. */
  readonly textwidth?: number;
  /** Space between repeated watermark texts. Unit: pixels. */
  readonly margin?: number;
  /** Draws the watermark text once. */
  readonly noreplicate?: boolean;
  /** Draws the watermark text once, there. */
  readonly position?: 'centre' | 'north' | 'northeast' | 'east' | 'southeast' | 'south' | 'southwest' | 'west' | 'northwest';
  /** URL of the watermark picture. */
  readonly image?: string;
  /** Quality of lossy output; 0 and above 100 mean the default; auto searches for it by similarity. */
  readonly quality?: number | 'auto';
  /** Structural similarity that quality=auto aims at; default 0.97, at a quality of at least 30. */
  readonly similarity?: number;
  /** Largest output: the quality is lowered until it fits; fails where no quality is low enough. Unit: bytes. */
  readonly maxbytes?: number;
  /** Effort of PNG compression; 0 and above 9 mean 6. */
  readonly compression?: number;
  /** PNG with at most 256 colours. */
  readonly palette?: boolean;
  /** PNG with a palette: 10 is fastest. Accepted for compatibility, without effect. */
  readonly speed?: number;
  /** Progressive JPEG, interlaced PNG. */
  readonly interlace?: boolean;
  /** Lossless WebP, AVIF. */
  readonly lossless?: boolean;
  /** CPU effort of WebP (0 to 6), AVIF (0 to 9) and GIF (1 to 10). */
  readonly effort?: number;
  /** SVG output: wrap embeds the picture, trace (or logo, lineart, photo) draws it as shapes, auto traces flat artwork. */
  readonly svg?: 'auto' | 'wrap' | 'trace' | 'logo' | 'lineart' | 'photo';
  /** Drops EXIF, XMP, IPTC and the colour profile (colours are converted to sRGB). Kept metadata has its orientation and size corrected; a thumbnail of the input is never kept. */
  readonly stripmeta?: boolean;
  /** With stripmeta: keeps the Artist and Copyright of EXIF, and nothing else. */
  readonly keepcopyright?: boolean;
  /** Bits a sample: keep writes sixteen where the input has them and the output (PNG, TIFF) can hold them; grey, sepia, duotone and threshold leave eight. */
  readonly depth?: '8' | 'keep';
  /** Drops the colour profile (colours are converted to sRGB). */
  readonly noprofile?: boolean;
  /** First page or frame to read, from 0; one that is not there is refused. */
  readonly page?: number;
  /** How many frames to read; 0 means all that are allowed. */
  readonly pages?: number;
  /** Output format; auto picks by what the client accepts (and, where AUTO_TYPE is content, by the picture). Default: as the input. */
  readonly type?: 'auto' | 'jpeg' | 'jpg' | 'jpe' | 'jfif' | 'apng' | 'png' | 'webp' | 'gif' | 'avif' | 'svg' | 'pdf' | 'jxl' | 'jp2' | 'jpx' | 'jpf' | 'j2k' | 'j2c' | 'jpc' | 'exr' | 'hdr' | 'rgbe' | 'bmp' | 'dib' | 'ico' | 'psd' | 'psb' | 'dds' | 'pnm' | 'ppm' | 'pgm' | 'pbm' | 'pam' | 'qoi' | 'farbfeld' | 'ff' | 'sgi' | 'rgb' | 'bw' | 'sun' | 'ras' | 'tga' | 'tiff' | 'tif';
}

/** The parameters that each operation takes. */
export interface OperationParameters {
  /** Re-encodes a picture as another type; size parameters work too. */
  readonly convert: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'force' | 'embed' | 'fit' | 'gravity' | 'focus' | 'extend' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flip' | 'flop' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages'>;
  /** Fits a picture into a box and pads the rest; never enlarges both sides. */
  readonly resize: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'force' | 'embed' | 'fit' | 'gravity' | 'focus' | 'extend' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flip' | 'flop' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages' | 'nocrop'>;
  /** Scales down until it fits inside a box; never enlarges, pads or stretches. */
  readonly fit: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flip' | 'flop' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages'>;
  /** Covers a box and cuts off the rest; with one side given cuts a strip without scaling. */
  readonly crop: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'force' | 'embed' | 'fit' | 'gravity' | 'focus' | 'extend' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flip' | 'flop' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages'>;
  /** Covers a box and keeps the part that attracts attention: skin, contrast, saturated colour. */
  readonly smartcrop: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'force' | 'embed' | 'extend' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flip' | 'flop' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages'>;
  /** Covers a box, enlarging where needed, and cuts off the rest. */
  readonly enlarge: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'force' | 'embed' | 'fit' | 'gravity' | 'focus' | 'extend' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flip' | 'flop' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages' | 'nocrop'>;
  /** Keeps one area; with width or height the picture is scaled to that first. */
  readonly extract: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'force' | 'embed' | 'fit' | 'gravity' | 'focus' | 'extend' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flip' | 'flop' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages' | 'top' | 'left' | 'areawidth' | 'areaheight'>;
  /** Scales to a width or a height; with both given it stretches. */
  readonly thumbnail: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'force' | 'embed' | 'fit' | 'gravity' | 'focus' | 'extend' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flip' | 'flop' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages'>;
  /** Enlarges by repeating pixels, factor + 1 times; with top or left keeps an area of that. */
  readonly zoom: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'force' | 'embed' | 'fit' | 'gravity' | 'focus' | 'extend' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flip' | 'flop' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages' | 'factor' | 'top' | 'left' | 'areawidth' | 'areaheight'>;
  /** Rotates the stored picture by quarter turns; with a size, fits it inside that. */
  readonly rotate: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'force' | 'embed' | 'fit' | 'gravity' | 'focus' | 'extend' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flip' | 'flop' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages'>;
  /** Applies the EXIF orientation and does nothing else. It takes no parameters, so it keeps all metadata even with stripmeta; to strip metadata, use convert?stripmeta=true. */
  readonly autorotate: Pick<Parameters, never>;
  /** Mirrors left and right. */
  readonly flip: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'force' | 'embed' | 'fit' | 'gravity' | 'focus' | 'extend' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flop' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages'>;
  /** Mirrors top and bottom. */
  readonly flop: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'force' | 'embed' | 'fit' | 'gravity' | 'focus' | 'extend' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flip' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages'>;
  /** Blurs with a Gaussian, after any resizing. */
  readonly blur: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'force' | 'embed' | 'fit' | 'gravity' | 'focus' | 'extend' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flip' | 'flop' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages'>;
  /** Writes text over the picture: repeated, or once with noreplicate or a position. */
  readonly watermark: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'force' | 'embed' | 'fit' | 'gravity' | 'focus' | 'extend' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flip' | 'flop' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages' | 'text' | 'font' | 'color' | 'opacity' | 'textwidth' | 'margin' | 'noreplicate' | 'position' | 'top' | 'left'>;
  /** Draws another picture, fetched from a URL, over this one; parts outside of this one are cut off. */
  readonly watermarkimage: Pick<Parameters, 'width' | 'height' | 'scale' | 'aspectratio' | 'force' | 'embed' | 'fit' | 'gravity' | 'focus' | 'extend' | 'minwidth' | 'minheight' | 'withoutenlargement' | 'kernel' | 'trim' | 'dpr' | 'rotate' | 'flip' | 'flop' | 'norotation' | 'median' | 'normalise' | 'sigma' | 'minampl' | 'brightness' | 'saturation' | 'hue' | 'lightness' | 'sharpen' | 'contrast' | 'sepia' | 'tint' | 'duotone' | 'threshold' | 'negate' | 'pixelate' | 'background' | 'gamma' | 'colorspace' | 'greyscale' | 'radius' | 'padding' | 'type' | 'quality' | 'similarity' | 'maxbytes' | 'compression' | 'palette' | 'speed' | 'interlace' | 'lossless' | 'effort' | 'svg' | 'dpi' | 'stripmeta' | 'keepcopyright' | 'depth' | 'noprofile' | 'page' | 'pages' | 'image' | 'top' | 'left' | 'opacity'>;
}
