import type { CodeText } from './code-text.ts'

/** What is told of a TrainJob without the variables that Training Operator gives to the pods of its v1 job. */
export const operatorEnvCodes = {
  'operator-env': {
    class: 'lost',
    what: 'variables that Training Operator sets are missing: a program that reads them finds none, and may train alone',
    why: 'Trainer sets those of its runtime’s policy alone: for PyTorch PET_MASTER_ADDR and its like, which only torchrun reads, and no RANK, WORLD_SIZE or MASTER_ADDR',
    remedy:
      'start the program by torchrun, or take the env that convert writes; --accept operator-env where nothing reads them',
    source:
      'Training Operator v1.9.4, pkg/controller.v1/pytorch/envvar.go; Trainer v2.3.0, pkg/runtime/framework/plugins/torch/torch.go',
  },
  'torchrun-env': {
    class: 'changed',
    what: 'torchrun itself does not find RANK, WORLD_SIZE, MASTER_ADDR or MASTER_PORT; it sets them for its processes, as in v1',
    why: 'Training Operator sets them beside the PET_ variables that torchrun reads, Trainer sets those alone; a script around torchrun that reads them finds none',
    remedy: 'read the PET_ variables in such a script',
    source: 'PyTorch, torch/distributed/elastic/agent/server/local_elastic_agent.py',
  },
} as const satisfies Readonly<Record<string, CodeText>>
