import { isRecord } from '../../kube/object.ts'
import type { Container, EnvVar } from '../../kube/pod.ts'
import type { Replica } from '../../v1/job.ts'
import { v1Labels } from '../../v1/labels.ts'
import { operatorLabels } from '../../v1/pods.ts'
import type { Feature, FeatureContext } from '../intent.ts'
import { templatePath } from '../intent.ts'
import type { Path } from '../ledger.ts'
import { roleIndexField } from '../targets/role-index.ts'

const labelField = /^metadata\.labels\['(training\.kubeflow\.org\/[\w-]+)'\]$/

/**
 * Env and files that take their value from the pod's own metadata: labels of Training Operator, which v2's pods do not have, get the
 * value that label has in v1; what has no counterpart is told.
 */
export const labelFields: Feature = {
  name: 'label-fields',
  apply(context) {
    for (const [at, replica] of context.job.replicas.entries()) {
      const role = context.intent.roles[at]
      if (!role) continue
      const { spec } = role.template
      const path = [...templatePath(context.job, replica.key), 'spec']
      const here = { context, replica }
      spec.containers = spec.containers.map((each, index) => converted(here, each, [...path, 'containers', index]))
      if (spec.initContainers) {
        spec.initContainers = spec.initContainers.map((each, index) =>
          converted(here, each, [...path, 'initContainers', index]),
        )
      }
      if (spec.volumes) {
        spec.volumes = spec.volumes.map((each, index) => files(here, each, [...path, 'volumes', index]) as typeof each)
      }
    }
  },
}

interface Here {
  readonly context: FeatureContext
  readonly replica: Replica
}

function converted(here: Here, container: Container, path: Path): Container {
  if (!container.env?.some(({ valueFrom }) => valueFrom?.fieldRef)) return container
  return {
    ...container,
    env: container.env.map((each, index) => variable(here, container, each, [...path, 'env', index])),
  }
}

function variable(here: Here, container: Container, given: EnvVar, path: Path): EnvVar {
  const field = given.valueFrom?.fieldRef?.fieldPath ?? ''
  const { ledger, trainJobName, job } = here.context
  const label = labelField.exec(field)?.[1]
  if (field === 'metadata.name') {
    ledger.remark(path, {
      code: 'pod-name-field',
      message: `${given.name} is the pod’s name, which ends in letters of chance in v2, and is new each time`,
    })
  }
  const value = label === undefined ? undefined : counterpart(here, label)
  const place = `${path.at(-4)}[${container.name === here.replica.main ? 'main' : container.name}]`
  if (label === v1Labels.jobRole && value === undefined && !isKept(here.context, here.replica, label)) {
    ledger.remark(path, {
      code: 'job-role-field',
      message: `${given.name} is empty in every pod; in v1 it is master in the first`,
      remedy: 'ask RANK (TFJob: the task of TF_CONFIG, JAXJob: PROCESS_ID), which is 0 in that pod on both sides',
      explains: [`${place}.env.${given.name}`],
    })
    return { name: given.name, value: '' }
  }
  if (label === undefined || value === undefined) return given
  if (label === v1Labels.jobName && trainJobName !== job.name) {
    ledger.remark(path, {
      code: 'own-label-field',
      message: `${given.name} is ${trainJobName}, the TrainJob’s name`,
      explains: [`${place}.env.${given.name}`],
    })
  } else {
    ledger.remark(path, {
      code: 'own-label-field',
      message: `${given.name} has the value that Training Operator’s label ${label} had`,
    })
  }
  return { name: given.name, ...value }
}

/** What has a label's value in v2; undefined where the label is kept, is a user's own, or nothing has it. */
function counterpart({ context, replica }: Here, label: string): Pick<EnvVar, 'value' | 'valueFrom'> | undefined {
  const { job } = context
  const labels: readonly string[] = Object.values(v1Labels)
  if (!labels.includes(label) || isKept(context, replica, label)) return undefined
  const [first, last] = [0, Math.max(replica.count - 1, 0)].map((index) => operatorLabels(job, replica, index)[label])
  if (label === v1Labels.jobName) return fieldOf("metadata.labels['jobset.sigs.k8s.io/jobset-name']")
  if (first === last) return { value: first ?? '' }
  return label === v1Labels.replicaIndex ? fieldOf(roleIndexField) : undefined
}

/** Whether --pod-labels v1 keeps the label on the pods of the role. */
function isKept({ podLabels, named }: FeatureContext, replica: Replica, label: string): boolean {
  if (podLabels !== 'v1' || label === v1Labels.operatorName) return false
  if (label === v1Labels.jobName) return named
  return replica.count <= 1 || label === v1Labels.replicaType
}

function fieldOf(fieldPath: string): Pick<EnvVar, 'valueFrom'> {
  return { valueFrom: { fieldRef: { fieldPath } } }
}

/** A field of v2's pods with the value that a label has which is not there: an annotation of its name, which nothing writes. */
const noIndexField = `metadata.annotations['${v1Labels.replicaIndex}']`

/** A volume, or a part of one, with files of v1's labels made from what has their value in v2; one that holds all labels is told. */
function files(here: Here, value: unknown, path: Path): unknown {
  if (Array.isArray(value)) return value.map((item, at) => files(here, item, [...path, at]))
  if (!isRecord(value)) return value
  const { ledger } = here.context
  const field = value['fieldPath']
  if (field === 'metadata.labels') {
    ledger.remark(path, {
      code: 'labels-file',
      message: 'the file has JobSet’s labels instead of Training Operator’s',
    })
  }
  const label = typeof field === 'string' ? labelField.exec(field)?.[1] : undefined
  // a file has the value of a field, and no value of its own
  const same = label === undefined ? undefined : counterpart(here, label)
  if (label === v1Labels.replicaIndex && same?.value === '') {
    ledger.remark(path, {
      code: 'own-label-field',
      message: `the file is empty as in v1, whose ${here.replica.role} has no label ${label}`,
    })
    return { ...value, fieldPath: noIndexField }
  }
  const fieldPath = same?.valueFrom?.fieldRef?.fieldPath
  if (fieldPath !== undefined) {
    ledger.remark(path, {
      code: 'own-label-field',
      message: `the file has the value that Training Operator’s label ${label} had`,
    })
    return { ...value, fieldPath }
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, files(here, item, [...path, key])]))
}
