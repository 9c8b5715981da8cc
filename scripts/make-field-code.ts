/**
 * Writes `src/hash/generated/field-code.ts`: WebAssembly of the scalar field's arithmetic in Montgomery form,
 * built by the generator that ffjavascript's curve is built by, so that a hash needs no file to read it from.
 *
 * npx tsx scripts/make-field-code.ts
 */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { FIELD_ORDER } from '../src/field/index.js'
import { writeFileAtomic } from '../src/files/index.js'

const PATH = fileURLToPath(new URL('../src/hash/generated/field-code.ts', import.meta.url))
const HEAD = `/**
 * Made by \`scripts/make-field-code.ts\` with wasmcurves 0.2.2 (GPL-3.0): WebAssembly in base64. Its
 * functions \`frm_*\` work on elements of BN254's scalar field in Montgomery form, by their addresses in the
 * memory that it imports.
 */
`

interface ModuleBuilder {
  setMemory(pages: number): void
  build(): number[]
}

/** The text of the generated file. */
export function fieldCode(): string {
  const load = createRequire(import.meta.url)
  const { ModuleBuilder } = load('wasmbuilder') as { ModuleBuilder: new () => ModuleBuilder }
  const buildField = load('wasmcurves/src/build_f1m.js') as (
    module: ModuleBuilder,
    order: bigint,
    prefix: string,
    integers: string,
  ) => void
  const module = new ModuleBuilder()
  module.setMemory(1)
  buildField(module, FIELD_ORDER, 'frm', 'int')
  const code = Buffer.from(module.build()).toString('base64')
  return `${HEAD}export const FIELD_CODE =\n  '${code}'\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFileAtomic(PATH, fieldCode())
