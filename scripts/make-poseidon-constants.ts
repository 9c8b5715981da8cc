/**
 * Writes `src/hash/generated/poseidon-constants.ts`: the constants of circomlib's
 * `poseidon_constants.circom`, which the circuits are compiled with, so that a hash outside a circuit has the
 * very constants of the one inside.
 *
 * npx tsx scripts/make-poseidon-constants.ts
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { writeFileAtomic } from '../src/files/index.js'

const PATH = fileURLToPath(new URL('../src/hash/generated/poseidon-constants.ts', import.meta.url))
const WIDTHS = Array.from({ length: 16 }, (_, i) => i + 2)
/** In the order in which a width's constants stand in the file. */
const LISTS = ['C', 'S', 'M', 'P']

const HEAD = `/**
 * Made by \`scripts/make-poseidon-constants.ts\` from circomlib's constants, with the partial rounds'
 * matrices made sparse (appendix B of https://eprint.iacr.org/2019/458). For each width from 2 on, elements
 * of 32 bytes, the lowest first, in base64: what is added (C), the sparse matrices (S), the dense one (M) and
 * the one before the partial rounds (P), by rows.
 */
`

/** The elements of one list of circomlib's, for one width. */
function elements(source: string, list: string, width: number): bigint[] {
  const start = source.indexOf(`function POSEIDON_${list}(t)`)
  const body = source.slice(start, source.indexOf('\nfunction ', start + 1) >>> 0)
  const found = new RegExp(`if \\(t ?== ?${width}\\) \\{([^}]*)\\}`).exec(body)?.[1]
  const values = [...(found ?? '').matchAll(/0x[0-9a-f]+/g)].map(([hex]) => BigInt(hex))
  if (start < 0 || values.length === 0) throw new Error(`circomlib has no POSEIDON_${list} for ${width}`)
  return values
}

function bytesOf(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse()
}

/** The text of the generated file. */
export function poseidonConstants(): string {
  const circuits = createRequire(import.meta.url).resolve('circomlib/circuits/poseidon_constants.circom')
  const source = readFileSync(circuits, 'utf8')
  const lines = WIDTHS.map((width) => {
    const values = LISTS.flatMap((list) => elements(source, list, width))
    return `  '${Buffer.concat(values.map(bytesOf)).toString('base64')}',\n`
  })
  return `${HEAD}export const POSEIDON_CONSTANTS: readonly string[] = [\n${lines.join('')}]\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFileAtomic(PATH, poseidonConstants())
