import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, type TestContext, vi } from 'vitest'
import { completionScript, type Shell, shells } from './completion-scripts.ts'

vi.setConfig({ testTimeout: 60_000 })

const here = path.dirname(fileURLToPath(import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), 'completion-'))
const bin = path.join(folder, 'bin')
const work = path.join(folder, 'work')
mkdirSync(path.join(work, 'jobs'), { recursive: true })
mkdirSync(bin)
writeFileSync(path.join(work, 'jobs.yaml'), '')
writeExecutable('kubectl-migrate', `#!/bin/sh\nexec '${process.execPath}' '${path.join(here, '../main.ts')}' "$@"\n`)
copyFileSync(path.join(here, 'kubectl_complete-migrate'), path.join(bin, 'kubectl_complete-migrate'))
writeFileSync(
  path.join(folder, 'kubeconfig'),
  `apiVersion: v1
kind: Config
contexts:
- {name: prod, context: {cluster: c, user: u}}
- {name: "arn:aws:eks:eu:1:cluster/a", context: {cluster: c, user: u}}
- {name: "arn:aws:eks:eu:1:cluster/b", context: {cluster: c, user: u}}
- {name: "$(touch\${IFS}pwned)", context: {cluster: c, user: u}}
clusters: [{name: c, cluster: {server: "https://prod.example"}}]
users: [{name: u, user: {}}]
`,
)
afterAll(() => rmSync(folder, { recursive: true }))

const environment = {
  PATH: `${bin}:${process.env['PATH']}`,
  HOME: folder,
  TERM: 'dumb',
  KUBECONFIG: path.join(folder, 'kubeconfig'),
}

function writeExecutable(name: string, text: string): void {
  writeFileSync(path.join(bin, name), text)
  chmodSync(path.join(bin, name), 0o755)
}

/** Runs a script of a shell in the work folder and gives what it printed; stderr must be empty. */
function runShell(program: string, args: readonly string[], script: string): string {
  const file = path.join(folder, 'script')
  writeFileSync(file, script)
  const { stdout, stderr, error } = spawnSync(program, [...args, file], {
    cwd: work,
    env: environment,
    encoding: 'utf8',
    timeout: 30_000,
  })
  expect([error, stderr]).toEqual([undefined, ''])
  return stdout
}

function needs(program: string, context: TestContext): void {
  const found = spawnSync(program, ['--version'], { env: environment })
  context.skip(found.error !== undefined, `${program} is not installed here`)
}

describe('bash', () => {
  /** What COMPREPLY holds for the words of a line as bash cuts them (at = and : too). */
  function complete(words: readonly string[]): string[] {
    const line = words.join(' ').replace(/ ([=:]) ?/g, '$1')
    const script = `${completionScript('bash', 'kubectl migrate')}
compopt() { :; } # bash has it during a completion only
COMP_LINE='${line}' COMP_POINT=${line.length}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_kubectl_migrate
printf '%s\\n' "\${COMPREPLY[@]}"
`
    return runShell('bash', ['--norc'], script).trimEnd().split('\n')
  }

  it.each([
    [['kubectl-migrate', 'ver'], ['version']],
    [
      ['kubectl-migrate', 'completion', ''],
      ['bash', 'zsh', 'fish', 'powershell', 'kubectl'],
    ],
    [
      ['kubectl-migrate', 'version', '-o', ''],
      ['json', 'yaml'],
    ],
    [
      ['kubectl-migrate', 'version', '--output', '='],
      ['json', 'yaml'],
    ],
    [['kubectl-migrate', 'version', '--output', '=', 'y'], ['yaml']],
    [['kubectl-migrate', '--context', 'p'], ['prod']],
    [
      ['kubectl-migrate', '--context', 'arn', ':', 'aws'],
      ['aws:eks:eu:1:cluster/a', 'aws:eks:eu:1:cluster/b'],
    ],
    [
      ['kubectl-migrate', '--context', '=', 'arn', ':'],
      ['aws:eks:eu:1:cluster/a', 'aws:eks:eu:1:cluster/b'],
    ],
    [['kubectl-migrate', '--context', 'arn', ':', 'aws', 'ver'], ['version']],
    [['kubectl-migrate', '--context', '$'], ['\\$\\(touch\\$\\{IFS\\}pwned\\)']],
    [
      ['kubectl-migrate', '--kubeconfig', 'job'],
      ['jobs', 'jobs.yaml'],
    ],
    [
      ['kubectl-migrate', '--kubeconfig', '=', 'job'],
      ['jobs', 'jobs.yaml'],
    ],
    [['kubectl-migrate', 'nothing', ''], ['']],
  ])('%j', (words, replies) => {
    expect(complete(words).sort()).toEqual([...replies].sort())
  })

  it('is what TAB runs', () => {
    const script = `${completionScript('bash', 'kubectl migrate')}\ncomplete -p kubectl-migrate`
    expect(runShell('bash', ['--norc'], script)).toBe('complete -F _kubectl_migrate kubectl-migrate\n')
  })
})

describe('zsh', () => {
  it('replaces what was typed', (context) => {
    needs('zsh', context)
    const typed = [
      'kubectl-migrate ver',
      'kubectl-migrate version --output=y',
      'kubectl-migrate --context pr',
      'kubectl-migrate --context "arn:aws:eks:eu:1:cluster/a" comp',
      'kubectl-migrate --context \\$',
      'kubectl-migrate --kubeconfig jobs.',
      'kubectl-migrate --kubeconfig=jobs.',
      'kubectl-migrate nothing x',
    ]
    writeFileSync(path.join(folder, 'completion.zsh'), completionScript('zsh', 'kubectl migrate'))
    // a zsh at a pseudo-terminal gets the keys: the line, TAB, then ^X, which notes the line, empties it and says so
    const script = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; autoload -Uz compinit; compinit -u -D; source ${folder}/completion.zsh'
zpty -w z 'note() { print -r -- "$BUFFER" >> ${folder}/noted; BUFFER=; zle -I; print NO""TED; }'
zpty -w z 'zle -N note; bindkey "^X" note'
${typed.map((line) => `zpty -n -w z '${line}'$'\\t\\x18'; zpty -r z ignored '*NOTED*'`).join('\n')}
zpty -d z
`
    runShell('zsh', ['-f'], script)
    expect(readFileSync(path.join(folder, 'noted'), 'utf8').trimEnd().split('\n')).toEqual([
      'kubectl-migrate version ',
      'kubectl-migrate version --output=yaml ',
      'kubectl-migrate --context prod ',
      'kubectl-migrate --context "arn:aws:eks:eu:1:cluster/a" completion ',
      'kubectl-migrate --context \\$\\(touch\\$\\{IFS\\}pwned\\) ',
      'kubectl-migrate --kubeconfig jobs.yaml ',
      'kubectl-migrate --kubeconfig=jobs.yaml ',
      'kubectl-migrate nothing x',
    ])
  })
})

describe('fish', () => {
  it.for<[string, string[]]>([
    ['kubectl-migrate ver', ['version\twhich kubectl-migrate this is, and what it was tested with']],
    ['kubectl-migrate version -o ', ['json', 'yaml']],
    ['kubectl-migrate version --output=', ['--output=json', '--output=yaml']],
    ['kubectl-migrate --context=arn', ['--context=arn:aws:eks:eu:1:cluster/a', '--context=arn:aws:eks:eu:1:cluster/b']],
    ['kubectl-migrate --kubeconfig jobs', ['jobs.yaml', 'jobs/']],
    ['kubectl-migrate --kubeconfig=jobs', ['--kubeconfig=jobs.yaml', '--kubeconfig=jobs/']],
    ['kubectl-migrate nothing ', ['']],
  ])('%s', ([line, offered], context) => {
    needs('fish', context)
    const script = `${completionScript('fish', 'kubectl migrate')}\ncomplete -C '${line}'\n`
    expect(runShell('fish', ['--no-config'], script).trimEnd().split('\n').sort()).toEqual(offered.sort())
  })
})

describe('kubectl', () => {
  it('completes `kubectl migrate` through kubectl_complete-migrate', (context) => {
    needs('kubectl', context)
    const ask = (...words: string[]): string =>
      execFileSync('kubectl', ['__complete', 'migrate', ...words], {
        env: environment,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
    expect(ask('version', '-o', '')).toBe('json\nyaml\n:4\n')
    expect(ask('vers')).toBe('version\twhich kubectl-migrate this is, and what it was tested with\n:4\n')
    expect(ask('--kubeconfig', '')).toBe(':0\n')
  })
})

describe('completionScript', () => {
  it.each(shells.map((shell) => [shell]))('of %s names no other program, and leaves no placeholder', (shell: Shell) => {
    const script = completionScript(shell, 'kubectl migrate')
    expect(script).toMatch(/kubectl-migrate'? __complete/)
    expect(script).not.toMatch(/PROGRAM|FUNCTION|COMPLETER|PLUGIN/)
  })

  it.each([
    ['kubectl migrate', 'kubectl-migrate', 'kubectl_migrate', 'kubectl_complete-migrate'],
    ['kubectl-migrate', 'kubectl-migrate', 'kubectl_migrate', 'kubectl_complete-migrate'],
    [
      'kubectl trainjob-migrate',
      'kubectl-trainjob_migrate',
      'kubectl_trainjob_migrate',
      'kubectl_complete-trainjob_migrate',
    ],
    [
      'kubectl-trainjob_migrate',
      'kubectl-trainjob_migrate',
      'kubectl_trainjob_migrate',
      'kubectl_complete-trainjob_migrate',
    ],
  ])('called as %s asks %s', (name, program, functionName, completer) => {
    expect(completionScript('bash', name)).toMatch(new RegExp(`complete -F _${functionName} ${program}\n$`))
    expect(completionScript('kubectl', name)).toContain(`exec ${program} __complete "$@" 2>/dev/null\n`)
    expect(completionScript('kubectl', name)).toContain(`Save as ${completer} in`)
  })

  it('is the file the package ships for kubectl, with another first line of words', () => {
    const shipped = readFileSync(path.join(here, 'kubectl_complete-migrate'), 'utf8')
      .split('\n')
      .filter((line) => !line.startsWith('# '))
    const printed = completionScript('kubectl', 'kubectl migrate')
      .split('\n')
      .filter((line) => !line.startsWith('# '))
    expect(shipped).toEqual(printed)
  })
})
