import type { JobTemplate } from '../../v2/trainjob.ts'
import { type Finding, findingAt } from '../finding.ts'
import type { Intent, IntentRole } from '../intent.ts'

/**
 * The Job spec that keeps v1's restarts and deadline, without its pod template.
 * Source: batch/v1 of kubernetes v1.36.3 (pkg/apis/batch/validation: at most 255 exit codes a rule, podFailurePolicy wants Never).
 */
export function jobSpec(intent: Intent, role: IntentRole, main: string): Omit<JobTemplate['spec'], 'template'> {
  return {
    backoffLimit: role.restart.backoffLimit,
    podReplacementPolicy: 'Failed',
    ...(role.restart.byExitCode ? { podFailurePolicy: { rules: exitCodeRules(main) } } : {}),
    ...(intent.activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds: intent.activeDeadlineSeconds }),
  }
}

/** What a limit of restarts means where the pods are those of so many Jobs. */
export function backoffScope({ backoffLimit }: Intent, jobs: number): Finding[] {
  if (backoffLimit === undefined || jobs <= 1) return []
  return [
    findingAt('spec.runPolicy.backoffLimit', {
      code: 'backoff-limit-scope',
      message: `${backoffLimit} restarts for each Job of v2 instead of for all replicas together`,
      why: 'v1 adds up the restarts of all replicas; Kubernetes Jobs count their own',
    }),
  ]
}

/** v1's ExitCode: 1 to 127 fail the job, also of a pod that is evicted or deleted; 128 and above and pods lost without a code run again without limit. */
function exitCodeRules(containerName: string): unknown[] {
  const codes = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)
  return [
    { action: 'FailJob', onExitCodes: { containerName, operator: 'In', values: codes(1, 127) } },
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    { action: 'Ignore', onExitCodes: { containerName, operator: 'In', values: codes(128, 255) } },
  ]
}
