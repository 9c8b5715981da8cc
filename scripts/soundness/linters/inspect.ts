import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { gatherSources } from '../../../src/proving/sources.js'
import type { Instance } from '../../../src/statements/index.js'
import type { Finding } from './findings.js'

const CLI = createRequire(import.meta.url).resolve('circom2/cli.js')

/** The warnings of the compiler's own inspection of an instance's constraints. */
export function inspectInstance(instance: Instance): Finding[] {
  const main = `${instance.template}(${Object.values(instance.params).join(', ')})`
  const sources = gatherSources([instance.file])
  sources.set(
    'circuit.circom',
    `pragma circom 2.2.2;\ninclude "${instance.file}";\ncomponent main {public [${instance.public.join(', ')}]} = ${main};\n`,
  )
  return inspectCircuit(sources)
}

/** The same for files by their bare names, `circuit.circom` with the main component among them. */
export function inspectCircuit(sources: ReadonlyMap<string, string>): Finding[] {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-inspect-'))
  try {
    for (const [name, text] of sources) writeFileSync(join(folder, name), text)
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'circuit.circom', '--inspect'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    })
    const said = stripVTControlCharacters(stderr)
    if (status !== 0 || !stdout.includes('Everything went okay')) {
      throw new Error(`the circuit does not compile: ${said.slice(-2000)}`)
    }
    return said
      .split(/(?=^ ?warning\[)/m)
      .filter((part) => part.trim() !== '')
      .map((part) => remark(part, sources))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A remark points either at a line, or at signals of a template with its (at times very long) parameters. */
function remark(text: string, sources: ReadonlyMap<string, string>): Finding {
  const code = /^ ?warning\[(\w+)\]: /.exec(text)?.[1]
  if (code === undefined) throw new Error(`the compiler says what is no warning: ${text.slice(0, 500)}`)
  const place = /"([\w-]+\.circom)":(\d+):/.exec(text)
  if (place) {
    const [file, line] = [place[1]!, Number(place[2])]
    const at = sources.get(file)?.split('\n')[line - 1]?.trim() ?? ''
    return { file, line, code, at, message: text.split('\n')[0]!.slice(text.indexOf(':') + 2) }
  }
  const [, template, rest] = /In template "(\w+)\([\s\S]*?\)": ([\s\S]*)/.exec(text) ?? []
  if (template === undefined) throw new Error(`a remark of another form: ${text.slice(0, 500)}`)
  const file = [...sources].find(([, source]) => source.includes(`template ${template}(`))?.[0] ?? ''
  const signal = /signals? ([\w.]+)/.exec(rest!)?.[1] ?? ''
  return { file, line: 0, code, at: `${template}: ${signal}`, message: rest!.split('\n')[0]!.trim() }
}
