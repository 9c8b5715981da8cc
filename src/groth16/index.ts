export { blindPoints, blindProof, randomness } from './blind.js'
export { curveEngine } from './curve-engine.js'
export { forgeryOf } from './forgery.js'
export {
  type G1,
  type G2,
  type Groth16Proof,
  groth16ProofSchema,
  type Proven,
  pairs,
  type VerificationKey,
  verificationKeyHash,
  verificationKeySchema,
} from './proof.js'
export { assertSoundKey, g1Point, verifyProof } from './verify.js'
export { verifyProofs } from './verify-batch.js'
