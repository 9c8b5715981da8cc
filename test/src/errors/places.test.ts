import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { run } from '../../../src/cli/program.js'
import { InputError, inPlace } from '../../../src/errors/index.js'
import { readStressRequest } from '../../../src/models/index.js'
import { temporaryFolder } from '../../helpers/cli.js'

const SRC = fileURLToPath(new URL('../../../src', import.meta.url))
const folder = temporaryFolder()

test('an error that is found later names the file as well (cli.5)', async () => {
  const fault = new InputError('X_Y', 'is not there', { where: 'BTC', hint: 'Add it.' })
  const fail = () => {
    throw fault
  }
  await expect(inPlace('a.json', fail)).rejects.toMatchObject({
    code: 'X_Y',
    message: 'a.json: BTC: is not there',
    where: 'a.json: BTC',
    hint: 'Add it.',
  })
  await expect(inPlace('a.json', fail, 'Z_')).rejects.toBe(fault)
  await expect(inPlace(undefined, fail)).rejects.toBe(fault)
})

test('a stress request names the scenario that there is none of, and the instrument that it leaves out, with the file (cli.5)', async () => {
  const path = join(folder, 'stress.json')
  const write = (change: object) =>
    writeFileSync(
      path,
      JSON.stringify({ ...JSON.parse(readFileSync('examples/venue/stress.json', 'utf8')), ...change }),
    )
  write({ scenarios: [{ type: 'event', name: 'no-such-day' }] })
  await expect(readStressRequest(path)).rejects.toMatchObject({
    code: 'SCENARIO_UNKNOWN',
    where: `${path}: scenarios[0]`,
    message: expect.stringContaining('no-such-day'),
  })
  write({ instruments: {} })
  const out = join(folder, 'out.json')
  const said: string[] = []
  const { write: real } = process.stdout
  process.stdout.write = ((text: string) => said.push(text) > 0) as typeof real
  const code = await run([
    'risk',
    'stress',
    '--risk',
    'examples/venue/risk.json',
    '--stress',
    path,
    '--out',
    out,
    '--json',
  ])
  process.stdout.write = real
  expect(code).toBe(2)
  expect(JSON.parse(said.join('')).error).toMatchObject({
    code: 'STRESS_INSTRUMENT',
    where: path,
    message: expect.stringContaining('BTC'),
  })
})

/** Of what a caller of the library gives, not a file or a person; or the message says the place by itself. */
const PLACELESS = [
  ...[
    'ADDRESS',
    'PRIVATE_KEY',
    'RPC_URL',
    'RPC_REFUSED',
    'CHAIN_CHANGED',
    'GATE_PURPOSE',
    'LOCAL_CHAIN',
    'MARGIN_PROOF',
  ],
  ...['SLOT_RANGE', 'WITNESS_INPUTS', 'LEDGER_BATCH', 'PROOF_SHAPE', 'KEY_SHAPE', 'DEMO_INVALID', 'USAGE'],
  ...[
    'MARGIN_INSTANCE',
    'MARGIN_SIZE',
    'PORTFOLIO_RANGE',
    'PORTFOLIO_CASH',
    'PORTFOLIO_SIZE',
    'PORTFOLIO_INSTRUMENT',
  ],
  ...['KEY_UNPINNED', 'KEY_DEVELOPMENT'],
]

test('every error says where, or what to do, wherever it is thrown (cli.5)', () => {
  const sites = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(SRC, file), 'utf8')
      return [...text.matchAll(/new (?:Input|Artifact|Statement|Proof)Error\(/g)].map(({ index }) => {
        const call = callAt(text, text.indexOf('(', index))
        return {
          file,
          code: /'([A-Z_0-9]+)'/.exec(call)?.[1] ?? 'given',
          told: /\b(?:where|hint|options|at)\b/.test(call),
        }
      })
    })
  expect(sites.length).toBeGreaterThan(150)
  expect(sites.filter(({ code, told }) => !told && !PLACELESS.includes(code))).toEqual([])
})

/** A call's arguments, from its bracket to the one that closes it. */
function callAt(text: string, start: number): string {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    if ('([{'.includes(text[i]!)) depth++
    if (')]}'.includes(text[i]!) && --depth === 0) return text.slice(start, i)
  }
  return text.slice(start)
}
