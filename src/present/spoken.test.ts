import { describe, expect, it } from 'vitest'
import { ClusterError } from '../cluster/errors.ts'
import { Problem } from '../problem.ts'
import { describeError } from './errors.ts'
import { spoken } from './spoken.ts'

const unreachable = new ClusterError({
  kind: 'unreachable',
  server: 'https://api.training.example.com:6443',
  reason: 'the name is not known',
  code: 'ENOTFOUND',
  sent: false,
})
const folder = new Problem({
  code: 'sandbox-state',
  what: 'another sandbox has /home/somebody/projects/training/kubectl-migrate/sandbox: process 4242 on laptop',
  next: [
    '$0 sandbox   (forgets when it stops)',
    '$0 sandbox --dir /home/somebody/projects/training/another-folder   (one of its own, which is kept)',
  ],
  exit: 2,
})

const screen = (error: unknown, columns: number): string =>
  spoken(describeError(error, 'kubectl migrate').lines, { isTTY: true, columns })

describe('an error', () => {
  it('breaks between words at 80 columns, and its commands do not', () => {
    expect(screen(unreachable, 80)).toBe(`\
error: cannot reach the cluster at https://api.training.example.com:6443: the
       name is not known (ENOTFOUND)
       Is it the right one? \`kubectl config get-contexts\`, then --context NAME
`)
    expect(screen(folder, 80)).toBe(`\
error: another sandbox has
       /home/somebody/projects/training/kubectl-migrate/sandbox: process 4242 on
       laptop
       kubectl migrate sandbox   (forgets when it stops)
       kubectl migrate sandbox --dir /home/somebody/projects/training/another-folder
       (one of its own, which is kept)
`)
  })

  it('breaks at 40 columns too; what is longer than a line stays whole', () => {
    expect(screen(unreachable, 40)).toBe(`\
error: cannot reach the cluster at
       https://api.training.example.com:6443:
       the name is not known (ENOTFOUND)
       Is it the right one?
       \`kubectl config get-contexts\`,
       then --context NAME
`)
    expect(screen(folder, 40)).toBe(`\
error: another sandbox has
       /home/somebody/projects/training/kubectl-migrate/sandbox:
       process 4242 on laptop
       kubectl migrate sandbox
       (forgets when it stops)
       kubectl migrate sandbox --dir /home/somebody/projects/training/another-folder
       (one of its own, which is kept)
`)
  })

  it('is one line in a pipe', () => {
    const { lines } = describeError(unreachable, 'kubectl migrate')
    expect(spoken(lines, { isTTY: false, columns: 80 })).toBe(`${lines.join('\n')}\n`)
  })
})

describe('a note', () => {
  it('breaks under its words, and keeps a command after a colon whole', () => {
    const note = 'note: the record of its cutover is gone: kubectl get configmap kubectl-migrate-bert -n nlp -o yaml'
    expect(spoken([note], { isTTY: true, columns: 60 })).toBe(`\
note: the record of its cutover is gone:
      kubectl get configmap kubectl-migrate-bert -n nlp -o yaml
`)
  })
})
