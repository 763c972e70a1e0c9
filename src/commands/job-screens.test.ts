import { describe, expect, it } from 'vitest'
import { pull, status } from '../../test/unit/status-world.ts'

describe('status NAME as a whole', () => {
  it('stands one above the other in a pipe', async () => {
    expect(await status(['bert'])).toEqual({
      code: 1,
      err: [],
      out: [
        'nlp/bert   BOTH RUNNING: v1 and the TrainJob run at once (paired by name)',
        '',
        'v1  PyTorchJob bert   ● Running 3/3   2d3h',
        '├─ Master 1/1',
        '│  └─ bert-master-0  ● Running  gpu-07  2d',
        '└─ Worker 2/2',
        '   ├─ bert-worker-0  ● Running  gpu-08  2d  3 restarts',
        '   └─ bert-worker-1  ● Running  gpu-09  2d',
        '',
        'v2  TrainJob bert-v2   ▲ ImagePullBackOff 2/3   4m   ClusterTrainingRuntime/torch-distributed',
        '└─ node 2/3',
        '   ├─ bert-v2-node-0-0-x7k2p  ● Running           gpu-21  4m',
        '   ├─ bert-v2-node-0-1-x7k2p  ● Running           gpu-22  4m',
        '   └─ bert-v2-node-0-2-x7k2p  ▲ ImagePullBackOff  gpu-23  4m',
        '',
        'v2  ImagePullBackOff: bert-v2-node-0-2-x7k2p',
        `    ${pull}`,
        'last warning, 2m ago: Slow of jobset/bert-v2',
        '    not all Jobs are ready',
        '',
        'Next: kubectl migrate diff pytorchjob/bert -n nlp        what differs between their pods',
        '      kubectl migrate status pytorchjob/bert -n nlp -w   this screen, kept up to date',
      ],
    })
  })

  it('stands side by side on a terminal of 200', async () => {
    const { out } = await status(['pytorchjob', 'bert'], { tty: true, columns: 200 })
    expect(out.slice(0, 8)).toEqual([
      'nlp/bert   BOTH RUNNING: v1 and the TrainJob run at once (paired by name)',
      '',
      'v1  PyTorchJob bert   ● Running 3/3   2d3h               v2  TrainJob bert-v2   ▲ ImagePullBackOff 2/3   4m   ClusterTrainingRuntime/torch-distributed',
      '├─ Master 1/1                                            └─ node 2/3',
      '│  └─ bert-master-0  ● Running  gpu-07  2d                  ├─ bert-v2-node-0-0-x7k2p  ● Running           gpu-21  4m',
      '└─ Worker 2/2                                               ├─ bert-v2-node-0-1-x7k2p  ● Running           gpu-22  4m',
      '   ├─ bert-worker-0  ● Running  gpu-08  2d  3 restarts      └─ bert-v2-node-0-2-x7k2p  ▲ ImagePullBackOff  gpu-23  4m',
      '   └─ bert-worker-1  ● Running  gpu-09  2d',
    ])
  })

  it('fits a terminal of 80', async () => {
    const { out } = await status(['bert'], { tty: true, columns: 80 })
    expect(out.filter((line) => line.length > 80)).toEqual([])
    expect(out.slice(9, 15)).toEqual([
      'v2  TrainJob bert-v2',
      '    ▲ ImagePullBackOff 2/3   4m',
      '    ClusterTrainingRuntime/torch-distributed',
      '└─ node 2/3',
      '   ├─ bert-v2-node-0-0-x7k2p  ● Running           gpu-21  4m',
      '   ├─ bert-v2-node-0-1-x7k2p  ● Running           gpu-22  4m',
    ])
  })

  it('fits a terminal of 40 without a word less, in ASCII where it knows nothing else', async () => {
    const { out } = await status(['bert'], { tty: true, columns: 40, unicode: false })
    expect(out).toEqual([
      'nlp/bert',
      'BOTH RUNNING: v1 and the TrainJob run at',
      'once (paired by name)',
      '',
      'v1  PyTorchJob bert',
      '    * Running 3/3   2d3h',
      '|- Master 1/1',
      '|  `- bert-master-0',
      '|     `- * Running  gpu-07  2d',
      '`- Worker 2/2',
      '   |- bert-worker-0',
      '   |  |- * Running  gpu-08  2d',
      '   |  `- 3 restarts',
      '   `- bert-worker-1',
      '      `- * Running  gpu-09  2d',
      '',
      'v2  TrainJob bert-v2',
      '    ! ImagePullBackOff 2/3   4m',
      '    ClusterTrainingRuntime/torch-distributed',
      '`- node 2/3',
      '   |- bert-v2-node-0-0-x7k2p',
      '   |  `- * Running  gpu-21  4m',
      '   |- bert-v2-node-0-1-x7k2p',
      '   |  `- * Running  gpu-22  4m',
      '   `- bert-v2-node-0-2-x7k2p',
      '      `- ! ImagePullBackOff  gpu-23  4m',
      '',
      'v2  ImagePullBackOff:',
      'bert-v2-node-0-2-x7k2p',
      '    Back-off pulling image',
      '    "reg.example.com/nlp/train:9": 401',
      '    Unauthorized',
      'last warning, 2m ago: Slow of',
      'jobset/bert-v2',
      '    not all Jobs are ready',
      '',
      'Next: kubectl migrate diff pytorchjob/bert -n nlp',
      '        what differs between their pods',
      '      kubectl migrate status pytorchjob/bert -n nlp -w',
      '        this screen, kept up to date',
    ])
  })

  it('colours states where there is colour', async () => {
    const { out } = await status(['bert'], { tty: true, color: true, columns: 80 })
    expect(out[0]).toBe(
      '\u001b[1mnlp/bert\u001b[22m   \u001b[31mBOTH RUNNING: v1 and the TrainJob run at once (paired by name)\u001b[39m',
    )
    expect(out[4]).toBe('│  └─ bert-master-0  \u001b[32m● Running\u001b[39m  gpu-07  2d')
    expect(out.find((line) => line.includes('ImagePullBackOff: '))).toBe(
      '\u001b[31mv2  ImagePullBackOff: bert-v2-node-0-2-x7k2p\u001b[39m',
    )
  })
})
