import { groups } from '../pages.ts';

/** VitePress's configuration. It is read from `site/`, with the pages that `../prepare.ts` writes. */
export default {
  title: 'imagetx',
  description: 'Convert pictures on Google Cloud: inline, in batch, and on the fly',
  lang: 'en',
  base: process.env.SITE_BASE ?? '/',
  srcDir: '.pages',
  outDir: '../dist/site',
  cacheDir: '.vitepress/cache',
  cleanUrls: true,
  ignoreDeadLinks: 'localhostLinks',
  metaChunk: true,
  head: [
    ['meta', { name: 'color-scheme', content: 'light dark' }],
    ['link', { rel: 'icon', href: 'data:,' }],
  ],
  themeConfig: {
    outline: [2, 3],
    search: { provider: 'local' },
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Operations', link: '/operations' },
      { text: 'Deploy', link: '/deploy' },
      { text: 'Playground', link: '/playground' },
    ],
    sidebar: groups.map(({ title, pages }) => ({
      text: title,
      items: pages.map(({ title: text, path }) => ({ text, link: `/${path}` })),
    })),
    footer: { message: 'Apache 2.0' },
  },
};
