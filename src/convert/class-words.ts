/**
 * What stands between a v1 job and its TrainJob. Ready: nothing, its runtime exists. NeedsRuntime: convert and cutover write the
 * runtime. NeedsDecision: somebody must say something first. Impossible: this version does not convert it. Finished: there is
 * nothing to convert.
 */
export type ClassWord = 'Ready' | 'NeedsRuntime' | 'NeedsDecision' | 'Impossible' | 'Finished'

/** All words, in the order of how much is left to do. */
export const classWords: readonly ClassWord[] = ['Ready', 'NeedsRuntime', 'NeedsDecision', 'Impossible', 'Finished']

export interface JobClass {
  readonly word: ClassWord
  /** findings that change something or must be accepted, else why the job is not converted: codes of `explain` or of an error */
  readonly codes: readonly string[]
}
