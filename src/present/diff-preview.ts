import type { PodDifference } from '../compare/pods.ts'
import { neutralise } from '../kube/text.ts'
import { wrap } from './width.ts'

/** What the operators of a cluster rendered of a TrainJob. */
export interface PreviewView {
  /** the TrainJob exists; otherwise one was made for the preview and removed */
  readonly exists: boolean
  readonly differences: readonly PodDifference[]
  readonly jobs: number
}

/** Whether the operators render what the model says, and where they do not, value by value. */
export function previewLines(
  preview: PreviewView | undefined,
  { width }: { readonly width?: number | undefined },
): string[] {
  if (!preview) return []
  const { differences, jobs, exists } = preview
  const of = `the JobSet and ${jobs} ${jobs === 1 ? 'Job' : 'Jobs'} of ${exists ? 'the TrainJob' : 'a suspended TrainJob'}`
  const lines =
    differences.length === 0
      ? [`preview: the operators render ${of} as the model says`]
      : [
          `preview: the operators render ${of} otherwise than the model says`,
          ...differences.map(
            ({ pod, path, v1, v2 }) =>
              `changed  model-differs  ${pod === '' ? 'JobSet spec' : pod}: ${path} is ${v2 ?? 'absent'}, not ${v1 ?? 'absent'}`,
          ),
        ]
  return ['', ...lines.map(neutralise).flatMap((line) => (width === undefined ? [line] : wrap(line, width)))]
}
