import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { commandLine } from '../../src/cli/program.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const filesIn = (folder: string, ending: RegExp) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => ending.test(path) && !/(^|\/)(node_modules|generated|api|\.vitepress)\//.test(path))
    .map((path) => `${folder}/${path}`)

const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...filesIn('docs', /\.md$/),
  'circuits/README.md',
  'test/PROPERTIES.md',
]
const pages = PAGES.map((page) => ({ page, text: read(page) }))

/** A page without its code blocks. */
const prose = (text: string) => text.replace(/^ *```.*?^ *```$/gms, '')

/** The anchors of a page, as code hosts make them of headings. */
const anchors = (text: string) =>
  [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

describe('pages (cli.26)', () => {
  test('every link leads to a file of the repository, and to a heading where it names one', () => {
    let followed = 0
    const dead = pages.flatMap(({ page, text }) =>
      [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, href]) => {
        if (/^[a-z]+:/.test(href!)) return []
        followed++
        const [path, anchor] = href!.split('#')
        const target = path === '' ? page : join(dirname(page), path!)
        if (!existsSync(join(ROOT, target))) return [`${page}: ${href}`]
        return anchor === undefined || anchors(read(target)).includes(anchor) ? [] : [`${page}: ${href}`]
      }),
    )
    expect(dead).toEqual([])
    expect(followed).toBeGreaterThan(60)
  })

  test('every path of the repository that a page names exists', () => {
    const named = pages.flatMap(({ page, text }) => {
      if (page === 'CHANGELOG.md') return []
      return [...text.matchAll(/`((?:src|test|scripts|circuits|contracts|docs|examples)\/[^`\s]*)`/g)].map(
        ([, path]) => ({ page, path: path! }),
      )
    })
    const whole = named.filter(({ path }) => !/[<*…$]|MODEL/.test(path))
    expect(whole.length).toBeGreaterThan(60)
    expect(whole.filter(({ path }) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  test('a command that a page shows is one, with options that it has and all that it asks for', () => {
    const program = commandLine()
    let shown = 0
    for (const { page, text } of pages) {
      for (const [, block] of text.matchAll(/^```sh\n(.*?)^```$/gms)) {
        for (const line of block!.replaceAll('\\\n', ' ').split(/\n|&&/)) {
          const [, call] = /^ *(?:npx )?plimsoll ([^#]*)/.exec(line) ?? []
          if (call === undefined) continue
          const words = call.trim().split(/\s+/)
          const noun = program.commands.find((command) => command.name() === words[0])
          const command = noun?.commands.find((verb) => verb.name() === words[1]) ?? noun
          expect(command, `${page}: ${line}`).toBeDefined()
          const given = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]!)
          const known = command!.options.map(({ long }) => long!)
          expect(
            given.filter((option) => !known.includes(option)),
            `${page}: ${line}`,
          ).toEqual([])
          const asked = command!.options.filter(({ mandatory }) => mandatory).map(({ long }) => long!)
          expect(
            asked.filter((option) => !given.includes(option)),
            `${page}: ${line}`,
          ).toEqual([])
          shown++
        }
      }
    }
    expect(shown).toBeGreaterThan(40)
  })

  test('the README is a page of five minutes, and names the test command', () => {
    const lines = read('README.md').trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(150)
    expect(lines.filter((line) => [...line].length > 110)).toEqual([])
    expect(lines).toContainEqual(expect.stringMatching(/^npm test/))
  })

  test('every environment variable that is read stands in the table, and no other', () => {
    const sources = [
      ...['src', 'test', 'scripts'].flatMap((folder) => filesIn(folder, /\.(ts|mjs)$/)),
      'package.json',
      'vitest.config.ts',
    ]
    const used = sources.flatMap((path) => read(path).match(/\b(?:PLIMSOLL|UPDATE)_[A-Z_]*[A-Z]\b/g) ?? [])
    const listed = [...read('docs/environment.md').matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name!)
    expect(listed.filter((name) => /^(PLIMSOLL|UPDATE)_/.test(name)).sort()).toEqual(
      [...new Set(used)].sort(),
    )
  })

  test('prose keeps to 110 columns', () => {
    const long = pages.flatMap(({ page, text }) =>
      prose(text)
        .split('\n')
        .filter((line) => [...line].length > 110 && !line.startsWith('|'))
        .map((line) => `${page}: ${line}`),
    )
    expect(long).toEqual([])
  })

  test('comments keep to 110 columns', () => {
    const files = [
      ...['src', 'scripts'].flatMap((folder) => filesIn(folder, /\.ts$/)),
      ...filesIn('circuits', /\.circom$/),
      ...filesIn('contracts', /\.sol$/),
    ]
    expect(files.length).toBeGreaterThan(300)
    const long = files.flatMap((path) =>
      read(path)
        .split('\n')
        .filter((line) => [...line].length > 110 && /^\s*(\/\/|\/?\*)/.test(line))
        .map((line) => `${path}: ${line}`),
    )
    expect(long).toEqual([])
  })

  test('the glossary has each word once, other pages use it, and functions are named by its verbs', () => {
    const glossary = read('docs/glossary.md')
    const words = [...glossary.matchAll(/^\| \*\*([a-z ]+)\*\* \|/gm)].map(([, word]) => word!)
    expect(words.length).toBeGreaterThan(50)
    expect(words.filter((word, i) => words.indexOf(word) !== i)).toEqual([])
    const others = pages.filter(({ page }) => page !== 'docs/glossary.md').map(({ text }) => text)
    const unused = words.filter((word) => !others.some((text) => new RegExp(`\\b${word}`, 'i').test(text)))
    expect(unused).toEqual([])
    const [, table] = glossary.split('\n## Verbs\n')
    const verbs = [...table!.matchAll(/^\| \*\*([a-z]+)\*\* \|.*\| ([a-z, ]+) \|$/gm)]
    const names = filesIn('src', /^[a-z0-9]+\/index\.ts$/).flatMap((path) =>
      [...read(path).matchAll(/\b[a-z]+(?:[A-Z][a-z0-9]*)+\b/g)].map(([name]) => name),
    )
    expect(names.length).toBeGreaterThan(100)
    for (const [, verb, synonyms] of verbs) {
      const named = names.filter((name) => new RegExp(`^${verb}[A-Z]|[a-z]${verb}$`, 'i').test(name))
      expect(named, verb).not.toEqual([])
      const astray = synonyms!.split(', ')
      expect(names.filter((name) => astray.some((word) => new RegExp(`^${word}[A-Z]`).test(name)))).toEqual(
        [],
      )
    }
  })
})
