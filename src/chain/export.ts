import { dirname, join, posix } from 'node:path'
import { InputError } from '../errors/index.js'
import { assertReplaceable, inFolders, writeFileAtomic } from '../files/index.js'
import { LIQUIDATION_SIGNALS, MARGIN_SIGNALS } from '../statements/index.js'
import { CONTRACTS, contractSources, type DeployableContract, VERIFIER_IMPORTS } from './contracts.js'
import { type KeyTrust, type VerifierKey, verifierName, verifierSource } from './verifier-source.js'

const PACKAGE = /^@openzeppelin\/contracts\//
const IMPORT_OF_PACKAGE = /(?<=^import .*")@openzeppelin\/contracts\/[^"]+(?=";$)/gm

/** What goes with a verifier: a gate, and a source of epochs of one's own where there is no registry. */
const GATES = [
  { signals: MARGIN_SIGNALS, contracts: [CONTRACTS.MarginGate, CONTRACTS.OwnedEpochs] },
  { signals: LIQUIDATION_SIGNALS, contracts: [CONTRACTS.LiquidationGate, CONTRACTS.OwnedEpochs] },
]

/**
 * Writes a verifier for each key into a folder, and the contracts that are named, with all that they import
 * and, where a key is of `margin` or `liquidation`, its gate: Solidity that compiles as it is. Files of
 * OpenZeppelin lie in `openzeppelin/`.
 *
 * @param options.contracts contracts by their names
 * @param options.overwrite whether files that hold something else are overwritten
 * @param options.trust what shows that a key came out of a ceremony; without it, every verifier is marked
 * INSECURE
 * @returns the paths written, relative to the folder, verifiers last
 * @throws {ArtifactError} what `verifierSource` throws, before anything is written
 * @throws {InputError} `FILE_ACCESS`, `FILE_EXISTS`, `FILE_SYMLINK`, `VERIFIER_NAME`
 * @example
 * const paths = await exportContracts('verifiers', [await ensureArtifacts('ledger-tiny')])
 */
export async function exportContracts(
  directory: string,
  keys: readonly VerifierKey[],
  options: { contracts?: readonly DeployableContract[]; overwrite?: boolean; trust?: KeyTrust } = {},
): Promise<string[]> {
  const gates = GATES.filter(({ signals }) =>
    keys.some(({ publicSignals }) => publicSignals.join() === signals.join()),
  )
  const named = options.contracts?.map((name) => CONTRACTS[name]) ?? []
  const files = selfContained(
    await contractSources([
      ...(keys.length > 0 ? VERIFIER_IMPORTS : []),
      ...gates.flatMap(({ contracts }) => contracts),
      ...named,
    ]),
  )
  for (const key of keys) {
    const path = `${verifierName(key.instance.name)}.sol`
    if (path in files) {
      throw new InputError('VERIFIER_NAME', 'two instances would have one verifier name', { where: path })
    }
    files[path] = await verifierSource(key, options.trust)
  }
  if (!options.overwrite) {
    for (const [path, text] of Object.entries(files)) await assertReplaceable(join(directory, path), text)
  }
  const folders = Object.keys(files).map((path) => ({ path: dirname(join(directory, path)) }))
  await inFolders(folders, async () => {
    for (const [path, text] of Object.entries(files)) await writeFileAtomic(join(directory, path), text)
  })
  return Object.keys(files)
}

/** Sources with OpenZeppelin's among them, which are found without remappings. */
function selfContained(sources: Readonly<Record<string, string>>): Record<string, string> {
  const placeOf = (path: string) => path.replace(PACKAGE, 'openzeppelin/')
  return Object.fromEntries(
    Object.entries(sources).map(([path, text]) => {
      const place = placeOf(path)
      const local = text.replace(IMPORT_OF_PACKAGE, (imported) => {
        const relative = posix.relative(posix.dirname(place), placeOf(imported))
        return relative.startsWith('.') ? relative : `./${relative}`
      })
      return [place, local]
    }),
  )
}
