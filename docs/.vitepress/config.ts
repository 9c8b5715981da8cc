import { existsSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type MarkdownOptions } from 'vitepress'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

type MarkdownIt = Parameters<NonNullable<MarkdownOptions['config']>>[0]

/**
 * Links between Markdown files stay. A link to another file of the repository, which the site does not have, becomes its
 * text. A link to nothing ends the build.
 */
function repositoryLinks(md: MarkdownIt): void {
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    const from: string = env.relativePath === 'index.md' ? 'README.md' : env.relativePath
    for (const { children } of tokens) {
      let dropped = false
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          const href = token.attrGet('href') ?? ''
          if (/^([a-z]+:|#)/.test(href)) continue
          const [path = '', hash] = decodeURI(href).split('#')
          const target = relative(ROOT, join(ROOT, dirname(from), path))
            .split(sep)
            .join('/')
          if (!existsSync(join(ROOT, target))) throw new Error(`${from}: dead link to ${href}`)
          dropped = !target.endsWith('.md')
          if (dropped) token.hidden = true
          else if (target === 'README.md') token.attrSet('href', `/index.md${hash ? `#${hash}` : ''}`)
        } else if (token.type === 'link_close') {
          if (dropped) token.hidden = true
          dropped = false
        }
      }
      for (const token of children ?? []) if (token.hidden) Object.assign(token, { type: 'text', tag: '' })
    }
  })
}

// The pages are the Markdown files of the repository where they lie, so that their links work in a checkout as well.
export default defineConfig({
  title: 'Plimsoll',
  description: 'Zero-knowledge proof of solvency, without opening the books',
  srcDir: '..',
  srcExclude: ['build/**', 'dist/**', '.github/**', 'examples/**'],
  outDir: '../build/site',
  cacheDir: '../build/site-cache',
  rewrites: { 'README.md': 'index.md' },
  lastUpdated: false,
  markdown: { config: repositoryLinks },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: [
      {
        text: 'Start',
        items: [
          { text: 'Plimsoll', link: '/' },
          { text: 'What the demo shows', link: '/docs/demo' },
          { text: 'How it works', link: '/docs/how-it-works' },
          { text: 'Glossary', link: '/docs/glossary' },
        ],
      },
      {
        text: 'Guides',
        items: [
          { text: 'Venue', link: '/docs/venue' },
          { text: 'Many machines', link: '/docs/scale' },
          { text: 'Customer', link: '/docs/customer' },
          { text: 'Auditor', link: '/docs/auditor' },
          { text: 'Trader and lender', link: '/docs/margin' },
          { text: 'Exchanges with pledges', link: '/docs/pledges' },
          { text: 'Who pays for shortfalls', link: '/docs/waterfall' },
          { text: 'Liquidations', link: '/docs/liquidation' },
          { text: 'Sizing of liquidations', link: '/docs/liquidation-plan' },
          { text: 'Interest by indices', link: '/docs/indices' },
          { text: 'From epoch to epoch', link: '/docs/settlement' },
          { text: 'Reserves', link: '/docs/reserves' },
          { text: 'On a chain', link: '/docs/chain' },
          { text: 'Watching', link: '/docs/watch' },
          { text: 'Runbooks', link: '/docs/runbooks' },
          { text: 'Sizes of your own', link: '/docs/instances' },
          { text: 'Ceremonies', link: '/docs/ceremony' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Commands', link: '/docs/commands' },
          { text: 'Errors', link: '/docs/errors' },
          { text: 'Files', link: '/docs/files' },
          { text: 'The format of an epoch', link: '/docs/epoch-format' },
          { text: 'Environment', link: '/docs/environment' },
          { text: 'Library', link: '/docs/library' },
          { text: 'API', link: '/docs/api/README' },
          { text: 'Figures', link: '/docs/figures' },
        ],
      },
      {
        text: 'Trust',
        items: [
          { text: 'Security model', link: '/docs/security-model' },
          { text: 'Circuits', link: '/circuits/README' },
          { text: 'Properties', link: '/test/PROPERTIES' },
          { text: 'Report a vulnerability', link: '/SECURITY' },
        ],
      },
      {
        text: 'Development',
        items: [
          { text: 'Architecture', link: '/ARCHITECTURE' },
          { text: 'Contributing', link: '/CONTRIBUTING' },
          { text: 'Making a release', link: '/docs/release' },
          { text: 'Changelog', link: '/CHANGELOG' },
        ],
      },
    ],
  },
})
