import type { FlagSpecs, FlagValues } from '../cli/command.ts'
import { flagsAgain } from '../cli/typed-again.ts'
import { type Isolation, isolations } from '../convert/twin.ts'
import type { TwinAsked } from '../execute/decide-twin.ts'
import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import { movingFlags } from './moving-flags.ts'

/** The flags of start. */
export const flags = {
  isolate: {
    type: 'strings',
    value: 'VOLUME=HOW,…',
    describe: 'how a volume v1 writes to is kept apart: readonly, subpath (a folder of its own), emptydir, or share',
    group: 'Conversion',
  },
  'share-volumes': {
    type: 'boolean',
    describe: 'both may write to every volume that --isolate does not name',
    group: 'Conversion',
  },
  nodes: {
    type: 'number',
    value: 'N',
    describe: 'so many pods that train, fewer than v1 has: for a short trial; such a twin is never promoted',
    group: 'Conversion',
  },
  env: {
    type: 'strings',
    value: 'NAME=VALUE',
    describe: 'sets a variable in the container that trains; such a twin is never promoted',
    group: 'Conversion',
  },
  command: {
    type: 'string',
    value: 'TEXT',
    describe: 'run this by sh -c instead of command and args; such a twin is never promoted',
    group: 'Conversion',
  },
  suffix: {
    type: 'string',
    value: 'TEXT',
    describe: "what is added to the job's name",
    default: '-v2',
    group: 'Conversion',
  },
  ...movingFlags,
  timeout: {
    type: 'string',
    value: 'DURATION',
    describe: 'how long the twin may take to start before it is taken back',
    default: '15m',
    group: 'Timing',
  },
  observe: {
    type: 'string',
    value: 'DURATION',
    describe: 'how long the twin must stay healthy; a failure in that time takes it back',
    default: '2m',
    group: 'Timing',
  },
} as const satisfies FlagSpecs

/** What is asked of the twin. Throws a Problem for a flag whose value is none. */
export function twinAsked(given: FlagValues<typeof flags>): TwinAsked {
  const { nodes, command, suffix = '-v2' } = given
  if (!/^[-a-z0-9]*[a-z0-9]$/.test(suffix)) {
    throw wrong('suffix', suffix, 'a-z, 0-9 and -, not ending in -', '--suffix -v2')
  }
  if (nodes !== undefined && !(Number.isInteger(nodes) && nodes > 0)) {
    throw wrong('nodes', String(nodes), 'a whole number, at least 1', '--nodes 1')
  }
  return {
    suffix,
    isolate: Object.fromEntries(given.isolate.flatMap((text) => text.split(',')).map(isolation)),
    env: Object.fromEntries(given.env.map(variable)),
    ...(nodes === undefined ? {} : { nodes }),
    ...(command === undefined ? {} : { command }),
    shareVolumes: given['share-volumes'],
    flags: flagsAgain(flags, { ...given, isolate: [] }),
  }
}

function isolation(text: string): [string, Isolation] {
  const [name = '', how = '', more] = text.split('=')
  const known = isolations.find((one) => one === how)
  if (name !== '' && known !== undefined && more === undefined) return [name, known]
  throw wrong(
    'isolate',
    text,
    `VOLUME=HOW, HOW one of ${isolations.join(', ')}`,
    '--isolate data=readonly,ckpt=subpath',
  )
}

function variable(text: string): [string, string] {
  const at = text.indexOf('=')
  const name = text.slice(0, Math.max(at, 0))
  if (/^[A-Za-z_][\w.-]*$/.test(name)) return [name, text.slice(at + 1)]
  throw wrong('env', text, 'NAME=VALUE', '--env MAX_STEPS=100')
}

function wrong(flag: string, text: string, takes: string, example: string): Problem {
  return new Problem({
    code: 'wrong-flag-value',
    what: `--${flag} cannot be ${JSON.stringify(text)}: it takes ${takes}`,
    next: [example],
    exit: exitCode.usage,
  })
}
