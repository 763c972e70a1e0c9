import type { FlagSpecs } from '../cli/command.ts'
import { gangFlag, knownCodes, mpiFlag, podLabelsFlag } from './conversion-flags.ts'

/** The flags of convert. */
export const flags = {
  filename: {
    type: 'strings',
    short: 'f',
    value: 'FILE',
    describe: 'file, folder, or - for standard input; may be repeated',
    group: 'Selection',
  },
  kustomize: {
    type: 'string',
    short: 'k',
    value: 'DIR',
    describe: 'what kubectl kustomize builds of this folder',
    completes: 'file',
    group: 'Selection',
  },
  recursive: { type: 'boolean', short: 'R', describe: 'folders of -f with all their sub-folders', group: 'Selection' },
  selector: {
    type: 'string',
    short: 'l',
    value: 'SELECTOR',
    describe: 'live jobs with these labels',
    group: 'Selection',
  },
  name: {
    type: 'string',
    value: 'NAME',
    describe: 'name of the TrainJob, where one job is converted',
    group: 'Conversion',
  },
  accept: {
    type: 'strings',
    value: 'CODE',
    describe: 'convert although a finding of this code says that something is lost',
    known: knownCodes,
    group: 'Conversion',
  },
  decisions: {
    type: 'string',
    value: 'FILE',
    describe:
      'what was decided about jobs: accepted findings, runtimes, MPI; otherwise ./migrate.yaml where it is there',
    completes: 'file',
    group: 'Conversion',
  },
  'fail-fast': {
    type: 'boolean',
    describe: 'stop at the first job that is not converted, instead of converting the others',
    group: 'Conversion',
  },
  strict: {
    type: 'boolean',
    describe: 'refuse a job of which anything changes, not only where something is lost',
    group: 'Conversion',
  },
  mpi: mpiFlag,
  'gang-scheduler': gangFlag,
  runtime: {
    type: 'string',
    value: '[KIND/]NAME',
    describe:
      'use this runtime of the cluster, or of --runtimes, and no other; refused where the pods would not be the same',
    group: 'Conversion',
  },
  runtimes: {
    type: 'strings',
    value: 'FILE',
    describe: 'runtimes that exist, instead of asking the cluster; one on which the pods are the same is used',
    completes: 'file',
    group: 'Conversion',
  },
  style: {
    type: 'string',
    value: 'STYLE',
    describe:
      "faithful keeps v1's ways; native prefers the site's runtimes and Trainer's torch policy, and says what changes",
    choices: ['faithful', 'native'],
    default: 'faithful',
    group: 'Conversion',
  },
  'cluster-runtimes': {
    type: 'boolean',
    describe: 'write ClusterTrainingRuntimes, which all namespaces share, instead of TrainingRuntimes',
    group: 'Conversion',
  },
  'runtime-name': {
    type: 'string',
    value: 'TEMPLATE',
    describe: 'name of the runtimes that are written; takes {framework} and {hash}, which it must hold',
    default: 'v1-{framework}-{hash}',
    group: 'Conversion',
  },
  'pod-labels': podLabelsFlag,
  'target-version': {
    type: 'string',
    value: 'VERSION',
    describe:
      "Trainer's version to write for; otherwise the cluster's own for live jobs, and the newest for files; TrainJobs and runtimes of another are rewritten",
    choices: ['2.0', '2.1', '2.2', '2.3'],
    group: 'Conversion',
  },
  run: {
    type: 'boolean',
    describe:
      'keep what a live job says of suspend; otherwise its output is suspended, so that applying it starts no second copy',
    group: 'Conversion',
  },
  explain: {
    type: 'boolean',
    describe: 'also tell the proof of each job: pods, values, what is folded away, findings of every class',
    group: 'Output',
  },
  validate: {
    type: 'string',
    value: 'BY',
    describe: 'have the API server check each output by a dry run; what it refuses is not written',
    choices: ['server'],
    group: 'Safety',
  },
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    describe: 'what goes to standard output; ledger: what became of every job, as JSON, instead of the manifests',
    choices: ['yaml', 'json', 'name', 'ledger'],
    default: 'yaml',
    group: 'Output',
  },
  'output-dir': {
    type: 'string',
    value: 'DIR',
    describe: 'write one file a job there, and the runtimes into 00-runtimes.yaml, instead of to standard output',
    group: 'Output',
  },
  split: {
    type: 'string',
    value: 'HOW',
    describe: 'with --output-dir: one file a job, or one a namespace',
    choices: ['job', 'namespace'],
    group: 'Output',
  },
  force: { type: 'boolean', describe: 'with --output-dir: overwrite files that exist', group: 'Output' },
} as const satisfies FlagSpecs
