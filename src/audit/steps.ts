import { Checks, type EpochCheck, type Found } from '../bundle/index.js'
import { EXIT, type ExitCode } from '../errors/index.js'
import { type Step, stepOf } from './procedure.js'

/** The steps of an audit, in their order. */
export class Steps {
  readonly list: Step[] = []
  private readonly checks: Checks

  constructor(onCheck: ((check: EpochCheck) => void) | undefined) {
    this.checks = new Checks(onCheck)
  }

  /** Whether no step of an audit's own found an exception. */
  get valid(): boolean {
    return this.checks.valid
  }

  /** That of the worst exception of an audit's own. */
  get exitCode(): ExitCode {
    return this.checks.exitCode
  }

  /**
   * Takes over what another verifier has recorded and judged.
   *
   * @param toJudge checks that are for the reader to judge when they pass
   */
  verified(checks: readonly EpochCheck[], toJudge: readonly string[]): void {
    for (const check of checks) {
      const isOpen = check.valid && toJudge.includes(check.id)
      this.list.push(isOpen ? { ...stepOf(check), outcome: 'remark' } : stepOf(check))
    }
  }

  /**
   * Takes over checks that nothing has judged yet.
   *
   * @param failure exit code of those that fail
   */
  take(checks: readonly EpochCheck[], failure: ExitCode = EXIT.invalid): void {
    for (const check of checks) {
      this.checks.add(check, check.valid ? EXIT.ok : failure)
      this.list.push(stepOf(check))
    }
  }

  async run(id: string, work: () => Promise<Found<true>> | Found<true>): Promise<void> {
    await this.checks.run(id, work)
    this.list.push(stepOf(this.checks.list.at(-1)!))
  }

  /** A procedure that was not carried out. */
  omit(id: string, why: string): void {
    this.list.push({ id, outcome: 'omitted', finding: why })
  }

  /** Something that the reader has to judge. */
  remark(id: string, finding: string): void {
    this.list.push({ id, outcome: 'remark', finding })
  }
}
