/**
 * Writes conformance vectors for verifiers in other languages: a valid epoch, copies of it that no verifier
 * may accept, and `vectors.json` with what each has to give: `npx tsx scripts/make-conformance.ts EPOCH PINS
 * OUT`.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Files, VECTORS } from './conformance/vectors.js'

const [epoch, pins, out] = process.argv.slice(2)
if (epoch === undefined || pins === undefined || out === undefined) {
  throw new Error('name an epoch, its pins, and a folder for the vectors')
}

function write(name: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(out!, name, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

const valid: Files = Object.fromEntries(
  readdirSync(epoch, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(epoch, path)).isFile())
    .map((path) => [path, readFileSync(join(epoch, path), 'utf8')]),
)
write('valid', valid)
for (const { name, change } of VECTORS) {
  const files = { ...valid }
  change(files)
  write(name, files)
}
writeFileSync(join(out, 'pins.json'), readFileSync(pins))
const list = [
  { folder: 'valid', valid: true },
  ...VECTORS.map(({ name }) => ({ folder: name, valid: false })),
]
writeFileSync(join(out, 'vectors.json'), `${JSON.stringify(list, null, 2)}\n`)
