import { exitCode } from '../exit-code.ts'
import { shellWord } from '../kube/text.ts'
import { Problem } from '../problem.ts'

/** -f with more than one job, exit code 2. */
export function oneFile(file: string, again: string): Problem {
  return new Problem({ code: 'usage', what: `-f ${file} goes with one job`, next: [again], exit: exitCode.usage })
}

/** -l beside names, exit code 2. */
export function namesAndSelector(selector: string, again: string): Problem {
  const what = `-l ${selector} selects jobs: names beside it would say something else`
  return new Problem({ code: 'usage', what, next: [again], exit: exitCode.usage })
}

/** Nobody reads as many questions as there are jobs. */
export function selectorUnasked(selector: string, next: readonly string[]): Problem {
  return new Problem({
    code: 'usage',
    what: `-l ${selector} moves every job it selects, and needs --yes`,
    next,
    exit: exitCode.usage,
  })
}

/** -l that selects nothing to move, exit code 1. */
export function noneSelected(selector: string, namespace: string): Problem {
  return new Problem({
    code: 'no-such-job',
    what: `-l ${selector} selects no v1 job in namespace ${namespace} that is to be moved`,
    next: [`$0 list -n ${namespace} -l ${shellWord(selector)}`],
    exit: exitCode.no,
  })
}

/** --require-resume with --keep-name, exit code 2. */
export function neverResumes(next: readonly string[]): Problem {
  const what =
    '--require-resume goes with a v2 that starts where v1 stops, and with --keep-name a twin runs on from where it began'
  return new Problem({ code: 'usage', what, next, exit: exitCode.usage })
}
