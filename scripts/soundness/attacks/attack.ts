/** Where an attack is played: a test by its title, or a Solidity test by the name of its function. */
export interface Place {
  /** From the root of the repository. */
  file: string
  /**
   * The title as it stands in the file, placeholders included, without the claims at its end. It names the
   * attack's id, or for a Solidity function the comment above it does: `/// attack: V05`.
   */
  test: string
}

/** One attack on the project, and where it is played. */
export interface Attack {
  /** A letter for the catalogue that it comes from, and a number. */
  id: string
  /** The attacker's action. */
  attack: string
  /** The required outcome. */
  expected: string
  /** `waitsFor` names a part of the project that does not exist yet. */
  where: readonly Place[] | { waitsFor: string }
}

export function at(file: string, test: string): Place {
  return { file, test }
}
