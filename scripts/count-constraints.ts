/**
 * Rewrites circuits/constraints.json: compiles every instance, or those that are named, and counts what came out.
 *
 *     npx tsx scripts/count-constraints.ts [INSTANCE…]
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { writeFileAtomic } from '../src/files/index.js'
import { countConstraints, loadInstances } from '../src/proving/index.js'

const path = fileURLToPath(new URL('../circuits/constraints.json', import.meta.url))
const named = process.argv.slice(2)
const snapshot: Record<string, unknown> = {}
const before: Record<string, unknown> = named.length > 0 ? JSON.parse(readFileSync(path, 'utf8')) : {}
for (const { name } of loadInstances()) {
  const wanted = named.length === 0 || named.includes(name)
  const count = wanted ? await countConstraints(name) : before[name]
  if (count === undefined) continue
  snapshot[name] = count
  if (wanted) process.stderr.write(`${name} ${JSON.stringify(count)}\n`)
}
const lines = Object.entries(snapshot).map(([name, count]) => {
  const fields = Object.entries(count as object).map(([field, n]) => `"${field}": ${n}`)
  return `  "${name}": { ${fields.join(', ')} }`
})
await writeFileAtomic(path, `{\n${lines.join(',\n')}\n}\n`)
