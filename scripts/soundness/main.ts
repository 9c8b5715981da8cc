/**
 * Tries to refute what the circuits and contracts are claimed to enforce, by every means there is, and says
 * what came of it.
 *
 *     npm run soundness -- [--small] [--instance NAME…] [--json] [SECTION…]
 *
 * `--small` leaves out what takes long; a section is named by a part of its title. Of `--instance` there may
 * be several: unique and changed witnesses are then looked for in these alone. Exit code 1 when anything
 * fails, 2 when there is no such section or instance.
 */
import { Command } from 'commander'
import { apart, columnsOf, layOut } from '../../src/cli/terminal/layout.js'
import { table } from '../../src/cli/terminal/table.js'
import { formatJson } from '../../src/schema/index.js'
import { knownInstance } from '../../src/statements/index.js'
import { sections } from './index.js'
import type { SoundnessRow } from './report.js'

const titles = sections.map(({ title }) => title).join(', ')
const program = new Command('npm run soundness --')
  .description('Try to refute what the circuits and contracts are claimed to enforce.')
  .argument('[section...]', `sections to run, each by a part of its title (default: all): ${titles}`)
  .option('--small', 'leave out what takes long', false)
  .option(
    '--instance <name>',
    'look for unique and changed witnesses in this instance alone; may be repeated',
    (name, before: string[] = []) => [...before, name],
  )
  .option('--json', 'print one JSON document to standard output', false)
  .addHelpText('after', '\nExample:\n  npm run soundness -- --small attacks')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
const positionals = program.args
const values = program.opts<{ small: boolean; instance?: string[]; json: boolean }>()
const named = (part: string) =>
  sections.filter(({ title }) => title.toLowerCase().includes(part.toLowerCase()))
const refuse = (message: string): never => {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}
for (const part of positionals) {
  if (named(part).length === 0) refuse(`There is no section “${part}”. There are: ${titles}.`)
}
const wanted = positionals.length === 0 ? sections : [...new Set(positionals.flatMap(named))]

const instances = values.instance
for (const name of instances ?? []) {
  if (knownInstance(name) === undefined) refuse(`There is no instance ${name}.`)
}

const started = performance.now()
const progress = (line: string) =>
  process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${line}\n`)
const report: { title: string; rows: SoundnessRow[] }[] = []
for (const { title, run } of wanted) {
  const rows: SoundnessRow[] = []
  report.push({ title, rows })
  try {
    for await (const row of run({ small: values.small, progress, ...(instances ? { instances } : {}) })) {
      rows.push(row)
      progress(`${row.id} ${row.result}`)
    }
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    rows.push({ id: title, claim: 'the section runs to its end', how: 'running it', result: 'fails', detail })
  }
}

if (values.json) {
  process.stdout.write(formatJson(report))
} else {
  const parts = report.map(({ title, rows }) => [
    title,
    table(
      ['id', 'claim', 'how it was tried', 'result'],
      rows.map(({ id, claim, how, result, detail }) => [
        id,
        claim,
        how,
        detail === undefined ? result : `${result}: ${detail}`,
      ]),
    ),
  ])
  process.stdout.write(layOut(apart(parts), columnsOf(process.stdout) ?? 160))
}
process.exitCode = report.some(({ rows }) => rows.some(({ result }) => result === 'fails')) ? 1 : 0
