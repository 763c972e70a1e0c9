import { anyMap, type FieldType, keyed, list, map } from './field-type.ts'
import { fieldReference, labelSelector, metadata, requirement, resourceReference, volume } from './pod-volume-fields.ts'

const nodeSelectorTerm = map({ matchExpressions: list(requirement), matchFields: list(requirement) })

const podAffinityTerm = map({
  labelSelector,
  matchLabelKeys: list('text'),
  mismatchLabelKeys: list('text'),
  namespaceSelector: labelSelector,
  namespaces: list('text'),
  'topologyKey!': 'text',
})

const podAffinity = map({
  preferredDuringSchedulingIgnoredDuringExecution: list(
    map({ podAffinityTerm: podAffinityTerm, 'weight!': 'whole number' }),
  ),
  requiredDuringSchedulingIgnoredDuringExecution: list(podAffinityTerm),
})

const keyReference = map({ 'key!': 'text', name: 'text', optional: 'flag' })

const variable = map({
  'name!': 'text',
  value: 'text',
  valueFrom: map({
    configMapKeyRef: keyReference,
    fieldRef: fieldReference,
    fileKeyRef: map({ 'key!': 'text', optional: 'flag', 'path!': 'text', 'volumeName!': 'text' }),
    resourceFieldRef: resourceReference,
    secretKeyRef: keyReference,
  }),
})

const wholeReference = map({ name: 'text', optional: 'flag' })

const nameAndValue = map({ 'name!': 'text', 'value!': 'text' })

const httpGet = map({
  host: 'text',
  httpHeaders: list(nameAndValue),
  path: 'text',
  'port!': 'number or text',
  scheme: 'text',
})

const tcpSocket = map({ host: 'text', 'port!': 'number or text' })

const hook = map({
  exec: map({ command: list('text') }),
  httpGet,
  sleep: map({ 'seconds!': 'whole number' }),
  tcpSocket,
})

const probe = map({
  exec: map({ command: list('text') }),
  failureThreshold: 'whole number',
  grpc: map({ 'port!': 'whole number', service: 'text' }),
  httpGet,
  initialDelaySeconds: 'whole number',
  periodSeconds: 'whole number',
  successThreshold: 'whole number',
  tcpSocket,
  terminationGracePeriodSeconds: 'whole number',
  timeoutSeconds: 'whole number',
})

const resources = map({
  claims: list(map({ 'name!': 'text', request: 'text' })),
  limits: { mapOf: 'amount' },
  requests: { mapOf: 'amount' },
})

const profile = map({ localhostProfile: 'text', 'type!': 'text' })

const seLinuxOptions = map({ level: 'text', role: 'text', type: 'text', user: 'text' })

const windowsOptions = map({
  gmsaCredentialSpec: 'text',
  gmsaCredentialSpecName: 'text',
  hostProcess: 'flag',
  runAsUserName: 'text',
})

const container = map({
  args: list('text'),
  command: list('text'),
  env: { list: variable, key: 'name', twice: true },
  envFrom: list(map({ configMapRef: wholeReference, prefix: 'text', secretRef: wholeReference })),
  image: 'text',
  imagePullPolicy: 'text',
  lifecycle: map({ postStart: hook, preStop: hook, stopSignal: 'text' }),
  livenessProbe: probe,
  'name!': 'text',
  ports: list(
    map({ 'containerPort!': 'whole number', hostIP: 'text', hostPort: 'whole number', name: 'text', protocol: 'text' }),
  ),
  readinessProbe: probe,
  resizePolicy: list(map({ 'resourceName!': 'text', 'restartPolicy!': 'text' })),
  resources,
  restartPolicy: 'text',
  restartPolicyRules: list(
    map({ 'action!': 'text', exitCodes: map({ 'operator!': 'text', values: list('whole number') }) }),
  ),
  securityContext: map({
    allowPrivilegeEscalation: 'flag',
    appArmorProfile: profile,
    capabilities: map({ add: list('text'), drop: list('text') }),
    privileged: 'flag',
    procMount: 'text',
    readOnlyRootFilesystem: 'flag',
    runAsGroup: 'whole number',
    runAsNonRoot: 'flag',
    runAsUser: 'whole number',
    seLinuxOptions,
    seccompProfile: profile,
    windowsOptions,
  }),
  startupProbe: probe,
  stdin: 'flag',
  stdinOnce: 'flag',
  terminationMessagePath: 'text',
  terminationMessagePolicy: 'text',
  tty: 'flag',
  volumeDevices: keyed(map({ 'devicePath!': 'text', 'name!': 'text' }), 'devicePath'),
  volumeMounts: keyed(
    map({
      'mountPath!': 'text',
      mountPropagation: 'text',
      'name!': 'text',
      readOnly: 'flag',
      recursiveReadOnly: 'text',
      subPath: 'text',
      subPathExpr: 'text',
    }),
    'mountPath',
  ),
  workingDir: 'text',
})

/**
 * Every field of the pod spec that a v1 job may have, and those of its metadata; `!` where the API wants a value.
 * Source: Training Operator v1.9.4, manifests/base/crds, the same in all six kinds; a test holds it to the list that is made from them.
 */
export const podSpec: FieldType = map({
  activeDeadlineSeconds: 'whole number',
  affinity: map({
    nodeAffinity: map({
      preferredDuringSchedulingIgnoredDuringExecution: list(
        map({ preference: nodeSelectorTerm, 'weight!': 'whole number' }),
      ),
      requiredDuringSchedulingIgnoredDuringExecution: map({ nodeSelectorTerms: list(nodeSelectorTerm) }),
    }),
    podAffinity,
    podAntiAffinity: podAffinity,
  }),
  automountServiceAccountToken: 'flag',
  containers: keyed(container, 'name'),
  dnsConfig: map({
    nameservers: list('text'),
    options: list(map({ name: 'text', value: 'text' })),
    searches: list('text'),
  }),
  dnsPolicy: 'text',
  enableServiceLinks: 'flag',
  ephemeralContainers: list(anyMap),
  hostAliases: list(map({ hostnames: list('text'), 'ip!': 'text' })),
  hostIPC: 'flag',
  hostNetwork: 'flag',
  hostPID: 'flag',
  hostUsers: 'flag',
  hostname: 'text',
  hostnameOverride: 'text',
  imagePullSecrets: list(map({ name: 'text' })),
  initContainers: keyed(container, 'name'),
  nodeName: 'text',
  nodeSelector: { mapOf: 'text' },
  os: map({ 'name!': 'text' }),
  overhead: { mapOf: 'amount' },
  preemptionPolicy: 'text',
  priority: 'whole number',
  priorityClassName: 'text',
  readinessGates: list(map({ 'conditionType!': 'text' })),
  resourceClaims: list(map({ 'name!': 'text', resourceClaimName: 'text', resourceClaimTemplateName: 'text' })),
  resources,
  restartPolicy: 'text',
  runtimeClassName: 'text',
  schedulerName: 'text',
  schedulingGates: list(map({ 'name!': 'text' })),
  schedulingGroup: map({ podGroupName: 'text' }),
  securityContext: map({
    appArmorProfile: profile,
    fsGroup: 'whole number',
    fsGroupChangePolicy: 'text',
    runAsGroup: 'whole number',
    runAsNonRoot: 'flag',
    runAsUser: 'whole number',
    seLinuxChangePolicy: 'text',
    seLinuxOptions,
    seccompProfile: profile,
    supplementalGroups: list('whole number'),
    supplementalGroupsPolicy: 'text',
    sysctls: list(nameAndValue),
    windowsOptions,
  }),
  serviceAccount: 'text',
  serviceAccountName: 'text',
  setHostnameAsFQDN: 'flag',
  shareProcessNamespace: 'flag',
  subdomain: 'text',
  terminationGracePeriodSeconds: 'whole number',
  tolerations: list(
    map({ effect: 'text', key: 'text', operator: 'text', tolerationSeconds: 'whole number', value: 'text' }),
  ),
  topologySpreadConstraints: list(
    map({
      labelSelector,
      matchLabelKeys: list('text'),
      'maxSkew!': 'whole number',
      minDomains: 'whole number',
      nodeAffinityPolicy: 'text',
      nodeTaintsPolicy: 'text',
      'topologyKey!': 'text',
      'whenUnsatisfiable!': 'text',
    }),
  ),
  volumes: keyed(volume, 'name'),
})

export const podTemplate: FieldType = map({ metadata, spec: podSpec })
