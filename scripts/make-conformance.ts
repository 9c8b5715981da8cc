/**
 * Writes conformance vectors for verifiers in other languages: a valid epoch, copies of it that no verifier
 * may accept, and `vectors.json` with what each has to give: `npx tsx scripts/make-conformance.ts EPOCH PINS
 * OUT`.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesIn, writeVectors } from './conformance/write.js'

const [epoch, pins, out] = process.argv.slice(2)
if (epoch === undefined || pins === undefined || out === undefined) {
  throw new Error('name an epoch, its pins, and a folder for the vectors')
}
if (existsSync(join(epoch, 'reserves'))) {
  throw new Error('name an epoch without evidence: the vectors say nothing of it')
}
// The manifest does not name it, and the epoch is the same without: the vectors say nothing of a settlement.
const files = Object.entries(filesIn(epoch)).filter(([path]) => !path.startsWith('settlement/'))
writeVectors(Object.fromEntries(files), readFileSync(pins, 'utf8'), out)
