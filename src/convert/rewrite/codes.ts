import type { CodeText } from '../code-text.ts'

/** What the rewriting of TrainJobs and runtimes from one release of Trainer to another says. */
export const rewriteCodes = {
  'dialect-field': {
    class: 'same',
    what: 'a field of one release of Trainer becomes the one of another that does the same',
    why: 'overrides are spec.podSpecOverrides in v2.0, spec.podTemplateOverrides in v2.1 and spec.runtimePatches since v2.2; all are merged into the runtime alike',
    source: 'Trainer v2.0.1, v2.1.0, v2.3.0, pkg/runtime/core/trainingruntime.go',
  },
  'not-in-version': {
    class: 'lost',
    what: 'a field that the release written for does not have',
    why: 'its API server would drop the field without a word',
    remedy: 'put what it says into the runtime, which takes whole pod templates',
    source: 'Trainer v2.0.1, v2.1.0, v2.2.1, v2.3.0, manifests/base/crds',
  },
  'without-effect': {
    class: 'same',
    what: 'a field is not carried that its own release does nothing with',
    why: 'torch.elasticPolicy was never implemented, and an override that names no job is applied to none',
    source: 'Trainer v2.1.0, pkg/runtime/framework/plugins/torch/torch.go',
  },
  'process-word': {
    class: 'changed',
    what: 'numProcPerNode is a word or stands in the runtime; since v2.2 it is a number of the TrainJob, or absent',
    why: 'without it Trainer counts: auto where the node has GPUs, else its CPUs',
    remedy: 'set spec.trainer.numProcPerNode of every TrainJob to the number',
    source: 'Trainer v2.1.0 and v2.2.1, pkg/runtime/framework/plugins/torch/torch.go',
  },
  'resources-merged': {
    class: 'changed',
    what: 'resourcesPerNode meets the runtime’s resources otherwise: v2.3 merges them key by key, releases before put it in their place',
    why: 'v2.3 keeps what only the runtime says, such as a GPU limit, and takes nothing where the runtime has no mlPolicy; nothing in a TrainJob tells whether it was written for v2.2 or v2.3',
    remedy: 'say resources in one place only, the TrainJob or the runtime',
    source: 'Trainer v2.2.1 and v2.3.0, pkg/runtime/framework/plugins, pkg/util/trainingruntime',
  },
  'managed-by-obeyed': {
    class: 'changed',
    what: 'managedBy is obeyed: Trainer leaves the TrainJob to that controller',
    why: 'before v2.3 Trainer ran it all the same, as Training Operator runs a JAXJob, of all kinds the only one',
    source:
      'Trainer v2.3.0, pkg/controller/trainjob_controller.go; Training Operator v1.9.4, pkg/controller.v1/jax/jaxjob_controller.go',
  },
  'rewrite-unproved': {
    class: 'changed',
    what: 'the pods of both releases were not compared',
    why: 'what Trainer makes of a TrainJob depends on its runtime, which was not at hand, or which no model covers',
    remedy: 'give the runtime too: in a file of -f, or with --runtimes FILE',
  },
} as const satisfies Readonly<Record<string, CodeText>>
