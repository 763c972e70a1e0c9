import { describe, expect, it } from 'vitest'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import { describeError } from '../present/errors.ts'
import type { Command, FlagSpecs, Invocation } from './command.ts'
import { runProgram } from './program.ts'
import type { Verb } from './table.ts'

const flags = {
  selector: {
    type: 'string',
    short: 'l',
    value: 'LABELS',
    describe: 'only jobs with these labels',
    group: 'Selection',
  },
  'dry-run': {
    type: 'string',
    choices: ['none', 'client', 'server'],
    bare: 'client',
    default: 'none',
    describe: 'say what would be written, and write nothing',
    group: 'Safety',
  },
  timeout: { type: 'number', value: 'SECONDS', describe: 'how long to wait', group: 'Timing', default: 900 },
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    choices: ['json', 'name'],
    describe: 'other formats',
    group: 'Output',
  },
} as const satisfies FlagSpecs

const ran: Invocation<typeof flags>[] = []

const move: Command<typeof flags> = {
  name: 'move',
  summary: 'hold v1 and run the TrainJob under the name of the job',
  usage: 'KIND/NAME | KIND NAME | NAME',
  examples: [
    { does: 'Move one job', type: '$0 move job bert -n nlp' },
    { does: 'See first what would be written', type: '$0 move pytorchjob/bert --dry-run=server' },
    { does: 'Names of what differs', type: `$0 move -A -o name | grep -v 'kept as it is' | sort` },
    { does: 'Every job of a team', type: '$0 move -n nlp -l team=nlp,stage!=production --timeout 1800' },
  ],
  flags,
  connects: true,
  manyNamespaces: true,
  async run(env, invocation) {
    ran.push(invocation)
    env.out.write(`color ${env.out.color}\n`)
    return 1
  },
}

const about: Command = {
  ...move,
  name: 'about',
  summary: 'what this is',
  usage: '',
  flags: {},
  connects: false,
  manyNamespaces: false,
}

const table: readonly Verb[] = [
  { name: 'move', group: 'Move', summary: move.summary, load: async () => ({ command: move }) },
  { name: 'about', group: 'Other', summary: about.summary, load: async () => ({ command: about }) },
]

interface Options {
  readonly name?: string
  readonly columns?: number
  readonly color?: boolean
}

async function run(words: readonly string[], options: Options = {}) {
  const { env, stdout, stderr } = fakeEnv(options)
  try {
    const code = await runProgram(env, words, { table })
    return { code, stdout: stdout(), stderr: stderr() }
  } catch (error) {
    const { lines, exit } = describeError(error, env.name)
    return { code: exit, stdout: stdout(), stderr: `${stderr()}${lines.join('\n')}\n` }
  }
}

const programScreen = `kubectl migrate moves Kubeflow training jobs from Training Operator v1 to
Trainer v2, side by side.

Usage: kubectl migrate VERB [flags]

Move
  move    hold v1 and run the TrainJob under the name of the job

Other
  about   what this is

Exit codes
  0     done; both sides are the same
  1     the answer is no: differs, not ready, refused by a guard
  2     wrong usage, or input that cannot be read
  3     the cluster said no or cannot be reached
  4     somebody else holds the lock, or the object changed meanwhile
  5     failed and rolled back: v1 runs again
  6     failed and NOT rolled back: the message says what stands
  124   ran out of time, nothing was written
  130   interrupted: the message says how to go on

kubectl migrate VERB --help has examples of each verb and its flags.
`

describe('help', () => {
  it.each([[[]], [['--help']], [['-h']], [['-n', 'nlp']], [['--help=true']]])('%j shows the program', async (words) => {
    expect(await run(words)).toEqual({ code: 0, stdout: programScreen, stderr: '' })
  })

  it('fits 40 columns and calls the program what it was called', async () => {
    expect(
      (await run([], { columns: 40, name: 'kubectl-migrate' })).stdout,
    ).toBe(`kubectl-migrate moves Kubeflow training
jobs from Training Operator v1 to
Trainer v2, side by side.

Usage: kubectl-migrate VERB [flags]

Move
  move    hold v1 and run the TrainJob
          under the name of the job

Other
  about   what this is

Exit codes
  0     done; both sides are the same
  1     the answer is no: differs, not
        ready, refused by a guard
  2     wrong usage, or input that
        cannot be read
  3     the cluster said no or cannot be
        reached
  4     somebody else holds the lock, or
        the object changed meanwhile
  5     failed and rolled back: v1 runs
        again
  6     failed and NOT rolled back: the
        message says what stands
  124   ran out of time, nothing was
        written
  130   interrupted: the message says
        how to go on

kubectl-migrate VERB --help has examples
of each verb and its flags.
`)
  })

  it.each([[['move', '--help']], [['-h', 'move']], [['move', 'bert', '-h', '--dry-run']]])(
    '%j shows the verb',
    async (words) => {
      expect(await run(words)).toEqual({
        code: 0,
        stdout: `Hold v1 and run the TrainJob under the name of the job.

Usage: kubectl migrate move KIND/NAME | KIND NAME | NAME [flags]

Examples
  # Move one job
  kubectl migrate move job bert -n nlp

  # See first what would be written
  kubectl migrate move pytorchjob/bert --dry-run=server

  # Names of what differs
  kubectl migrate move -A -o name | grep -v 'kept as it is' | sort

  # Every job of a team
  kubectl migrate move -n nlp -l team=nlp,stage!=production --timeout 1800

Selection
  -A, --all-namespaces        all namespaces; -n is then ignored
  -l, --selector LABELS       only jobs with these labels

Safety
      --dry-run[=none|client|server]
                              say what would be written, and write nothing
                              (default none)

Timing
      --timeout SECONDS       how long to wait (default 900)

Output
  -o, --output FORMAT         other formats: json, name
      --no-color              no colour, as with NO_COLOR in the environment
  -h, --help                  this help

Connection
  -n, --namespace NAMESPACE   namespace to work in; of the context when absent
      --context NAME          context of the kubeconfig to use
      --kubeconfig FILE       kubeconfig file, instead of $KUBECONFIG and
                              ~/.kube/config
  and all other connection flags of kubectl: kubectl migrate options
`,
        stderr: '',
      })
    },
  )

  it('shows the verb in 40 columns', async () => {
    expect((await run(['move', '-h'], { columns: 40 })).stdout).toBe(`Hold v1 and run the TrainJob under the
name of the job.

Usage: kubectl migrate move
         KIND/NAME | KIND NAME | NAME
         [flags]

Examples
  # Move one job
  kubectl migrate move job bert -n nlp

  # See first what would be written
  kubectl migrate move \\
    pytorchjob/bert --dry-run=server

  # Names of what differs
  kubectl migrate move -A -o name | \\
    grep -v 'kept as it is' | sort

  # Every job of a team
  kubectl migrate move -n nlp -l \\
    team=nlp,stage!=production \\
    --timeout 1800

Selection
  -A, --all-namespaces
      all namespaces; -n is then ignored
  -l, --selector LABELS
      only jobs with these labels

Safety
      --dry-run[=none|client|server]
      say what would be written, and
      write nothing (default none)

Timing
      --timeout SECONDS
      how long to wait (default 900)

Output
  -o, --output FORMAT
      other formats: json, name
      --no-color
      no colour, as with NO_COLOR in the
      environment
  -h, --help
      this help

Connection
  -n, --namespace NAMESPACE
      namespace to work in; of the
      context when absent
      --context NAME
      context of the kubeconfig to use
      --kubeconfig FILE
      kubeconfig file, instead of
      $KUBECONFIG and ~/.kube/config
  and all other connection flags of
  kubectl: kubectl migrate options
`)
  })
})

describe('wrong usage', () => {
  it.each<[string[], string]>([
    [
      ['mvoe', 'bert'],
      `error: unknown verb "mvoe"
       Did you mean move?
       kubectl migrate move
`,
    ],
    [
      ['remove-everything'],
      `error: unknown verb "remove-everything"
       kubectl migrate --help
`,
    ],
    [
      ['\u001b[31m'],
      `error: unknown verb "\\u001b[31m"
       kubectl migrate --help
`,
    ],
    [
      ['move', '--dry-rnu'],
      `error: unknown flag --dry-rnu
       Did you mean --dry-run?
       kubectl migrate move --help
`,
    ],
    [
      ['move', '--evil\u001b[2J'],
      `error: unknown flag --evil\\e[2J
       kubectl migrate move --help
`,
    ],
    [
      ['-o', 'json', 'move'],
      `error: unknown flag -o before the verb
       The flags of a verb come after it.
       kubectl migrate --help
`,
    ],
    [
      ['move', '-o', 'xml'],
      `error: -o cannot be "xml": it takes json, name
       kubectl migrate move --help
`,
    ],
    [
      ['move', '-n'],
      `error: -n needs a value: -n NAMESPACE
       kubectl migrate move --help
`,
    ],
    [
      ['about', 'bert', 'gpt'],
      `error: about takes no names, but there is "bert", "gpt"
       kubectl migrate about --help
`,
    ],
    [
      ['about', '-A'],
      `error: unknown flag -A
       kubectl migrate about --help
`,
    ],
    [
      ['--context'],
      `error: --context needs a value: --context NAME
       kubectl migrate --help
`,
    ],
  ])('%j', async (words, stderr) => {
    ran.length = 0
    expect(await run(words)).toEqual({ code: 2, stdout: '', stderr })
    expect(ran).toEqual([])
  })
})

describe('a verb', () => {
  it('gets its names, its flags, where to connect, and decides the exit code', async () => {
    ran.length = 0
    const words = ['--context', 'prod', 'move', 'job', 'bert', '-n', 'nlp', '-l', 'a=b', '--dry-run', '-v6', '-A']
    expect(await run(words)).toEqual({ code: 1, stdout: 'color false\n', stderr: '' })
    expect(ran).toMatchObject([
      {
        positionals: ['job', 'bert'],
        flags: { selector: 'a=b', 'dry-run': 'client', timeout: 900, output: undefined },
        connection: { context: 'prod', namespace: 'nlp', verbosity: 6, asGroup: [], insecureSkipTlsVerify: false },
        allNamespaces: true,
        verbosity: 6,
      },
    ])
  })

  it('passes on every connection flag of kubectl', async () => {
    ran.length = 0
    const words =
      `move --kubeconfig k --context c --cluster cl --user u -s https://x --token t --certificate-authority ca
      --client-certificate cc --client-key ck --insecure-skip-tls-verify --tls-server-name n --as a --as-group g --as-group h
      --as-uid i --as-user-extra k=v --as-user-extra k=w --username n --password p
      --request-timeout 5s --disable-compression --namespace ns --v=3`.split(/\s+/)
    await run(words)
    expect(ran[0]?.connection).toEqual({
      kubeconfig: 'k',
      context: 'c',
      cluster: 'cl',
      user: 'u',
      server: 'https://x',
      token: 't',
      certificateAuthority: 'ca',
      clientCertificate: 'cc',
      clientKey: 'ck',
      insecureSkipTlsVerify: true,
      tlsServerName: 'n',
      as: 'a',
      asGroup: ['g', 'h'],
      asUid: 'i',
      asUserExtra: ['k=v', 'k=w'],
      username: 'n',
      password: 'p',
      requestTimeout: '5s',
      disableCompression: true,
      namespace: 'ns',
      verbosity: 3,
    })
  })

  it('takes an empty value for an absent flag, as kubectl does', async () => {
    ran.length = 0
    await run(['move', '--namespace=', '--context', ''])
    expect(ran[0]?.connection).toMatchObject({ namespace: undefined, context: undefined })
  })

  it.each([
    [true, [], 'color true\n'],
    [true, ['--no-color'], 'color false\n'],
    [false, ['--no-color=false'], 'color false\n'],
  ])('with colour %s and %j writes %j', async (color, words, stdout) => {
    expect((await run(['move', ...words], { color })).stdout).toBe(stdout)
  })
})
