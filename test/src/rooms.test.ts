import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))
/** They import no file system and no other module of Node's: they run in a browser as they are. */
const PURE = [
  'errors',
  'field',
  'schema',
  'beacon',
  'kernel',
  'hash',
  'groth16',
  'rules',
  'risk',
  'reserves',
  'statements',
  'bundle',
  'epoch',
  'inclusion',
  'margin',
  'audit',
]
/** Data flows from left to right; no room imports from a room to its right. */
const ORDER = [
  ...PURE,
  'files',
  'inputs',
  'models',
  'ledger',
  'proving',
  'venue',
  'collect',
  'trader',
  'chain',
  'watch',
  'incident',
  'web',
  'cli',
]

const imports = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && file.includes('/'))
  .flatMap((file) => {
    const text = readFileSync(join(SRC, file), 'utf8')
    return [...text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map((match) => ({
      file,
      room: file.split('/')[0]!,
      target: relative(SRC, resolve(SRC, dirname(file), match[1]!)),
    }))
  })

test('every room is one of the known ones (cli.12)', () => {
  const rooms = readdirSync(SRC, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map((e) => e.name)
  expect(rooms.filter((room) => !ORDER.includes(room))).toEqual([])
})

/** Doors of a room: its index, and where there is one, what of it runs in a browser. */
const DOORS = ['index.js', 'browser.js']

test('a room is entered through its doors only (cli.12)', () => {
  const inside = imports.filter(
    ({ room, target }) => target.split('/')[0] !== room && !DOORS.includes(target.split('/')[1]!),
  )
  expect(inside).toEqual([])
})

test('no room imports from a room to its right (cli.12)', () => {
  const backwards = imports.filter(
    ({ room, target }) => ORDER.indexOf(target.split('/')[0]!) > ORDER.indexOf(room),
  )
  expect(backwards).toEqual([])
})

test('no script imports from the tests (cli.12)', () => {
  const scripts = fileURLToPath(new URL('../../scripts', import.meta.url))
  const files = readdirSync(scripts, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  expect(files.length).toBeGreaterThan(50)
  const importing = files.filter((file) =>
    /(?:from|import\() ?'(?:\.\.\/)+test\//.test(readFileSync(join(scripts, file), 'utf8')),
  )
  expect(importing).toEqual([])
})

test('ARCHITECTURE.md names the rooms in their order, each with a line (cli.12)', () => {
  const page = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8')
  const [, rooms] = page.split('\n## Rooms\n')
  const rows = [...rooms!.split('\n## ')[0]!.matchAll(/^\| `([a-z0-9]+)` \| (.*) \|$/gm)]
  expect(rows.map(([, room]) => room)).toEqual(ORDER)
  for (const [, room, line] of rows) expect(line!.length, room).toBeGreaterThan(10)
})

test('a pure room imports nothing of Node and uses none of its globals (cli.12)', () => {
  const NODE = /from 'node:|import\('node:|require\(|\bprocess\.|\bBuffer\b|__dirname|import\.meta/
  const impure = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && PURE.includes(file.split('/')[0]!))
    .filter((file) => NODE.test(readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')))
  expect(impure).toEqual([])
})
