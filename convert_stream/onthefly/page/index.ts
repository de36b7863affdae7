import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { bundlePage, type PageBundle } from '../../../playground/bundle.ts';
import type { EndpointSetup } from '../routes/endpoint.ts';
import { createPageData } from './page_data.ts';
import { plainStyle, renderPlainForm } from './plain_form.ts';

/** The page, and the policy that names all it may do. */
interface Page {
  readonly html: string;
  readonly policy: string;
}

/** The page as bytes: plain, and an eighth of that by gzip. */
export interface SentPage {
  readonly plain: Buffer;
  readonly gzip: Buffer;
  readonly policy: string;
}

const hashSource = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page may use its own styles and script, and talk to its own server; pictures are in its own memory. */
const policyOf = (
  { context }: EndpointSetup,
  { styles, scripts }: { readonly styles: readonly string[]; readonly scripts: readonly string[] },
): string =>
  [
    "default-src 'none'",
    `style-src ${styles.map(hashSource).join(' ')}`,
    ...(scripts.length > 0 ? [`script-src ${scripts.map(hashSource).join(' ')}`] : []),
    "img-src 'self' blob: data:",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    ['frame-ancestors', "'self'", ...context.config.PAGE_FRAMES].join(' '),
  ].join('; ');

const head = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>imagetx</title><link rel="icon" href="data:,">`;

/** JSON that cannot end the element around it. */
const scriptJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** The form that works without scripts stands where scripts do not run. */
function renderWithScript(setup: EndpointSetup, { script, style }: PageBundle): Page {
  const html = `${head}
<style>${style}</style><noscript><style>${plainStyle}</style></noscript></head>
<body class="playground"><div id="app"></div>
<noscript>${renderPlainForm(setup)}</noscript>
<script type="application/json" id="data">${scriptJson(createPageData(setup))}</script>
<script>${script}</script>
</body></html>
`;
  return { html, policy: policyOf(setup, { styles: [style, plainStyle], scripts: [script] }) };
}

/** The page of a checkout without its development packages. */
const renderPlain = (setup: EndpointSetup): Page => ({
  html: `${head}\n<style>${plainStyle}</style></head><body>${renderPlainForm(setup)}</body></html>\n`,
  policy: policyOf(setup, { styles: [plainStyle], scripts: [] }),
});

/** An inline script ends at the first end tag, wherever that stands. */
const inlineScript = ({ script, style }: PageBundle): PageBundle => ({
  script: script.replaceAll('</script', '<\\/script'),
  style,
});

/** Renders the page to try the operations. */
export async function renderPage(setup: EndpointSetup): Promise<SentPage> {
  const bundle = await bundlePage();
  const { html, policy } =
    bundle === undefined ? renderPlain(setup) : renderWithScript(setup, inlineScript(bundle));
  const plain = Buffer.from(html);
  return { plain, gzip: gzipSync(plain), policy };
}
