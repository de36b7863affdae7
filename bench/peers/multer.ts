/** The usual solution: Express, multer's memory storage, one call of sharp, one write to the bucket. */
import { Storage } from '@google-cloud/storage';
import express from 'express';
import multer from 'multer';
import sharp from 'sharp';

sharp.concurrency(1);
sharp.cache(false);

const bucket = new Storage({ projectId: 'local-dev' }).bucket(process.env.DEST_BUCKET_NAME ?? '');
const upload = multer({ storage: multer.memoryStorage(), limits: { fileSize: 32 * 2 ** 20 } });
const app = express();

app.get('/healthz', (_, response) => void response.end('ok'));
app.post('/convert', upload.single('image'), async (request, response) => {
  const { name, format, width } = request.body as {
    name: string;
    format: 'jpg' | 'webp' | 'png';
    width?: string;
  };
  const image = sharp(request.file?.buffer).autoOrient();
  const sized = width ? image.resize(Number(width)) : image;
  const encoded = {
    jpg: () => sized.flatten({ background: '#fff' }).jpeg({ quality: 80 }),
    webp: () => sized.webp({ quality: 80 }),
    png: () => sized.png({ adaptiveFiltering: true }),
  };
  const data = await encoded[format]().toBuffer();
  const object = `${name}.${format}`;
  await bucket.file(object).save(data, {
    resumable: false,
    validation: 'md5',
    contentType: `image/${format === 'jpg' ? 'jpeg' : format}`,
    metadata: { cacheControl: 'public, max-age=300' },
  });
  response.type('text').send(`${process.env.CDN_URL}/${object}`);
});
app.listen(Number(process.env.PORT), '127.0.0.1');
