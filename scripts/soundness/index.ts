import { attacksSection } from './attacks/section.js'
import { contractMutantsSection } from './contracts/mutation.js'
import { fuzzSection } from './fuzz/section.js'
import { lintersSection } from './linters/section.js'
import { mutantsSection } from './mutants/section.js'
import { perturbationSection } from './perturbation/section.js'
import type { SoundnessSection } from './report.js'
import { uniquenessSection } from './uniqueness/section.js'

/** Every section of the report, in its order. */
export const sections: readonly SoundnessSection[] = [
  uniquenessSection,
  perturbationSection,
  mutantsSection,
  lintersSection,
  attacksSection,
  fuzzSection,
  contractMutantsSection,
]
