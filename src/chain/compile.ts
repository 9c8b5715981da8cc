import type { Abi, Hex } from 'viem'
import * as z from 'zod'
import { ArtifactError } from '../errors/index.js'
import { resolveOptional, runNode } from '../files/index.js'

/** The same settings as `foundry.toml`: with no metadata, bytecode is a function of the source alone. */
const SETTINGS = {
  evmVersion: 'cancun',
  optimizer: { enabled: true, runs: 10_000 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
}

/**
 * Compiles what it is given and says what the compiler says. The compiler's own command reads its input at
 * once, and fails when that is more than a pipe holds.
 */
const COMPILE = `
const { compile } = require(process.argv[1])
let input = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', (part) => { input += part })
process.stdin.on('end', () => process.stdout.write(compile(input)))
`

const outputSchema = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).optional(),
  contracts: z
    .record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          abi: z.array(z.unknown()),
          evm: z.object({
            bytecode: z.object({
              object: z.string().regex(/^([0-9a-f]{2})+$/, 'has to be bytes in hexadecimal'),
            }),
          }),
        }),
      ),
    )
    .optional(),
})

export interface CompiledContract {
  abi: Abi
  /** Creation code. */
  bytecode: Hex
}

/**
 * Compiles Solidity and gives one contract of it. The compiler runs in a separate process and takes about two
 * seconds.
 *
 * @param sources every file by its path; imports are looked up among them, relative to the importing file
 * @param path the file that has the contract
 * @param contract its name
 * @throws {InputError} `PACKAGE_MISSING`
 * @throws {ArtifactError} `SOLIDITY_FAILED` with what the compiler said.
 */
export async function compileSolidity(
  sources: Readonly<Record<string, string>>,
  path: string,
  contract: string,
): Promise<CompiledContract> {
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources).map(([file, content]) => [file, { content }])),
    settings: { ...SETTINGS, outputSelection: { [path]: { [contract]: ['abi', 'evm.bytecode.object'] } } },
  }
  const output = outputSchema.safeParse(await runSolc(JSON.stringify(input), contract))
  if (!output.success) throw failed(contract, 'the compiler answered with something else than its format')
  const { errors = [], contracts } = output.data
  const fatal = errors.filter(({ severity }) => severity === 'error')
  const compiled = contracts?.[path]?.[contract]
  if (fatal.length || !compiled) {
    throw failed(contract, fatal[0]?.formattedMessage.trim() ?? `there is no such contract in ${path}`)
  }
  return { abi: compiled.abi as Abi, bytecode: `0x${compiled.evm.bytecode.object}` }
}

async function runSolc(input: string, contract: string): Promise<unknown> {
  const args = ['-e', COMPILE, resolveOptional('solc', 'solc')]
  const { stdout, stderr } = await runNode(args, { input }).catch((cause: unknown) => {
    throw failed(contract, 'the compiler did not start', cause)
  })
  try {
    return JSON.parse(stdout.slice(stdout.indexOf('{')))
  } catch (cause) {
    throw failed(contract, stderr.trim().slice(-4_096) || 'the compiler ended without a word', cause)
  }
}

function failed(contract: string, why: string, cause?: unknown): ArtifactError {
  return new ArtifactError('SOLIDITY_FAILED', why, { where: contract, cause })
}
