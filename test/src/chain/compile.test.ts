import { expect, test } from 'vitest'
import { compileSolidity } from '../../../src/chain/index.js'

const source = (body: string) => ({
  'A.sol': `// SPDX-License-Identifier: MIT\npragma solidity ^0.8.28;\n${body}`,
})

test('what the compiler says of an error reaches the reader (proof.9)', async () => {
  const broken = source('contract A { uint256 x = "text"; }')
  await expect(compileSolidity(broken, 'A.sol', 'A')).rejects.toMatchObject({
    code: 'SOLIDITY_FAILED',
    exitCode: 3,
    message: expect.stringMatching(/A\.sol:3:/),
  })
})

test('a contract that is not there is an error (proof.9)', async () => {
  await expect(compileSolidity(source('contract A {}'), 'A.sol', 'B')).rejects.toMatchObject({
    message: expect.stringContaining('no such contract'),
  })
})

test('an import that is not among the sources is not looked for on the disk (proof.9)', async () => {
  const importing = source('import "/etc/hostname"; contract A {}')
  await expect(compileSolidity(importing, 'A.sol', 'A')).rejects.toMatchObject({
    message: expect.stringMatching(/not found/),
  })
})
