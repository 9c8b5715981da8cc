import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { verifierName, verifierSource } from '../../../src/chain/index.js'
import { loadInstances } from '../../../src/proving/index.js'
import { gatherSources } from '../../../src/proving/sources.js'
import type { Instance } from '../../../src/statements/index.js'
import { testKey } from '../../contract-fixtures/statements.js'
import { packageSources } from '../contracts/mutation.js'
import type { SoundnessOptions, SoundnessRow, SoundnessSection } from '../report.js'
import { CIRCOMSPECT, FORGE, HINTS, INSPECT } from './allowed.js'
import { runCircomspect } from './circomspect.js'
import { countPlaces, judge, type Verdict } from './findings.js'
import { hintFindings, missingConstraints } from './hints.js'
import { inspectInstance } from './inspect.js'
import { forgeLint, heirsOfVerifiers } from './solidity.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
/**
 * Constraints up to which an instance is inspected: the larger ones are the same templates at other sizes.
 */
const INSPECTED = 32_000

/** Linters over circuits and contracts: clean, or every finding explained one by one. */
export const lintersSection: SoundnessSection = {
  title: 'Linters',
  async *run({ small, progress }: SoundnessOptions) {
    progress('circomspect')
    yield circomspectRow()
    yield hintsRow()
    progress('circom --inspect')
    yield inspectRow(inspectedInstances(small), progress)
    progress('forge lint')
    yield await forgeRow()
    yield await verifiersRow()
  },
}

export function circomspectRow(): SoundnessRow {
  const files = circuitFiles()
  // With what they include of circomlib: an include that is not there is a finding.
  for (const [name, text] of gatherSources([...files.keys()])) files.set(name, text)
  const { findings, looked, overlooked } = runCircomspect(files)
  const verdict = judge(findings, CIRCOMSPECT)
  return row('circomspect', 'circuits are clean under circomspect, or each finding is explained', {
    how: `${looked.length} templates and functions, each shown to be looked at; ${countPlaces(findings)} findings`,
    faults: [...overlooked.map((name) => `${name} was not looked at`), ...faultsOf(verdict)],
  })
}

export function hintsRow(): SoundnessRow {
  const files = circuitFiles()
  const findings = hintFindings(files)
  const hints = [...files.values()].flatMap((text) => text.match(/^[^/\n]*<--/gm) ?? []).length
  return row(
    'hints',
    'what is assigned and not constrained by the assignment is constrained next to it, with a reason',
    {
      how: `${hints} assignments by <--; ${findings.length} constrained or explained elsewhere`,
      faults: [...faultsOf(judge(findings, HINTS)), ...missingConstraints(files, HINTS)],
    },
  )
}

export function inspectRow(
  instances: readonly Instance[],
  progress: SoundnessOptions['progress'] = () => {},
): SoundnessRow {
  const findings = instances.flatMap((instance) => {
    progress(`circom --inspect ${instance.name}`)
    return inspectInstance(instance)
  })
  return row('inspect', 'constraints are clean under circom --inspect, or each finding is explained', {
    how: `${instances.map(({ name }) => name).join(', ')}; ${countPlaces(findings)} findings`,
    faults: faultsOf(judge(findings, INSPECT)),
  })
}

export async function forgeRow(): Promise<SoundnessRow> {
  const sources = await contractFiles()
  const findings = forgeLint(sources)
  return row('forge', 'contracts are clean under forge lint, or each finding is explained', {
    how: `${Object.keys(sources).length} files, every severity; ${countPlaces(findings)} findings`,
    faults: faultsOf(judge(findings, FORGE)),
  })
}

export async function verifiersRow(): Promise<SoundnessRow> {
  const sources = await contractFiles()
  return row('verifiers', 'no contract inherits a verifier', {
    how: `the compiler's syntax trees of ${Object.keys(sources).length} files`,
    faults: heirsOfVerifiers(sources),
  })
}

/**
 * Instances to inspect: those below a size, or for each circuit the smallest that uses all of its parts (no
 * parameter that could be above zero is zero).
 */
export function inspectedInstances(small: boolean): Instance[] {
  const counts: Record<string, { nonLinear: number } | undefined> = JSON.parse(
    readFileSync(join(ROOT, 'circuits/constraints.json'), 'utf8'),
  )
  const instances = loadInstances().filter(
    ({ name }) => (counts[name]?.nonLinear ?? Number.POSITIVE_INFINITY) < INSPECTED,
  )
  if (!small) return instances
  const parts = ({ params }: Instance) => Object.values(params).filter((value) => value > 0).length
  const size = ({ params }: Instance) =>
    Object.values(params).reduce((product, value) => product * (value || 1), 1)
  const files = [...new Set(instances.map(({ file }) => file))]
  return files.map(
    (file) =>
      instances
        .filter((instance) => instance.file === file)
        .toSorted((a, b) => parts(b) - parts(a) || size(a) - size(b))[0]!,
  )
}

/** Every circom file of this project by its bare name. */
function circuitFiles(): Map<string, string> {
  return new Map(
    filesBelow(join(ROOT, 'circuits'), '.circom').map(([path, text]) => [path.replace(/.*\//, ''), text]),
  )
}

/** What the package ships of Solidity, and a verifier as it is generated. */
async function contractFiles(): Promise<Record<string, string>> {
  const key = await testKey('squares-3')
  return {
    ...(await packageSources()),
    [`${verifierName(key.instance.name)}.sol`]: await verifierSource(key),
  }
}

function filesBelow(folder: string, extension: string): [path: string, text: string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(extension))
    .sort()
    .map((path) => [path, readFileSync(join(folder, path), 'utf8')])
}

function faultsOf({ unexplained, stale }: Verdict): string[] {
  return [...unexplained, ...stale.map((entry) => `allowed and not found any more: ${entry}`)]
}

function row(
  id: string,
  claim: string,
  { how, faults }: { how: string; faults: readonly string[] },
): SoundnessRow {
  return {
    id: `lint.${id}`,
    claim,
    how,
    result: faults.length === 0 ? 'holds' : 'fails',
    ...(faults.length === 0 ? {} : { detail: faults.join('\n') }),
  }
}
