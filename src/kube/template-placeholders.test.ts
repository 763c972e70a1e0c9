import { describe, expect, it } from 'vitest'
import { describeError } from '../present/errors.ts'
import { readDocuments } from './yaml.ts'

const job = (rest: string) => `apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata:
  name: bert
${rest}`

/** `Helm {{ .Values.x }} 5` for a template, `read` for what is none. */
function told(text: string, source = 'jobs/bert.yaml'): string[] {
  return readDocuments(text, source).map(({ template, problem, object }) => {
    if (template) return `${template.engine} ${template.text} ${template.line}`
    return object ? 'read' : `${problem?.data.code}`
  })
}

describe('a template is named, with its first placeholder', () => {
  const templates: [string, string, string][] = [
    ['replicas of envsubst', job('spec:\n  replicas: $NUM_NODES\n'), 'envsubst $NUM_NODES 6'],
    ['image of envsubst', job('spec:\n  image: reg/${IMAGE}:1\n'), 'envsubst ${IMAGE} 6'],
    ['a default of envsubst', job('spec:\n  image: "${IMAGE:-x:1}"\n'), 'envsubst ${IMAGE:-x:1} 6'],
    ['a key of envsubst', job('spec:\n  limits:\n    ${GPU}: 1\n'), 'envsubst ${GPU} 7'],
    ['a number in braces of YAML', job('spec: {replicas: ${N}, a: 1}\n'), 'envsubst ${N} 5'],
    ['an item in brackets of YAML', job('spec: {list: [a, ${B}]}\n'), 'envsubst ${B} 5'],
    ['Helm in braces of YAML', job('spec: {a: b, replicas: {{ .Values.n }}}\n'), 'Helm {{ .Values.n }} 5'],
    ['lines of envsubst', job('spec:\n  ${EXTRA}\n  a: 1\n'), 'envsubst ${EXTRA} 6'],
    ['an image of kustomize', job('spec:\n  image: $(IMAGE)\n'), 'kustomize $(IMAGE) 6'],
    ['a value of Helm', job('spec:\n  replicas: {{ .Values.workers }}\n'), 'Helm {{ .Values.workers }} 6'],
    ['a quoted value of Helm', job('spec:\n  image: "{{ .Values.image }}"\n'), 'Helm {{ .Values.image }} 6'],
    ['a part of a value of Helm', job('spec:\n  x: a-{{ .Release.Name }}\n'), 'Helm {{ .Release.Name }} 6'],
    ['a control line of Helm', `{{- if .Values.on }}\n${job('')}{{- end }}\n`, 'Helm {{- if .Values.on }} 1'],
    ['a comment of Helm', `{{/* licence\n of all */}}\n${job('')}`, 'Helm {{/* licence... 1'],
    [
      'an include of Helm',
      job('  labels:\n    {{- include "x" . | nindent 4 }}\n'),
      'Helm {{- include "x" . | nindent 4 }} 6',
    ],
    ['an item of Helm', job('spec:\n  list:\n  - {{ $x }}\n'), 'Helm {{ $x }} 7'],
    ['what only Helm has, in args', job('spec:\n  args: ["--lr={{ .Values.lr }}"]\n'), 'Helm {{ .Values.lr }} 6'],
    ['a value of Jinja', job('spec:\n  replicas: {{ workers }}\n'), 'Jinja {{ workers }} 6'],
    ['a control line of Jinja', job('{% for x in y %}\nspec: {}\n{% endfor %}\n'), 'Jinja {% for x in y %} 5'],
    ['a comment of Jinja', `{# made by hand #}\n${job('')}`, 'Jinja {# made by hand #} 1'],
    [
      'a value of Argo Workflows',
      job('spec:\n  x: "{{inputs.parameters.x}}"\n'),
      'Argo Workflows {{inputs.parameters.x}} 6',
    ],
    ['an image of envsubst with braces', job('spec:\n  containers:\n  - image: ${IMAGE}\n'), 'envsubst ${IMAGE} 7'],
    ['a name', 'apiVersion: kubeflow.org/v1\nkind: TFJob\nmetadata:\n  name: $NAME\n', 'envsubst $NAME 4'],
    ['an amount', job('spec:\n  limits:\n    nvidia.com/gpu: $GPUS\n'), 'envsubst $GPUS 7'],
    ['a name of a container', job('spec:\n  containers:\n  - name: $NAME\n'), 'envsubst $NAME 7'],
    ['a name of another kind', 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: $NAME\n', 'envsubst $NAME 4'],
    ['a label of another kind', 'kind: Secret\nmetadata:\n  labels:\n    app: ${APP}\n', 'envsubst ${APP} 4'],
    ['JSON', '{"apiVersion":"kubeflow.org/v1","kind":"TFJob","spec":{\n"replicas":"$N"}}', 'envsubst $N 2'],
    [
      'an item of a List',
      `apiVersion: v1\nkind: List\nitems:\n- apiVersion: kubeflow.org/v1\n  kind: TFJob\n  spec:\n    replicas: $I\n`,
      'envsubst $I 7',
    ],
  ]
  for (const [what, text, template] of templates) {
    it(what, () => {
      expect(told(text)).toEqual([template])
    })
  }

  it('Jsonnet by its file name', () => {
    expect(told('local x = import "x.libsonnet";\n{ a: x }\n', 'bert.jsonnet')).toEqual([
      'Jsonnet local x = import "x.libsonnet"; 1',
    ])
  })

  it('once, though --- stands in it', () => {
    expect(told(`{{- if .Values.a }}\n${job('')}---\n${job('spec: {{ x }}\n')}---\n{{- end }}\n`)).toEqual([
      'Helm {{- if .Values.a }} 1',
    ])
  })

  it('without hiding what needs no rendering', () => {
    expect(told(`${job('')}---\n${job('spec:\n  x: $X\n')}---\n${job('spec:\n  x: $Y\n')}---\n${job('')}`)).toEqual([
      'read',
      'envsubst $X 11',
      'envsubst $Y 18',
      'read',
    ])
  })
})

describe('no placeholder is', () => {
  const container = (rest: string) => job(`spec:\n  containers:\n  - name: pytorch\n${rest}`)
  const plain: [string, string][] = [
    ['what the kubelet expands', container('    args: ["--host=$(MASTER_ADDR)"]\n    env: [{name: A, value: $(B)}]\n')],
    ['a sub-path the kubelet expands', container('    volumeMounts: [{name: a, subPathExpr: $(POD_NAME)}]\n')],
    ['what a shell expands', container('    command: [sh, -c, "echo $HOME ${X:-1} $(hostname)"]\n')],
    ['a variable in env', container('    env:\n    - {name: A, value: "${HOME}/x"}\n')],
    ['a command of a probe', container('    livenessProbe: {exec: {command: [sh, -c, test $X]}}\n')],
    ['a template of Go or Jinja for a program', container('    args: ["--format", "{{.Names}}", "{% if x %}"]\n')],
    ['an annotation', job('  annotations: {a: "{{ x }} $X"}\n')],
    ['a dollar sign that begins no name', job('spec: {price: $5, end: a$, shell: $$}\n')],
    ['a bare variable as an image', container('    image: $IMAGE\n')],
    ['a bare variable in an image', container('    image: reg.example.com/$IMAGE:1\n')],
    ['a bare variable as a claim', job('spec: {volumes: [{name: a, persistentVolumeClaim: {claimName: $PVC}}]}\n')],
    ['a bare variable as a reference', job('spec: {imagePullSecrets: [{name: $SECRET}]}\n')],
    ['a dotted name', job('spec: {a: "${trialParameters.x}"}\n')],
    ['data of other kinds', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: "{{ x }} ${X}"}\n'],
    ['what Katib fills in', 'apiVersion: kubeflow.org/v1beta1\nkind: Experiment\nspec: {a: "${X}"}\n'],
    ['a comment', `# {{ .Values.x }} $X\n${job('')}`],
  ]
  for (const [what, text] of plain) {
    it(what, () => {
      expect(told(text)).toEqual(['read'])
    })
  }

  it('what stands in a script or a comment of a file that is broken elsewhere', () => {
    const script = '  script: |\n    {{ x }}\n\n    {% y %}\n  # {{ z }}\n  other: "{{ x }}: fine"\n'
    expect(told(job(`spec:\n${script.replace(/ {2}other.*\n/, '')}  a: b: c\n`))).toEqual(['invalid-yaml'])
  })
})

describe('the words for a template', () => {
  const screens: [string, string, string][] = [
    [
      'helm/templates/job.yaml',
      'replicas: {{ .Values.n }}\n',
      `error: helm/templates/job.yaml is a Helm template ({{ .Values.n }} at line 1)
       helm/templates/job.yaml:1:11
       placeholders are not guessed: render it first
       helm template … | kubectl migrate convert -f -`,
    ],
    [
      "my job's.yaml",
      job('spec: {n: $N}\n'),
      `error: my job's.yaml is an envsubst template ($N at line 5)
       my job's.yaml:5:11
       placeholders are not guessed: render it first
       envsubst < 'my job'\\''s.yaml' | kubectl migrate convert -f -`,
    ],
    [
      'standard input',
      job('spec: {n: $N}\n'),
      `error: standard input is an envsubst template ($N at line 5)
       standard input:5:11
       placeholders are not guessed: render it first
       envsubst < FILE | kubectl migrate convert -f -`,
    ],
    [
      'a.yaml',
      'a: {{ b }}\n',
      `error: a.yaml is a Jinja template ({{ b }} at line 1)
       a.yaml:1:4
       placeholders are not guessed: render it first
       jinja2 a.yaml … | kubectl migrate convert -f -`,
    ],
    [
      'a.yaml',
      'a: {{workflow.name}}\n',
      `error: a.yaml is an Argo Workflows template ({{workflow.name}} at line 1)
       a.yaml:1:4
       placeholders are not guessed: render it first
       kubectl migrate convert job NAME      (the job that the workflow makes)`,
    ],
    [
      'a.yaml',
      job('spec: {n: $(N)}\n'),
      `error: a.yaml is a kustomize template ($(N) at line 5)
       a.yaml:5:11
       placeholders are not guessed: render it first
       kubectl kustomize … | kubectl migrate convert -f -`,
    ],
    [
      'a.jsonnet',
      'local a = 1; a\n',
      `error: a.jsonnet is a Jsonnet template (local a = 1; a at line 1)
       a.jsonnet:1:1
       placeholders are not guessed: render it first
       jsonnet a.jsonnet | kubectl migrate convert -f -`,
    ],
  ]
  for (const [source, text, screen] of screens) {
    it(screen.split('\n')[0] ?? '', () => {
      const [document] = readDocuments(text, source)
      expect(describeError(document?.problem, 'kubectl migrate')).toEqual({ lines: screen.split('\n'), exit: 2 })
    })
  }
})
