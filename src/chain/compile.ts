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
const OUTPUTS = [
  'abi',
  'evm.bytecode.object',
  'evm.deployedBytecode.object',
  'evm.deployedBytecode.immutableReferences',
]

/**
 * Compiles what it is given and says what the compiler says. The compiler's own command reads its input at
 * once, and fails when that is more than a pipe holds. Its code runs for so short a time that optimizing it
 * first takes about a second longer than it saves.
 */
const COMPILE = `
require('node:v8').setFlagsFromString('--liftoff-only')
const { compile } = require(process.argv[1])
let input = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', (part) => { input += part })
process.stdin.on('end', () => process.stdout.write(compile(input)))
`

const BYTES = /^([0-9a-f]{2})*$/
const codeSchema = z.object({ object: z.string().regex(BYTES, 'has to be bytes in hexadecimal') })

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
            bytecode: codeSchema,
            deployedBytecode: codeSchema.extend({
              immutableReferences: z
                .record(z.string(), z.array(z.object({ start: z.number(), length: z.number() })))
                .optional(),
            }),
          }),
        }),
      ),
    )
    .optional(),
})

export interface CompiledContract {
  abi: Abi
  /** Creation code; empty for an interface. */
  bytecode: Hex
  /** What lies on the chain, with zeros where the constructor writes. */
  runtime: { code: Hex; immutables: { start: number; length: number }[] }
}

/** A contract among sources. */
export interface ContractName {
  /** The file that has it. */
  path: string
  name: string
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
  const [compiled] = await compileContracts(sources, [{ path, name: contract }])
  return compiled!
}

/** What was compiled in this process, by the compiler's input. */
const compiled = new Map<string, Promise<CompiledContract[]>>()

/**
 * The same for several contracts in one run of the compiler, in the order of their names. What was compiled
 * before in this process is not compiled again.
 *
 * @throws as `compileSolidity` has it
 */
export function compileContracts(
  sources: Readonly<Record<string, string>>,
  names: readonly ContractName[],
): Promise<CompiledContract[]> {
  const input = JSON.stringify(standardInput(sources, names))
  const known = compiled.get(input)
  if (known !== undefined) return known
  const made = compileInput(input, names)
  compiled.set(input, made)
  made.catch(() => compiled.delete(input))
  return made
}

async function compileInput(input: string, names: readonly ContractName[]): Promise<CompiledContract[]> {
  const where = names.map(({ name }) => name).join(', ')
  const answer = await runSolc(input, where)
  const output = outputSchema.safeParse(answer)
  if (!output.success) throw failed(where, 'the compiler answered with something else than its format')
  const { errors = [], contracts } = output.data
  const fatal = errors.find(({ severity }) => severity === 'error')
  if (fatal !== undefined) throw failed(where, fatal.formattedMessage.trim())
  return names.map(({ path, name }) => {
    const found = contracts?.[path]?.[name]
    if (found === undefined) throw failed(name, `there is no such contract in ${path}`)
    const { bytecode, deployedBytecode } = found.evm
    return {
      abi: found.abi as Abi,
      bytecode: `0x${bytecode.object}`,
      runtime: {
        code: `0x${deployedBytecode.object}`,
        immutables: Object.values(deployedBytecode.immutableReferences ?? {}).flat(),
      },
    }
  })
}

/** The compiler's input (standard JSON): what a block explorer verifies a contract by. */
export function standardInput(
  sources: Readonly<Record<string, string>>,
  names: readonly ContractName[],
): object {
  const outputSelection: Record<string, Record<string, string[]>> = {}
  for (const { path, name } of names) {
    outputSelection[path] = { ...outputSelection[path], [name]: OUTPUTS }
  }
  return {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources).map(([file, content]) => [file, { content }])),
    settings: { ...SETTINGS, outputSelection },
  }
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
