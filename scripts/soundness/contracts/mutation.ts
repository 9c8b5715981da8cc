import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contractSources } from '../../../src/chain/contracts.js'
import { needFixtures } from '../../contract-fixtures/need.js'
import { run } from '../../run.js'
import { judged, type SoundnessRow, type SoundnessSection } from '../report.js'
import { type ContractMutant, mutantsOf } from './mutants.js'
import { UNNOTICED } from './unnoticed.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
/** Of a contract's mutants, how many of a hundred the tests have to notice. */
const NOTICED = 85
/** The generated verifiers have a copy of the library beside them, as every exported folder has. */
const GENERATED = 'test/contracts/generated'

/** Every Solidity file of the package, by its path below `contracts/`, and what it imports. */
export async function packageSources(): Promise<Record<string, string>> {
  const paths = await readdir(join(ROOT, 'contracts'), { recursive: true })
  return contractSources(paths.filter((path) => path.endsWith('.sol')))
}

/** Half of the time to compile, and nothing of what the code decides. */
const FASTER = {
  FOUNDRY_OPTIMIZER: 'false',
  FOUNDRY_FUZZ_RUNS: '16',
  FOUNDRY_INVARIANT_RUNS: '5',
  FOUNDRY_INVARIANT_DEPTH: '50',
}

/** A copy of the contracts and their tests, in which forge runs on one mutant after the other. */
export class MutationBench {
  private constructor(private readonly folder: string) {}

  static async open(): Promise<MutationBench> {
    await needFixtures()
    const folder = await mkdtemp(join(tmpdir(), 'plimsoll-mutants-'))
    for (const parent of ['examples', 'scripts', 'test']) await mkdir(join(folder, parent))
    for (const path of ['contracts', 'examples/contracts', 'test/contracts', 'scripts/bin', 'foundry.toml']) {
      await cp(join(ROOT, path), join(folder, path), { recursive: true })
    }
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    return new MutationBench(folder)
  }

  /** Runs forge on the contracts with one file changed; returns the name of a failing test, if any. */
  async judge(file: string, source: string): Promise<'compiles not' | 'unnoticed' | { noticedBy: string }> {
    const places = [`contracts/${file}`, `${GENERATED}/${file}`].filter((path) =>
      existsSync(join(ROOT, path)),
    )
    const originals = await Promise.all(places.map((path) => readFile(join(ROOT, path))))
    try {
      for (const path of places) await writeFile(join(this.folder, path), source)
      // Gas figures notice everything and say nothing of what is decided.
      const { code, said } = await run(
        process.execPath,
        [
          ...[join(ROOT, 'scripts/bin/forge'), 'test', '--fail-fast'],
          ...['--no-match-test', '[gG]as[A-Z]|Measures'],
          ...['--match-path', `{${(await this.testsOf(places)).join()}}`],
        ],
        { cwd: this.folder, env: FASTER },
      )
      if (code === 0) return 'unnoticed'
      const [, failed] = said.split('[FAIL', 2)
      if (failed === undefined) {
        if (/Compiler run failed/.test(said)) return 'compiles not'
        throw new Error(`forge ends with ${code}: ${said.slice(-2_000)}`)
      }
      return { noticedBy: /\b((?:test|invariant)\w*|setUp)\(/.exec(failed)?.[1] ?? 'a test' }
    } finally {
      for (const [i, path] of places.entries()) await writeFile(join(this.folder, path), originals[i]!)
    }
  }

  /** Tests that import one of these files, by whatever way. */
  private async testsOf(files: readonly string[]): Promise<string[]> {
    const paths = (await readdir(this.folder, { recursive: true })).filter((path) =>
      /^(contracts|test)\/.*\.sol$/.test(path),
    )
    const imports = new Map<string, string[]>()
    for (const path of paths) {
      const text = await readFile(join(this.folder, path), 'utf8')
      const found = [...text.matchAll(/^import .*"(\..+)";$/gm)].map(([, to]) =>
        normalize(join(path, '..', to!)),
      )
      imports.set(path, found)
    }
    const reaches = (path: string): boolean => files.includes(path) || (imports.get(path) ?? []).some(reaches)
    return paths.filter((path) => path.endsWith('.t.sol') && reaches(path))
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** Mutants of every contract against the tests of the contracts. */
export const contractMutantsSection: SoundnessSection = {
  title: 'Mutants of the contracts',
  async *run({ small, progress }): AsyncGenerator<SoundnessRow, void, undefined> {
    if (small) return
    const sources = await packageSources()
    const all = Object.keys(sources)
      .filter((file) => !file.startsWith('@'))
      .flatMap((file) => mutantsOf(sources, file))
    const benches = await Promise.all(
      Array.from({ length: Math.min(2, availableParallelism()) }, () => MutationBench.open()),
    )
    try {
      const files = [...new Set(all.map((mutant) => mutant.file))]
      const failing: string[] = []
      for (const file of files) {
        if ((await benches[0]!.judge(file, sources[file]!)) !== 'unnoticed') failing.push(file)
      }
      yield judged('S18.0', 'unchanged, the contracts pass', { how: 'forge test', faults: failing })
      const verdicts = new Map<ContractMutant, Awaited<ReturnType<MutationBench['judge']>>>()
      const queue = [...all]
      await Promise.all(
        benches.map(async (bench) => {
          for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
            const verdict = await bench.judge(mutant.file, mutant.source)
            verdicts.set(mutant, verdict)
            const outcome = typeof verdict === 'string' ? verdict : `noticed by ${verdict.noticedBy}`
            progress(`${verdicts.size} of ${all.length}: ${at(mutant)}: ${outcome}`)
          }
        }),
      )
      for (const [i, name] of files.entries()) {
        const own = [...verdicts].filter(([mutant]) => mutant.file === name)
        yield rowOf(`S18.${i + 1}`, name, own, sources[name]!)
      }
    } finally {
      for (const bench of benches) await bench.close()
    }
  },
}

/** A mutant by its file, the line that it changes, and how: whatever moves the line. */
export function nameOf({ file, line, change }: ContractMutant, original: string): string {
  return `${file}: ${original.split('\n')[line - 1]!.trim()} ‹${change}›`
}

function at({ file, line, change }: ContractMutant): string {
  return `${file}:${line} ${change.slice(0, 100)}`
}

function rowOf(
  id: string,
  file: string,
  verdicts: [ContractMutant, Awaited<ReturnType<MutationBench['judge']>>][],
  source: string,
): SoundnessRow {
  const compiling = verdicts.filter(([, verdict]) => verdict !== 'compiles not')
  const unnoticed = compiling.filter(([, verdict]) => verdict === 'unnoticed').map(([mutant]) => mutant)
  const noticed = compiling.length - unnoticed.length
  const keys = unnoticed.map((mutant) => nameOf(mutant, source))
  const explained = Object.keys(UNNOTICED).filter((key) => key.startsWith(`${file}: `))
  return judged(id, `at least ${NOTICED} of 100 mutants of ${file} are noticed, and the others explained`, {
    how: `each check, comparison, modifier, write and event of the syntax tree changed, forge test: ${noticed} of ${compiling.length} noticed, ${unnoticed.length} left, ${verdicts.length - compiling.length} do not compile`,
    faults: [
      ...(compiling.length > 0 && noticed * 100 >= NOTICED * compiling.length ? [] : ['too few']),
      ...keys.filter((key) => !(key in UNNOTICED)).map((key) => `${key} is not noticed`),
      ...explained
        .filter((key) => !keys.includes(key))
        .map((key) => `the explanation of ${key} is not needed any more`),
    ],
  })
}
