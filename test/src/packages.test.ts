import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Locked {
  dev?: boolean
  hasInstallScript?: boolean
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
const shipped = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev)

test('whoever installs the product installs at most 124 packages, those of other platforms counted in (supply.1)', () => {
  // Four of them are Prometheus' client of the watch and what it brings.
  expect(shipped.length).toBeLessThanOrEqual(124)
  const names = shipped.map(([path]) => path)
  for (const used of ['snarkjs', 'circom2', 'circomlib', 'zod'])
    expect(names).toContain(`node_modules/${used}`)
})

test('one package of the product has an install script, and everything is tested where none has run (supply.2)', () => {
  const scripts = shipped.flatMap(([path, { hasInstallScript }]) => (hasInstallScript ? [path] : []))
  // It puts a launcher in place of its own; `startLocalChain` starts the platform's binary itself.
  expect(scripts).toEqual(['node_modules/@foundry-rs/anvil'])
  expect(read('.ci/run')).toMatch(/^npm ci --ignore-scripts$/m)
})
