import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { type Files, VECTORS } from './vectors.js'

/** A line of `vectors.json`. */
export interface ListedVector {
  folder: string
  /** Whether a verifier has to accept the epoch in the folder. */
  valid: boolean
}

/**
 * Writes an epoch and its tampered copies, each as a folder, `pins.json` and `vectors.json`.
 *
 * @param valid an epoch of two batches or more
 * @param pins the text of its pins
 */
export function writeVectors(valid: Files, pins: string, out: string): ListedVector[] {
  const write = (name: string, files: Files) => {
    for (const [path, text] of Object.entries(files)) {
      const file = join(out, name, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  }
  write('valid', valid)
  const vectors = VECTORS.filter(({ applies }) => applies === undefined || applies(valid))
  for (const { name, change } of vectors) {
    const files = { ...valid }
    change(files)
    write(name, files)
  }
  const list = [
    { folder: 'valid', valid: true },
    ...vectors.map(({ name }) => ({ folder: name, valid: false })),
  ]
  writeFileSync(join(out, 'pins.json'), pins)
  writeFileSync(join(out, 'vectors.json'), `${JSON.stringify(list, null, 2)}\n`)
  return list
}

/** The files of a folder, by their paths. */
export function filesIn(folder: string): Files {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return Object.fromEntries(
    paths
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path.split(sep).join('/'), readFileSync(join(folder, path), 'utf8')]),
  )
}
