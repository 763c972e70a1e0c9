import type { FlagSpecs } from '../cli/command.ts'
import { acceptFlag, gangFlag, mpiFlag, podLabelsFlag } from './conversion-flags.ts'

/** The flags of diff. */
export const flags = {
  env: { type: 'boolean', describe: 'only environment variables', group: 'Selection' },
  resources: { type: 'boolean', describe: 'only requests and limits, with the totals of all pods', group: 'Selection' },
  preview: {
    type: 'boolean',
    describe:
      "ask the cluster's operators too: a suspended TrainJob is made and removed again; refused where Kueue could start it",
    group: 'Selection',
  },
  all: { type: 'boolean', describe: 'what is equal as well', group: 'Selection' },
  filename: {
    type: 'strings',
    short: 'f',
    value: 'FILE',
    describe: 'compare the jobs of a file, a folder or - with their conversions; needs no cluster',
    group: 'Selection',
  },
  kustomize: {
    type: 'string',
    short: 'k',
    value: 'DIR',
    describe: 'the same of what kubectl kustomize builds of this folder',
    completes: 'file',
    group: 'Selection',
  },
  recursive: { type: 'boolean', short: 'R', describe: 'folders of -f with all their sub-folders', group: 'Selection' },
  v1: {
    type: 'strings',
    value: 'FILE',
    describe: 'v1 jobs of files, folders or kustomizations, to hold the TrainJobs of --v2 against; needs no cluster',
    completes: 'file',
    group: 'Selection',
  },
  v2: {
    type: 'strings',
    value: 'FILE',
    describe: 'TrainJobs that somebody wrote to replace them, with their runtimes; paired by name',
    completes: 'file',
    group: 'Selection',
  },
  runtimes: {
    type: 'strings',
    value: 'FILE|cluster',
    describe: 'with --v2: where runtimes are that do not stand beside the TrainJobs',
    completes: 'file',
    group: 'Selection',
  },
  strict: {
    type: 'boolean',
    describe: 'with --v2: what is explained, but changes, fails as well',
    group: 'Conversion',
  },
  accept: acceptFlag,
  decisions: {
    type: 'string',
    value: 'FILE',
    describe: 'what was decided about jobs; otherwise ./migrate.yaml where it is there',
    completes: 'file',
    group: 'Conversion',
  },
  mpi: mpiFlag,
  'gang-scheduler': gangFlag,
  'pod-labels': podLabelsFlag,
  'target-version': {
    type: 'string',
    value: 'VERSION',
    describe: "Trainer's version to convert for; otherwise the cluster's own for live jobs, and the newest for files",
    choices: ['2.0', '2.1', '2.2', '2.3'],
    group: 'Conversion',
  },
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    describe:
      'a table (or what KUBECTL_EXTERNAL_DIFF shows), a unified diff, data; with --v2 also marks in a pull request of GitHub, and a JUnit report',
    choices: ['text', 'unified', 'json', 'markdown', 'github', 'junit'],
    default: 'text',
    group: 'Output',
  },
  'show-secrets': {
    type: 'boolean',
    describe: 'print what looks secret: values of such env variables, passwords in addresses, flags of commands',
    group: 'Output',
  },
} as const satisfies FlagSpecs
