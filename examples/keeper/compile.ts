import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Abi, Hex } from 'viem'

const own = createRequire(import.meta.url)
const EXAMPLES = fileURLToPath(new URL('..', import.meta.url))

export interface Compiled {
  abi: Abi
  bytecode: Hex
}

/**
 * Compiles contracts of this folder with npm's compiler: files by their paths under `examples/`, and what they
 * import from packages as Node finds it.
 *
 * @param wanted a file and a contract of it, such as `contracts/lending/PledgedCredit.sol:PledgedCredit`
 */
export function compile<Name extends string>(wanted: Record<Name, string>): Record<Name, Compiled> {
  const sources: Record<string, { content: string }> = {}
  const add = (name: string) => {
    if (name in sources) return
    const isOwn = name.startsWith('contracts/') || name.startsWith('keeper/')
    const content = readFileSync(isOwn ? join(EXAMPLES, name) : own.resolve(name), 'utf8')
    sources[name] = { content }
    for (const [, imported] of content.matchAll(/^import [^"]*"([^"]+)";$/gm)) {
      add(imported!.startsWith('.') ? join(dirname(name), imported!) : imported!)
    }
  }
  const places = Object.entries<string>(wanted).map(([key, place]) => {
    const [file, contract] = place.split(':') as [string, string]
    add(file)
    return { key: key as Name, file, contract }
  })
  const settings = {
    evmVersion: 'cancun',
    optimizer: { enabled: true, runs: 10_000 },
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
  }
  const { compile: solc } = own('solc') as { compile(input: string): string }
  const { errors = [], contracts } = JSON.parse(
    solc(JSON.stringify({ language: 'Solidity', sources, settings })),
  ) as {
    errors?: { severity: string; formattedMessage: string }[]
    contracts?: Record<string, Record<string, { abi: Abi; evm: { bytecode: { object: string } } }>>
  }
  const fatal = errors.filter(({ severity }) => severity === 'error')
  if (fatal.length > 0) throw new Error(fatal.map(({ formattedMessage }) => formattedMessage).join('\n'))
  return Object.fromEntries(
    places.map(({ key, file, contract }) => {
      const { abi, evm } = contracts![file]![contract]!
      return [key, { abi, bytecode: `0x${evm.bytecode.object}` }]
    }),
  ) as Record<Name, Compiled>
}
