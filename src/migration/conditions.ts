import { type Condition, isRecord, type KubeObject } from '../kube/object.ts'

/** The condition of this type when its status is True. */
export function trueCondition(object: KubeObject | undefined, type: string): Condition | undefined {
  const status = object?.['status']
  const conditions =
    isRecord(status) && Array.isArray(status['conditions']) ? (status['conditions'] as Condition[]) : []
  return conditions.find((condition) => condition.type === type && condition.status === 'True')
}

/** `FailedJobs: jobset failed due to one or more job failures`. */
export function conditionText({ reason, message }: Condition): string {
  return [reason, message].filter((part) => part !== undefined && part !== '').join(': ')
}
