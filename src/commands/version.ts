import { build } from '../cli/build.ts'
import type { Command, FlagSpecs } from '../cli/command.ts'
import { paragraph, type Row, twoColumns } from '../cli/layout.ts'
import { exitCode } from '../exit-code.ts'
import { v1Kinds } from '../v1/kinds.ts'
import { dialects } from '../v2/dialects/index.ts'
import { testedTrainers } from '../v2/tested.ts'

/** What it reads and writes, and what the tests of this build ran against. */
export const systems = {
  from: {
    name: 'Training Operator',
    api: 'kubeflow.org/v1',
    kinds: v1Kinds.map(({ kind }) => kind),
    tested: ['v1.9.4'],
  },
  to: {
    name: 'Kubeflow Trainer',
    api: 'trainer.kubeflow.org/v1alpha1',
    kinds: ['TrainJob'],
    versions: dialects.map(({ version }) => `v${version}`),
    tested: testedTrainers,
  },
}

const purpose = 'moves Kubeflow v1 training jobs to Trainer v2'

const flags = {
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    choices: ['json', 'yaml'],
    describe: 'for programs',
    group: 'Output',
  },
} as const satisfies FlagSpecs

export const command: Command<typeof flags> = {
  name: 'version',
  summary: 'which kubectl-migrate this is, and what it was tested with',
  usage: '',
  examples: [
    { does: 'Which program and which build is this?', type: '$0 version' },
    { does: 'The same for a script', type: '$0 version -o json' },
    { does: 'For a bug report, with what kubectl says of the cluster', type: '$0 version -o yaml && kubectl version' },
  ],
  flags,
  connects: false,
  manyNamespaces: false,
  async run(env, { flags: { output } }) {
    const about = { name: 'kubectl-migrate', purpose, ...build, systems }
    if (output === 'json') {
      env.out.write(`${JSON.stringify(about, undefined, 2)}\n`)
    } else if (output === 'yaml') {
      const { dump } = await import('js-yaml')
      env.out.write(dump(about))
    } else {
      env.out.write(`${versionText(env.out.columns).join('\n')}\n`)
    }
    return exitCode.ok
  },
}

function versionText(columns: number): string[] {
  const commit = build.commit === undefined ? '' : ` (commit ${build.commit})`
  const { from, to } = systems
  const rows: Row[] = [
    [`from ${from.name}`, `${from.api}, tested with ${from.tested.join(', ')}: ${from.kinds.join(', ')}`],
    [
      `to   ${to.name}`,
      `${to.api}, tested with ${to.tested.join(', ')}: TrainJob as ${to.versions.join(', ')} have it`,
    ],
  ]
  return [
    `kubectl-migrate ${build.version}${commit}`,
    ...paragraph(
      `It ${purpose}. Another project, konveyor-ecosystem/kubectl-migrate, has a plugin of the same name: this is not it.`,
      columns,
    ),
    '',
    ...twoColumns(rows, columns),
  ]
}
