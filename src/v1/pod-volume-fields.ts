import { list, map } from './field-type.ts'

export const metadata = map({
  annotations: { mapOf: 'text' },
  finalizers: list('text'),
  labels: { mapOf: 'text' },
  name: 'text',
  namespace: 'text',
})

export const requirement = map({ 'key!': 'text', 'operator!': 'text', values: list('text') })

export const labelSelector = map({ matchExpressions: list(requirement), matchLabels: { mapOf: 'text' } })

export const fieldReference = map({ apiVersion: 'text', 'fieldPath!': 'text' })

export const resourceReference = map({ containerName: 'text', divisor: 'amount', 'resource!': 'text' })

const keyFile = map({ 'key!': 'text', mode: 'whole number', 'path!': 'text' })

const downwardFile = map({
  fieldRef: fieldReference,
  mode: 'whole number',
  'path!': 'text',
  resourceFieldRef: resourceReference,
})

const projectedKeys = map({ items: list(keyFile), name: 'text', optional: 'flag' })

export const volume = map({
  awsElasticBlockStore: map({ fsType: 'text', partition: 'whole number', readOnly: 'flag', 'volumeID!': 'text' }),
  azureDisk: map({
    cachingMode: 'text',
    'diskName!': 'text',
    'diskURI!': 'text',
    fsType: 'text',
    kind: 'text',
    readOnly: 'flag',
  }),
  azureFile: map({ readOnly: 'flag', 'secretName!': 'text', 'shareName!': 'text' }),
  cephfs: map({
    monitors: list('text'),
    path: 'text',
    readOnly: 'flag',
    secretFile: 'text',
    secretRef: map({ name: 'text' }),
    user: 'text',
  }),
  cinder: map({ fsType: 'text', readOnly: 'flag', secretRef: map({ name: 'text' }), 'volumeID!': 'text' }),
  configMap: map({ defaultMode: 'whole number', items: list(keyFile), name: 'text', optional: 'flag' }),
  csi: map({
    'driver!': 'text',
    fsType: 'text',
    nodePublishSecretRef: map({ name: 'text' }),
    readOnly: 'flag',
    volumeAttributes: { mapOf: 'text' },
  }),
  downwardAPI: map({ defaultMode: 'whole number', items: list(downwardFile) }),
  emptyDir: map({ medium: 'text', sizeLimit: 'amount' }),
  ephemeral: map({
    volumeClaimTemplate: map({
      metadata,
      spec: map({
        accessModes: list('text'),
        dataSource: map({ apiGroup: 'text', 'kind!': 'text', 'name!': 'text' }),
        dataSourceRef: map({ apiGroup: 'text', 'kind!': 'text', 'name!': 'text', namespace: 'text' }),
        resources: map({ limits: { mapOf: 'amount' }, requests: { mapOf: 'amount' } }),
        selector: labelSelector,
        storageClassName: 'text',
        volumeAttributesClassName: 'text',
        volumeMode: 'text',
        volumeName: 'text',
      }),
    }),
  }),
  fc: map({ fsType: 'text', lun: 'whole number', readOnly: 'flag', targetWWNs: list('text'), wwids: list('text') }),
  flexVolume: map({
    'driver!': 'text',
    fsType: 'text',
    options: { mapOf: 'text' },
    readOnly: 'flag',
    secretRef: map({ name: 'text' }),
  }),
  flocker: map({ datasetName: 'text', datasetUUID: 'text' }),
  gcePersistentDisk: map({ fsType: 'text', partition: 'whole number', 'pdName!': 'text', readOnly: 'flag' }),
  gitRepo: map({ directory: 'text', 'repository!': 'text', revision: 'text' }),
  glusterfs: map({ 'endpoints!': 'text', 'path!': 'text', readOnly: 'flag' }),
  hostPath: map({ 'path!': 'text', type: 'text' }),
  image: map({ pullPolicy: 'text', reference: 'text' }),
  iscsi: map({
    chapAuthDiscovery: 'flag',
    chapAuthSession: 'flag',
    fsType: 'text',
    initiatorName: 'text',
    'iqn!': 'text',
    iscsiInterface: 'text',
    'lun!': 'whole number',
    portals: list('text'),
    readOnly: 'flag',
    secretRef: map({ name: 'text' }),
    'targetPortal!': 'text',
  }),
  'name!': 'text',
  nfs: map({ 'path!': 'text', readOnly: 'flag', 'server!': 'text' }),
  persistentVolumeClaim: map({ 'claimName!': 'text', readOnly: 'flag' }),
  photonPersistentDisk: map({ fsType: 'text', 'pdID!': 'text' }),
  portworxVolume: map({ fsType: 'text', readOnly: 'flag', 'volumeID!': 'text' }),
  projected: map({
    defaultMode: 'whole number',
    sources: list(
      map({
        clusterTrustBundle: map({ labelSelector, name: 'text', optional: 'flag', 'path!': 'text', signerName: 'text' }),
        configMap: projectedKeys,
        downwardAPI: map({ items: list(downwardFile) }),
        podCertificate: map({
          certificateChainPath: 'text',
          credentialBundlePath: 'text',
          keyPath: 'text',
          'keyType!': 'text',
          maxExpirationSeconds: 'whole number',
          'signerName!': 'text',
          userAnnotations: { mapOf: 'text' },
        }),
        secret: projectedKeys,
        serviceAccountToken: map({ audience: 'text', expirationSeconds: 'whole number', 'path!': 'text' }),
      }),
    ),
  }),
  quobyte: map({
    group: 'text',
    readOnly: 'flag',
    'registry!': 'text',
    tenant: 'text',
    user: 'text',
    'volume!': 'text',
  }),
  rbd: map({
    fsType: 'text',
    'image!': 'text',
    keyring: 'text',
    monitors: list('text'),
    pool: 'text',
    readOnly: 'flag',
    secretRef: map({ name: 'text' }),
    user: 'text',
  }),
  scaleIO: map({
    fsType: 'text',
    'gateway!': 'text',
    protectionDomain: 'text',
    readOnly: 'flag',
    secretRef: map({ name: 'text' }),
    sslEnabled: 'flag',
    storageMode: 'text',
    storagePool: 'text',
    'system!': 'text',
    volumeName: 'text',
  }),
  secret: map({ defaultMode: 'whole number', items: list(keyFile), optional: 'flag', secretName: 'text' }),
  storageos: map({
    fsType: 'text',
    readOnly: 'flag',
    secretRef: map({ name: 'text' }),
    volumeName: 'text',
    volumeNamespace: 'text',
  }),
  vsphereVolume: map({ fsType: 'text', storagePolicyID: 'text', storagePolicyName: 'text', 'volumePath!': 'text' }),
})
