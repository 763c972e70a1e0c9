import type { Feature } from '../intent.ts'
import { configMaps } from './config-maps.ts'
import { containers } from './containers.ts'
import { deletion } from './deletion.ts'
import { gang } from './gang.ts'
import { identity } from './identity.ts'
import { labelFields } from './label-fields.ts'
import { launch } from './launch.ts'
import { leaning } from './leaning.ts'
import { mpi } from './mpi.ts'
import { paddle } from './paddle.ts'
import { placeholders } from './placeholders.ts'
import { podFaultsTold } from './pod-faults.ts'
import { podLabels } from './pod-labels.ts'
import { podMetadata } from './pod-metadata.ts'
import { podSpec } from './pod-spec.ts'
import { replicas } from './replicas.ts'
import { restartPolicy } from './restart-policy.ts'
import { runPolicy } from './run-policy.ts'
import { tensorflow } from './tensorflow.ts'

/** Every feature, in the order its findings are told. */
export const features: readonly Feature[] = [
  podFaultsTold,
  identity,
  replicas,
  restartPolicy,
  deletion,
  runPolicy,
  gang,
  launch,
  tensorflow,
  paddle,
  podMetadata,
  podLabels,
  podSpec,
  labelFields,
  containers,
  leaning,
  configMaps,
  placeholders,
  mpi,
]
