// A trader of the example venue proves twice the maintenance requirement to a desk, and the desk checks it.
// First: npx plimsoll demo --out demo      Then: node examples/margin/prove.mjs demo
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ensureArtifacts,
  openEpoch,
  openSource,
  proveMargin,
  readInclusion,
  readMarginProof,
  readOwner,
  readPins,
  readRiskTable,
  terminateProving,
  verifyMargin,
  wasmProver,
} from 'plimsoll'

const demo = process.argv[2] ?? 'demo'
const purpose = {
  schema: 'plimsoll/margin-purpose/1',
  reader: { name: 'Example Desk', purpose: 'credit line 7, 2026-01-31' },
}

// The trader: the venue's inclusion file, the secret whose commitment the venue has, and the venue's risk table.
const proof = await proveMargin({
  inclusion: await readInclusion(join(demo, 'inclusion-desk-1.json')),
  ownerSecret: await readOwner(join(demo, 'venue/owner-desk-1.json')),
  table: await readRiskTable(join(demo, 'venue/risk.json')),
  requirement: 'maintenance',
  times: '2',
  purpose,
  artifacts: ensureArtifacts,
  prover: wasmProver,
})
const path = join(demo, 'margin-2.json')
await writeFile(path, JSON.stringify(proof))
await terminateProving()

// The desk: keys that it trusts, the public epoch, and what it asked for.
const pins = await readPins(join(demo, 'pins.json'))
const epoch = await openEpoch(await openSource(join(demo, 'epoch')), { pins })
const asked = { requirement: 'maintenance', times: '2', purpose }
const report = await verifyMargin(await readMarginProof(path), { pins, epoch, ...asked })
console.log(report.valid ? `meets 2 × maintenance; handle ${report.handle}` : report.checks)
process.exitCode = report.exitCode
