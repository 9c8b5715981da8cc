import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Finding } from './findings.js'

const bin = (name: string) => fileURLToPath(new URL(`../../../scripts/bin/${name}`, import.meta.url))
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url))
const OPENZEPPELIN = '@openzeppelin/contracts/'
/** All that forge has, down to gas. */
const SEVERITIES = ['high', 'med', 'low', 'info', 'gas', 'code-size']

const diagnosticSchema = z.object({
  message: z.string(),
  code: z.object({ code: z.string() }),
  spans: z
    .array(
      z.object({
        file_name: z.string(),
        line_start: z.int(),
        text: z.array(z.object({ text: z.string() })).min(1),
      }),
    )
    .min(1),
})

/**
 * The findings of `forge lint` in Solidity files, given by their paths below `contracts/`. Those of other
 * packages are left to them.
 */
export function forgeLint(sources: Readonly<Record<string, string>>): Finding[] {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-lint-'))
  try {
    const config = [
      ...['[profile.default]', 'src = "contracts"', `solc = "${bin('solc')}"`, 'offline = true'],
      `remappings = ["${OPENZEPPELIN}=node_modules/${OPENZEPPELIN}"]`,
    ]
    symlinkSync(MODULES, join(root, 'node_modules'))
    writeFileSync(join(root, 'foundry.toml'), config.join('\n'))
    for (const [path, text] of Object.entries(sources)) {
      if (path.startsWith('@')) continue
      mkdirSync(dirname(join(root, 'contracts', path)), { recursive: true })
      writeFileSync(join(root, 'contracts', path), text)
    }
    const args = ['lint', '--root', root, '--json', ...SEVERITIES.map((severity) => `--severity=${severity}`)]
    const { status, stderr } = spawnSync(process.execPath, [bin('forge'), ...args], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`forge lint ended with ${status}: ${stderr.slice(-2000)}`)
    return stderr
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const { message, code, spans } = diagnosticSchema.parse(JSON.parse(line))
        const { file_name, line_start, text } = spans[0]!
        const file = file_name.slice(file_name.indexOf('contracts/') + 'contracts/'.length)
        return { file, line: line_start, code: code.code, at: place(text[0]!.text), message }
      })
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** The line, less the hash of a key, which is another for each key. */
function place(line: string): string {
  return line.trim().replace(/0x[0-9a-f]{64}/, '0x…')
}

const astSchema = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).optional(),
  sources: z.record(
    z.string(),
    z.object({ ast: z.object({ nodes: z.array(z.looseObject({ nodeType: z.string() })) }) }),
  ),
})
const contractSchema = z.object({
  id: z.int(),
  name: z.string(),
  contractKind: z.string(),
  linearizedBaseContracts: z.array(z.int()),
  nodes: z.array(z.looseObject({ nodeType: z.string() })),
})
const functionSchema = z.object({ name: z.string(), implemented: z.boolean() })

/**
 * Contracts that inherit a verifier, as the compiler sees it: any contract that implements a function named
 * `verify…`. A verifier may end the call it is in with its verdict as the answer, and then nothing of the
 * heir's own code runs.
 *
 * @returns one line for each: the heir and what it inherits
 */
export function heirsOfVerifiers(sources: Readonly<Record<string, string>>): string[] {
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources).map(([path, content]) => [path, { content }])),
    settings: { outputSelection: { '*': { '': ['ast'] } } },
  }
  const { stdout, stderr } = spawnSync(process.execPath, [bin('solc'), '--standard-json'], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (!stdout.includes('{')) throw new Error(`the Solidity compiler said nothing: ${stderr}`)
  const output = astSchema.parse(JSON.parse(stdout.slice(stdout.indexOf('{'))))
  const failed = output.errors?.find(({ severity }) => severity === 'error')
  if (failed) throw new Error(failed.formattedMessage)
  const contracts = Object.values(output.sources)
    .flatMap(({ ast }) => ast.nodes)
    .filter(({ nodeType }) => nodeType === 'ContractDefinition')
    .map((node) => contractSchema.parse(node))
  const verifiers = new Map(
    contracts
      .filter(
        ({ contractKind, nodes }) =>
          contractKind === 'contract' &&
          nodes
            .filter(({ nodeType }) => nodeType === 'FunctionDefinition')
            .map((node) => functionSchema.parse(node))
            .some(({ name, implemented }) => implemented && name.startsWith('verify')),
      )
      .map(({ id, name }) => [id, name]),
  )
  return contracts.flatMap(({ id, name, linearizedBaseContracts }) =>
    linearizedBaseContracts
      .filter((base) => base !== id && verifiers.has(base))
      .map((base) => `${name} inherits ${verifiers.get(base)}`),
  )
}
