import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import type { Replica, V1Job } from '../v1/job.ts'
import { injectedEnv } from '../v1/pods.ts'
import { bindToPod } from '../v1/symbolic-env.ts'
import { jobTitle } from './job-title.ts'

/** Most pods of an Indexed Job (kubernetes v1.36.3, pkg/apis/batch/validation maxParallelismForIndexedJob). */
const mostPods = 100_000

/** Most bytes of a variable, with its name, = and the byte that ends it (Linux v6.18, include/uapi/linux/binfmts.h MAX_ARG_STRLEN on pages of 4 KiB). */
const mostBytes = 131_072

/**
 * Refuses a job of more pods than can be, before anything is made for each of them. Throws a Problem: `too-many-pods` (more than a Job takes; or,
 * as each pod's env names all others, more than any program of v1 can be started with).
 */
export function refuseTooLarge(job: V1Job): void {
  const [largest] = [...job.replicas].sort((a, b) => b.count - a.count)
  if (largest === undefined) return
  const why = job.total > mostPods ? `a Kubernetes Job takes at most ${mostPods}` : longEnv(job, largest)
  if (why === undefined) return
  throw new Problem({
    code: 'too-many-pods',
    what: `${jobTitle(job.object)} is not converted: it has ${job.total} pods`,
    where: `spec.${job.info.specKey}.${largest.key}.replicas`,
    why,
    exit: exitCode.no,
  })
}

function longEnv(job: V1Job, { role }: Replica): string | undefined {
  for (const variable of injectedEnv(job, role)) {
    const place = { job: job.name, namespace: job.namespace, role, rank: 0, index: 0 }
    const bytes = variable.name.length + (bindToPod(variable, place).value ?? '').length + 2
    if (bytes > mostBytes) {
      return `Training Operator names all of them in ${variable.name}, of ${bytes} bytes: Linux starts no program with a variable of more than ${mostBytes}, so that v1 cannot run the job either`
    }
  }
  return undefined
}
