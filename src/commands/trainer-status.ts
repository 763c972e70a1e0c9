import { isRecord, type KubeObject } from '../kube/object.ts'

/**
 * What a TrainJob says of its own progress, in words: `status.trainerStatus` (Trainer v2.2 and later, behind the alpha gate
 * TrainJobStatus; docs/user-guides/trainjob-progress.md). Undefined where it says nothing.
 */
export function trainerStatusNote(trainJob: KubeObject | undefined): string | undefined {
  const status = trainJob?.['status']
  const said = isRecord(status) ? status['trainerStatus'] : undefined
  if (!isRecord(said)) return undefined
  const { progressPercentage, estimatedRemainingSeconds, metrics } = said
  const words = (Array.isArray(metrics) ? (metrics as unknown[]) : []).flatMap((metric) =>
    isRecord(metric) && metric['name'] !== undefined ? [`${metric['name']} ${metric['value']}`] : [],
  )
  const parts = [
    ...(progressPercentage === undefined ? [] : [`${progressPercentage} % done`]),
    ...(estimatedRemainingSeconds === undefined ? [] : [`${estimatedRemainingSeconds} s left`]),
    ...words,
  ]
  return parts.length === 0 ? undefined : parts.join(', ')
}
