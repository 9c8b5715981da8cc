/**
 * Writes `src/chain/generated/abi.ts`: the ABIs of the contracts and of interfaces that others call, as the
 * compiler gives them.
 *
 * npx tsx scripts/make-abis.ts
 */
import { fileURLToPath } from 'node:url'
import { CONTRACTS, compileContracts, contractSources } from '../src/chain/index.js'
import { writeFileAtomic } from '../src/files/index.js'

const PATH = fileURLToPath(new URL('../src/chain/generated/abi.ts', import.meta.url))

/** What is named, and its file. */
const NAMED: Record<string, string> = {
  ...CONTRACTS,
  IGroth16Verifier: 'interfaces/IGroth16Verifier.sol',
  ISolvencyOracle: 'interfaces/ISolvencyOracle.sol',
  IEpochSource: 'interfaces/IEpochSource.sol',
}

/** The text of the generated file. */
export async function abiModule(): Promise<string> {
  const names = Object.entries(NAMED).map(([name, path]) => ({ name, path }))
  const compiled = await compileContracts(await contractSources(Object.values(NAMED)), names)
  const constants = names.map(({ name }, i) => {
    const lines = compiled[i]!.abi.map((entry) => `  ${JSON.stringify(entry)},\n`)
    return `/** The ABI of \`${name}\`. */\nexport const ${constantOf(name)} = [\n${lines.join('')}] as const\n`
  })
  return [`/** Made by \`scripts/make-abis.ts\` from the compiler's output. */\n`, ...constants].join('\n')
}

/** `ISolvencyOracle` is `SOLVENCY_ORACLE_ABI`. */
function constantOf(name: string): string {
  const words = name.replace(/^I(?=[A-Z])/, '').replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
  return `${words.toUpperCase()}_ABI`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFileAtomic(PATH, await abiModule())
