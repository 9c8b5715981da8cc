/**
 * Writes `src/chain/generated/abi.ts`: the ABIs of the contracts and of interfaces that others call, as the
 * compiler gives them.
 *
 * npx tsx scripts/make-abis.ts
 */
import { fileURLToPath } from 'node:url'
import { compileContracts, contractSources } from '../src/chain/index.js'
import { writeFileAtomic } from '../src/files/index.js'

const PATH = fileURLToPath(new URL('../src/chain/generated/abi.ts', import.meta.url))

/** Each constant, the contract that it is of, and its file. */
const ABIS: readonly [constant: string, contract: string, path: string][] = [
  ['SOLVENCY_REGISTRY_ABI', 'SolvencyRegistry', 'SolvencyRegistry.sol'],
  ['RISK_REGISTER_ABI', 'RiskRegister', 'RiskRegister.sol'],
  ['MARGIN_GATE_ABI', 'MarginGate', 'MarginGate.sol'],
  ['OWNED_EPOCHS_ABI', 'OwnedEpochs', 'OwnedEpochs.sol'],
  ['GROTH16_VERIFIER_ABI', 'IGroth16Verifier', 'interfaces/IGroth16Verifier.sol'],
  ['SOLVENCY_ORACLE_ABI', 'ISolvencyOracle', 'interfaces/ISolvencyOracle.sol'],
  ['EPOCH_SOURCE_ABI', 'IEpochSource', 'interfaces/IEpochSource.sol'],
  ['ACCESS_MANAGER_ABI', 'AccessManager', '@openzeppelin/contracts/access/manager/AccessManager.sol'],
]

/** The text of the generated file. */
export async function abiModule(): Promise<string> {
  const sources = await contractSources(ABIS.map(([, , path]) => path))
  const compiled = await compileContracts(
    sources,
    ABIS.map(([, name, path]) => ({ path, name })),
  )
  const constants = ABIS.map(([constant, contract], i) => {
    const lines = compiled[i]!.abi.map((entry) => `  ${JSON.stringify(entry)},\n`)
    return `/** The ABI of \`${contract}\`. */\nexport const ${constant} = [\n${lines.join('')}] as const\n`
  })
  return [`/** Made by \`scripts/make-abis.ts\` from the compiler's output. */\n`, ...constants].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFileAtomic(PATH, await abiModule())
