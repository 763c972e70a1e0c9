import { describe, expect, it } from 'vitest'
import type { FakeEnvOptions } from '../../test/unit/fake-env.ts'
import { discovery, group, groups, operator } from '../../test/unit/installed.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { fleet, status, tooWide } from '../../test/unit/status-world.ts'

describe('status without a name, as a whole', () => {
  const wide = { tty: true, columns: 200 }
  const narrow = { tty: true, columns: 80 }
  const hvd = v1Job('a-name-of-some-length-with-a-launcher', { kind: 'MPIJob', roles: { Launcher: 1, Worker: 2 } })
  const world = {
    objects: [...fleet, hvd, ...operator('kueue', 'kueue.x-k8s.io', 'registry.k8s.io/kueue/kueue:v0.19.2')],
    raw: discovery([...groups, group('kueue.x-k8s.io', 'v1beta1')]),
  }
  const screen = async (words: string[], env: FakeEnvOptions) => {
    const { out, err } = await status(words, env, world)
    expect(tooWide(out, env.columns ?? 0)).toEqual([])
    return [...out, '--', ...err].join('\n')
  }

  it('on 200 columns', async () => {
    expect(await screen(['-A'], wide)).toMatchInlineSnapshot(`
      "CONTEXT fake   all namespaces   TRAINER v2.3.0 (runtimePatches)   TRAINING OPERATOR v1.9.4   KUEUE v0.19.2

      KIND         JOBS   GPUS   RUNNING   WAITING   BLOCKED   SUSPENDED   DONE   FAILED
      PyTorchJob      4      0         2         0         0           2      0        0
      MPIJob          2      0         0         1         0           0      1        0
      TrainJob        4      0         1         0         1           0      1        1

      KIND         READY   NEEDS-RUNTIME   NEEDS-DECISION   IMPOSSIBLE   FINISHED
      PyTorchJob       0               4                0            0          0
      MPIJob           0               0                1            0          1

      migrated 1 of 6 names, 1 ended on v1   ██████▋░░░░░░░░░░░░░   33 % done
      in progress 0   held 1   failed 1   not started 2   both running 1   revived 0
      GPUs   v1 0   v2 0
      BOTH RUNNING   nlp/bert: v1 and the TrainJob bert-v2 run at once
      oldest hold   nlp/gpt   2m   (v1 is kept suspended; finalize removes it)
      blocks the rest   mpi-transport needs a decision: 1

      5 new v1 jobs in 24 h, made by 1 source: unknown 5

      nlp/bert-v2   TrainJob ImagePullBackOff
          Back-off pulling image "reg.example.com/nlp/train:9": 401 Unauthorized
      nlp/t5   TrainJob FailedJobs
          jobset failed

      Next: kubectl migrate status trainjob/bert-v2 -n nlp   why it is blocked
            kubectl migrate list -A --class NeedsDecision    what must be decided first
            kubectl migrate diff pytorchjob/resnet -n nlp    what would differ as a TrainJob
            kubectl migrate list -A                          all of them, one line each
      --"
    `)
  })

  it('on 80 columns, in colour', async () => {
    const { out, err } = await status(['-A', '--by', 'source'], { ...narrow, color: true }, world)
    expect([...out, '--', ...err].join('\n').replaceAll('\u001b', '^')).toMatchInlineSnapshot(`
      "CONTEXT ^[1mfake^[22m   all namespaces   TRAINER v2.3.0 (runtimePatches)
        TRAINING OPERATOR v1.9.4   KUEUE v0.19.2

      KIND        JOBS  GPUS  RUNNING  WAITING  BLOCKED  SUSPENDED  DONE  FAILED
      PyTorchJob     4     0        ^[32m2^[39m        ^[2m0^[22m        ^[2m0^[22m          ^[36m2^[39m     ^[2m0^[22m       ^[2m0^[22m
      MPIJob         2     0        ^[2m0^[22m        ^[33m1^[39m        ^[2m0^[22m          ^[2m0^[22m     ^[2m1^[22m       ^[2m0^[22m
      TrainJob       4     0        ^[32m1^[39m        ^[2m0^[22m        ^[31m1^[39m          ^[2m0^[22m     ^[2m1^[22m       ^[31m1^[39m

      KIND         READY   NEEDS-RUNTIME   NEEDS-DECISION   IMPOSSIBLE   FINISHED
      PyTorchJob       0               4                0            0          0
      MPIJob           0               0                1            0          1

      migrated 1 of 6 names, 1 ended on v1   ██████▋░░░░░░░░░░░░░   33 % done
      in progress 0   held 1   failed 1   not started 2   both running 1   revived 0
      GPUs   v1 0   v2 0
      ^[31mBOTH RUNNING   nlp/bert: v1 and the TrainJob bert-v2 run at once^[39m
      oldest hold   nlp/gpt   2m   (v1 is kept suspended; finalize removes it)
      blocks the rest   mpi-transport needs a decision: 1

      JOBS   TO MOVE   MOVED   FINISHED   SOURCE
         6         4       1          1   unknown

      5 new v1 jobs in 24 h, made by 1 source: unknown 5

      ^[31mnlp/bert-v2   TrainJob ImagePullBackOff^[39m
          Back-off pulling image "reg.example.com/nlp/train:9": 401 Unauthorized
      ^[31mnlp/t5   TrainJob FailedJobs^[39m
          jobset failed

      Next: kubectl migrate status trainjob/bert-v2 -n nlp
              why it is blocked
            kubectl migrate list -A --class NeedsDecision
              what must be decided first
            kubectl migrate diff pytorchjob/resnet -n nlp
              what would differ as a TrainJob
            kubectl migrate list -A
              all of them, one line each
      --"
    `)
  })

  it('on 80 columns, in ASCII', async () => {
    expect(await screen([], { ...narrow, unicode: false })).toMatchInlineSnapshot(`
      "CONTEXT fake   namespace nlp   TRAINER v2.3.0 (runtimePatches)
        TRAINING OPERATOR v1.9.4   KUEUE v0.19.2

      KIND        JOBS  GPUS  RUNNING  WAITING  BLOCKED  SUSPENDED  DONE  FAILED
      PyTorchJob     4     0        2        0        0          2     0       0
      MPIJob         2     0        0        1        0          0     1       0
      TrainJob       4     0        1        0        1          0     1       1

      KIND         READY   NEEDS-RUNTIME   NEEDS-DECISION   IMPOSSIBLE   FINISHED
      PyTorchJob       0               4                0            0          0
      MPIJob           0               0                1            0          1

      migrated 1 of 6 names, 1 ended on v1   [######..............]   33 % done
      in progress 0   held 1   failed 1   not started 2   both running 1   revived 0
      GPUs   v1 0   v2 0
      BOTH RUNNING   nlp/bert: v1 and the TrainJob bert-v2 run at once
      oldest hold   nlp/gpt   2m   (v1 is kept suspended; finalize removes it)
      blocks the rest   mpi-transport needs a decision: 1

      5 new v1 jobs in 24 h, made by 1 source: unknown 5

      nlp/bert-v2   TrainJob ImagePullBackOff
          Back-off pulling image "reg.example.com/nlp/train:9": 401 Unauthorized
      nlp/t5   TrainJob FailedJobs
          jobset failed

      Next: kubectl migrate status trainjob/bert-v2 -n nlp
              why it is blocked
            kubectl migrate list -n nlp --class NeedsDecision
              what must be decided first
            kubectl migrate diff pytorchjob/resnet -n nlp
              what would differ as a TrainJob
            kubectl migrate list -n nlp
              all of them, one line each
      --"
    `)
  })

  it('on 40 columns, in ASCII, and says what it left out', async () => {
    expect(await screen([], { tty: true, columns: 40, unicode: false })).toMatchInlineSnapshot(`
      "CONTEXT fake   namespace nlp
        TRAINER v2.3.0 (runtimePatches)
        TRAINING OPERATOR v1.9.4
        KUEUE v0.19.2

      KIND        JOBS  RUNNING  BLOCKED
      PyTorchJob     4        2        0
      MPIJob         2        0        0
      TrainJob       4        1        1

      PyTorchJob:   NeedsRuntime 4
      MPIJob:   NeedsDecision 1   Finished 1

      migrated 1 of 6 names, 1 ended on v1
        [######..............]   33 % done
      in progress 0   held 1   failed 1
        not started 2   both running 1
        revived 0
      GPUs   v1 0   v2 0
      BOTH RUNNING   nlp/bert: v1 and the
      TrainJob bert-v2 run at once
      oldest hold   nlp/gpt   2m   (v1 is kept
      suspended; finalize removes it)
      blocks the rest
        mpi-transport needs a decision: 1

      5 new v1 jobs in 24 h, made by 1 source:
      unknown 5

      nlp/bert-v2   TrainJob ImagePullBackOff
          Back-off pulling image
          "reg.example.com/nlp/train:9": 401
          Unauthorized
      nlp/t5   TrainJob FailedJobs
          jobset failed

      Next: kubectl migrate status trainjob/bert-v2 -n nlp
              why it is blocked
            kubectl migrate list -n nlp --class NeedsDecision
              what must be decided first
            kubectl migrate diff pytorchjob/resnet -n nlp
              what would differ as a TrainJob
            kubectl migrate list -n nlp
              all of them, one line each
      --
      note: 40 columns are too few for GPUS, WAITING, SUSPENDED, DONE, FAILED; -o json shows them"
    `)
  })

  it('on 40 columns, by source', async () => {
    expect(await screen(['--by', 'source'], { tty: true, columns: 40 })).toMatchInlineSnapshot(`
      "CONTEXT fake   namespace nlp
        TRAINER v2.3.0 (runtimePatches)
        TRAINING OPERATOR v1.9.4
        KUEUE v0.19.2

      KIND        JOBS  RUNNING  BLOCKED
      PyTorchJob     4        2        0
      MPIJob         2        0        0
      TrainJob       4        1        1

      PyTorchJob:   NeedsRuntime 4
      MPIJob:   NeedsDecision 1   Finished 1

      migrated 1 of 6 names, 1 ended on v1
        ██████▋░░░░░░░░░░░░░   33 % done
      in progress 0   held 1   failed 1
        not started 2   both running 1
        revived 0
      GPUs   v1 0   v2 0
      BOTH RUNNING   nlp/bert: v1 and the
      TrainJob bert-v2 run at once
      oldest hold   nlp/gpt   2m   (v1 is kept
      suspended; finalize removes it)
      blocks the rest
        mpi-transport needs a decision: 1

      JOBS   TO MOVE   MOVED   SOURCE
         6         4       1   unknown

      5 new v1 jobs in 24 h, made by 1 source:
      unknown 5

      nlp/bert-v2   TrainJob ImagePullBackOff
          Back-off pulling image
          "reg.example.com/nlp/train:9": 401
          Unauthorized
      nlp/t5   TrainJob FailedJobs
          jobset failed

      Next: kubectl migrate status trainjob/bert-v2 -n nlp
              why it is blocked
            kubectl migrate list -n nlp --class NeedsDecision
              what must be decided first
            kubectl migrate diff pytorchjob/resnet -n nlp
              what would differ as a TrainJob
            kubectl migrate list -n nlp
              all of them, one line each
      --
      note: 40 columns are too few for GPUS, WAITING, SUSPENDED, DONE, FAILED, FINISHED; -o json shows them"
    `)
  })

  it('breaks what blocks a job between words where they do not fit', async () => {
    const lines = (await screen([], { tty: true, columns: 36 })).split('\n')
    const at = lines.indexOf('nlp/bert-v2   TrainJob')
    expect(lines[at + 1]).toBe('ImagePullBackOff')
  })
})
