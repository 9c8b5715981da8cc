import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAccount, verifyControl } from '../src/reserves/index.js'

/**
 * Checks the verifier of signed Bitcoin messages against the official vectors of BIP-322:
 * `npx tsx scripts/check-bip322-vectors.ts FOLDER`, with the folder `bip-0322` of the BIPs' repository.
 */
interface Vector {
  message: string
  address: string
  type: string
  bip322_signatures: string[]
}
interface Wrong {
  description: string
  message: string
  address: string
  signature: string
}

const folder = process.argv[2]
if (folder === undefined) throw new Error('name the folder of the vectors')
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'))
const [basic, generated] = [read('basic-test-vectors.json'), read('generated-test-vectors.json')]
const right: Vector[] = [...basic.simple, ...generated.simple, ...generated.full, ...generated.proof_of_funds]
const wrong: Wrong[] = [...basic.error, ...generated.error]

/** All locks of the vectors have passed. */
const PAST = { moment: { time: 2_000_000_000, height: 3000 }, age: { blocks: 3000, seconds: 3_000_000 } }
const judge = (address: string, text: string, signature: string) => {
  const account = parseAccount(`bip122:000000000019d6689c085ae165831e93:${address}`, address)
  return verifyControl({ kind: 'bip322', signature }, { account, text, ...PAST })
}
const faults: string[] = []
let [signatures, outputs] = [0, 0]
for (const { message, address, type, bip322_signatures } of right) {
  // Scripts with time locks are no scripts of keys: they are left open.
  const expected = type.endsWith('time-lock') ? 'inconclusive' : 'valid'
  for (const signature of bip322_signatures) {
    signatures++
    const { status, why, facts } = judge(address, message, signature)
    outputs += facts?.outputs?.length ?? 0
    if (status !== expected) faults.push(`${type}: ${status} for ${expected}: ${why}`)
  }
}
for (const { description, message, address, signature } of wrong) {
  const { status } = judge(address, message, signature)
  if (status !== 'invalid') faults.push(`${description}: ${status}`)
}
for (const fault of faults) console.error(fault)
console.log(
  `${signatures} signatures with ${outputs} outputs, and ${wrong.length} wrong ones: ${faults.length} faults`,
)
process.exitCode = faults.length === 0 ? 0 : 1
