/**
 * What each install model requires of what is written for its example app, as a table. It is written from
 * Istio's sources, not from this library: each group names the file that says so, in istio/istio at
 * release-1.31 if not said otherwise.
 */

/** A fact about a file of Helm values (`helm/NAME`) or an object (`KIND/NAMESPACE/NAME`) of a cluster. */
export interface Fact {
  readonly cluster: string;
  readonly of: string;
  /** Keys on the way to the value; none for the thing itself. */
  readonly path: readonly (string | number)[];
  /** Undefined: nothing may be there. */
  readonly is: unknown;
}

export interface Requirement {
  readonly source: string;
  readonly facts: readonly Fact[];
}

export interface ModelRequirements {
  readonly requirements: readonly Requirement[];
  /** Steps of the apply plan of which each must come before the next. */
  readonly order: readonly (readonly string[])[];
  /** Steps that must not exist. */
  readonly without: readonly string[];
}

const NETWORK = 'topology.istio.io/network';
const LEADS = 'topology.istio.io/controlPlaneClusters';
const ISTIOD_CHART = 'manifests/charts/istio-control/istio-discovery';
const SYSTEM = 'Namespace//istio-system';
const TOKEN = 'Secret/istio-system/istio-reader-service-account-istio-remote-secret-token';

const fact = (cluster: string, of: string, path: readonly (string | number)[], is: unknown): Fact => ({
  cluster,
  of,
  path,
  is,
});

/** Who a cluster is: its istiod, injected proxies and endpoints are told the same. */
function identity(cluster: string, network: string, meshID = 'shop'): Requirement[] {
  return [
    {
      source: `${ISTIOD_CHART}/templates/deployment.yaml (CLUSTER_ID), files/injection-template.yaml (ISTIO_META_NETWORK)`,
      facts: [
        fact(cluster, 'helm/istiod', ['global', 'multiCluster', 'clusterName'], cluster),
        fact(cluster, 'helm/istiod', ['global', 'network'], network),
        fact(cluster, 'helm/istiod', ['global', 'meshID'], meshID),
      ],
    },
    {
      source: 'pilot/pkg/serviceregistry/kube/controller/network.go (label of the system namespace)',
      facts: [fact(cluster, SYSTEM, ['metadata', 'labels', NETWORK], network)],
    },
  ];
}

function primary(cluster: string, network: string): Requirement[] {
  return [
    ...identity(cluster, network),
    {
      source: `${ISTIOD_CHART}/files/profile-remote.yaml (a primary is no remote)`,
      facts: [
        fact(cluster, 'helm/istiod', ['istiodRemote'], undefined),
        fact(cluster, 'helm/istio-base', ['defaultRevision'], 'default'),
        fact(cluster, SYSTEM, ['metadata', 'annotations'], undefined),
      ],
    },
    {
      source: 'pkg/spiffe/spiffe.go: one trust domain, one identity for a workload wherever it runs',
      facts: [fact(cluster, 'helm/istiod', ['meshConfig', 'trustDomain'], 'cluster.local')],
    },
  ];
}

/** A primary that serves others from its east-west gateway. */
function serving(cluster: string): Requirement[] {
  return [
    {
      source:
        'pilot/pkg/serviceregistry/kube/controller/multicluster.go checkShouldLead (needs EXTERNAL_ISTIOD)',
      facts: [fact(cluster, 'helm/istiod', ['global', 'externalIstiod'], true)],
    },
    {
      source: 'samples/multicluster/expose-istiod.yaml',
      facts: [
        fact(cluster, 'Gateway/istio-system/istiod-gateway', ['spec', 'selector'], {
          istio: 'eastwestgateway',
        }),
        ...[
          [0, 15012],
          [1, 15017],
        ].flatMap(([index, number]) => [
          fact(
            cluster,
            'Gateway/istio-system/istiod-gateway',
            ['spec', 'servers', index, 'port', 'number'],
            number,
          ),
          fact(
            cluster,
            'Gateway/istio-system/istiod-gateway',
            ['spec', 'servers', index, 'tls', 'mode'],
            'PASSTHROUGH',
          ),
        ]),
        fact(cluster, 'VirtualService/istio-system/istiod-vs', ['spec', 'gateways'], ['istiod-gateway']),
        fact(
          cluster,
          'VirtualService/istio-system/istiod-vs',
          ['spec', 'tls'],
          [
            [15012, 15012],
            [15017, 443],
          ].map(([port, number]) => ({
            match: [{ port, sniHosts: ['*'] }],
            route: [{ destination: { host: 'istiod.istio-system.svc.cluster.local', port: { number } } }],
          })),
        ),
      ],
    },
  ];
}

function remote(cluster: string, network: string, leader: string): Requirement[] {
  return [
    ...identity(cluster, network),
    {
      source: `${ISTIOD_CHART}/files/profile-remote.yaml, base/files/profile-remote.yaml`,
      facts: [
        fact(cluster, 'helm/istiod', ['profile'], 'remote'),
        fact(cluster, 'helm/istio-base', ['profile'], 'remote'),
        fact(cluster, 'helm/istio-base', ['defaultRevision'], ''),
        fact(cluster, 'helm/istiod', ['global', 'configCluster'], undefined),
      ],
    },
    {
      source: 'pilot/pkg/serviceregistry/kube/controller/multicluster.go checkShouldLead',
      facts: [fact(cluster, SYSTEM, ['metadata', 'annotations', LEADS], leader)],
    },
    {
      source: 'no istiod reads configuration from a remote',
      facts: [fact(cluster, 'PeerAuthentication/istio-system/default', [], undefined)],
    },
  ];
}

/** Injection at the primary, through the Service that leads to it. */
function injectedByPath(cluster: string, network: string): Requirement {
  return {
    source: 'pkg/kube/inject/webhook.go parseInjectEnvs; the chart templates/mutatingwebhook.yaml',
    facts: [
      fact(
        cluster,
        'helm/istiod',
        ['istiodRemote', 'injectionPath'],
        `/inject/cluster/${cluster}/net/${network}`,
      ),
      fact(cluster, 'helm/istiod', ['istiodRemote', 'injectionURL'], undefined),
    ],
  };
}

/** What a network needs to be entered from others; the Gateway is for the config cluster only. */
function entered(cluster: string, network: string): Requirement {
  return {
    source: 'manifests/charts/gateway/templates (networkGateway: label, REQUESTED_NETWORK_VIEW, port 15443)',
    facts: [fact(cluster, 'helm/istio-eastwestgateway', ['networkGateway'], network)],
  };
}

function exposesServices(cluster: string): Requirement {
  const gateway = 'Gateway/istio-system/cross-network-gateway';
  return {
    source: 'samples/multicluster/expose-services.yaml',
    facts: [
      fact(cluster, gateway, ['spec', 'selector'], { istio: 'eastwestgateway' }),
      fact(cluster, gateway, ['spec', 'servers', 0, 'port'], { number: 15443, name: 'tls', protocol: 'TLS' }),
      fact(cluster, gateway, ['spec', 'servers', 0, 'tls'], { mode: 'AUTO_PASSTHROUGH' }),
      fact(cluster, gateway, ['spec', 'servers', 0, 'hosts'], ['*.local']),
    ],
  };
}

function noGateway(cluster: string): Requirement {
  return {
    source: 'istio.io multi-primary: on one network pods reach each other, and there is no east-west gateway',
    facts: [
      fact(cluster, 'helm/istio-eastwestgateway', [], undefined),
      fact(cluster, 'Gateway/istio-system/cross-network-gateway', [], undefined),
    ],
  };
}

/** What an istiod elsewhere reads a cluster with. */
function readable(cluster: string): Requirement {
  return {
    source:
      'istioctl/pkg/multicluster/remote_secret.go (token of the reader, in a Secret that names its account)',
    facts: [
      fact(cluster, TOKEN, ['type'], 'kubernetes.io/service-account-token'),
      fact(
        cluster,
        TOKEN,
        ['metadata', 'annotations', 'kubernetes.io/service-account.name'],
        'istio-reader-service-account',
      ),
    ],
  };
}

/** Sidecars get into the namespace of the application. */
function injected(cluster: string): Requirement {
  return {
    source: `${ISTIOD_CHART}/templates/mutatingwebhook.yaml (namespaceSelector)`,
    facts: [fact(cluster, 'Namespace//bookinfo', ['metadata', 'labels', 'istio-injection'], 'enabled')],
  };
}

function primaryOrder(cluster: string): string[] {
  return [
    'namespaces',
    'cacerts',
    'istio-base',
    'istiod',
    'validator',
    'injector',
    'mesh',
    'applications',
  ].map(name => `${cluster}/${name}`);
}

/** istiod is reachable before the remote is told of it, and reads the remote before its pods are made. */
function remoteOrder(cluster: string, leader: string): string[] {
  return [
    `${leader}/injector`,
    `${leader}/istio-eastwestgateway`,
    `${leader}/gateways`,
    `${leader}/address`,
    `${cluster}/istiod`,
    `${leader}/remote-secret-${cluster}`,
    `${cluster}/injector`,
    `${cluster}/applications`,
  ];
}

/** ztunnel, the CNI plugin and the HBONE gateway of an ambient cluster. */
function ambient(cluster: string, network: string): Requirement[] {
  const gateway = 'Gateway/istio-system/istio-eastwestgateway';
  const waypoint = 'Gateway/bookinfo/waypoint';
  return [
    ...identity(cluster, network),
    {
      source: 'manifests/helm-profiles/ambient.yaml',
      facts: ['istiod', 'istio-cni'].map(name => fact(cluster, `helm/${name}`, ['profile'], 'ambient')),
    },
    {
      source: 'pilot/pkg/features/ambient.go (multi-network is off by default)',
      facts: [fact(cluster, 'helm/istiod', ['pilot', 'env', 'AMBIENT_ENABLE_MULTI_NETWORK'], 'true')],
    },
    {
      source: 'manifests/charts/ztunnel/templates/daemonset.yaml (NETWORK, ISTIO_META_CLUSTER_ID)',
      facts: [
        fact(cluster, 'helm/ztunnel', ['network'], network),
        fact(cluster, 'helm/ztunnel', ['multiCluster', 'clusterName'], cluster),
      ],
    },
    {
      source: 'samples/multicluster/gen-eastwest-gateway.sh --ambient',
      facts: [
        fact(cluster, gateway, ['metadata', 'labels', NETWORK], network),
        fact(cluster, gateway, ['spec', 'gatewayClassName'], 'istio-east-west'),
        fact(
          cluster,
          gateway,
          ['spec', 'listeners'],
          [
            {
              name: 'mesh',
              port: 15008,
              protocol: 'HBONE',
              tls: { mode: 'Terminate', options: { 'gateway.istio.io/tls-terminate-mode': 'ISTIO_MUTUAL' } },
            },
          ],
        ),
      ],
    },
    {
      source:
        'pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go (its labels would replace those above)',
      facts: [fact(cluster, gateway, ['spec', 'infrastructure'], undefined)],
    },
    {
      source:
        'cni/pkg/util/podutil.go (dataplane-mode instead of injection); serviceScopeConfigs of the ambient profile',
      facts: [
        fact(cluster, 'Namespace//bookinfo', ['metadata', 'labels', 'istio.io/dataplane-mode'], 'ambient'),
        fact(cluster, 'Namespace//bookinfo', ['metadata', 'labels', 'istio-injection'], undefined),
        ...['reviews', 'ratings'].map(name =>
          fact(cluster, `Service/bookinfo/${name}`, ['metadata', 'labels', 'istio.io/global'], 'true'),
        ),
      ],
    },
    {
      source:
        'istioctl/pkg/waypoint/waypoint.go; a waypoint is global as its services are, with one name everywhere',
      facts: [
        fact(cluster, 'Namespace//bookinfo', ['metadata', 'labels', 'istio.io/use-waypoint'], 'waypoint'),
        fact(cluster, waypoint, ['metadata', 'labels', 'istio.io/global'], 'true'),
        fact(cluster, waypoint, ['spec', 'gatewayClassName'], 'istio-waypoint'),
        fact(cluster, waypoint, ['spec', 'listeners'], [{ name: 'mesh', port: 15008, protocol: 'HBONE' }]),
      ],
    },
    {
      source: 'samples/multicluster/expose-services.yaml is for sidecars',
      facts: [
        fact(cluster, 'Gateway/istio-system/cross-network-gateway', [], undefined),
        fact(cluster, 'helm/istio-eastwestgateway', [], undefined),
        fact(cluster, 'Sidecar/bookinfo/reviews', [], undefined),
      ],
    },
  ];
}

const ISTIOD_URL = 'https://istiod.example.com:15017';

/** By the name of the example app. */
export const MODELS: Readonly<Record<string, ModelRequirements>> = {
  'multi-primary': {
    requirements: ['east', 'west'].flatMap(name => [
      ...primary(name, 'vpc'),
      noGateway(name),
      readable(name),
      injected(name),
      {
        source: 'a primary without remotes leads nobody: checkShouldLead',
        facts: [fact(name, 'helm/istiod', ['global', 'externalIstiod'], undefined)],
      },
    ]),
    order: [
      [...primaryOrder('east').slice(0, 6), 'east/remote-secret-west', 'east/applications'],
      [...primaryOrder('west').slice(0, 6), 'west/remote-secret-east', 'west/applications'],
    ],
    without: ['east/address', 'west/address', 'east/remote-secret-east'],
  },
  'multi-primary-multi-network': {
    requirements: [
      ['frankfurt', 'gcp'],
      ['ireland', 'aws'],
    ].flatMap(([name, network]) => [
      ...primary(name, network),
      entered(name, network),
      exposesServices(name),
      readable(name),
      injected(name),
      {
        source: 'manifests/charts/gateway/values.yaml: an address that other networks reach is not internal',
        facts: [fact(name, 'helm/istio-eastwestgateway', ['service'], undefined)],
      },
    ]),
    order: ['frankfurt', 'ireland'].flatMap(name => [
      primaryOrder(name),
      [
        `${name}/injector`,
        `${name}/istio-eastwestgateway`,
        `${name}/gateways`,
        `${name}/address`,
        `${name}/mesh`,
      ],
    ]),
    without: ['frankfurt/remote-secret-frankfurt'],
  },
  'primary-remote': {
    requirements: [
      ...primary('hq', 'vpc'),
      ...serving('hq'),
      entered('hq', 'vpc'),
      injected('hq'),
      ...remote('branch', 'vpc', 'hq'),
      injectedByPath('branch', 'vpc'),
      readable('branch'),
      injected('branch'),
      {
        source: 'an address that is known at run time only is a step of the plan, not a hole in the values',
        facts: [fact('branch', 'helm/istiod', ['global', 'remotePilotAddress'], undefined)],
      },
      {
        source: 'one network: services need no exposure, and nobody reads the only istiod',
        facts: [
          fact('hq', 'Gateway/istio-system/cross-network-gateway', [], undefined),
          fact('branch', 'helm/istio-eastwestgateway', [], undefined),
          fact('hq', TOKEN, [], undefined),
        ],
      },
    ],
    order: [primaryOrder('hq'), remoteOrder('branch', 'hq')],
    without: ['branch/cacerts', 'branch/validator', 'branch/mesh', 'branch/routes'],
  },
  'primary-remote-multi-network': {
    requirements: [
      ...primary('hq', 'datacenter'),
      ...serving('hq'),
      entered('hq', 'datacenter'),
      exposesServices('hq'),
      ...remote('edge', 'cloud', 'hq'),
      injectedByPath('edge', 'cloud'),
      entered('edge', 'cloud'),
      readable('edge'),
      {
        source: `${ISTIOD_CHART}/templates/remote-istiod-endpointslices.yaml (an IP address becomes an endpoint)`,
        facts: [
          fact('edge', 'helm/istiod', ['global', 'remotePilotAddress'], '198.51.100.10'),
          fact('hq', 'helm/istio-eastwestgateway', ['service', 'loadBalancerIP'], '198.51.100.10'),
        ],
      },
      {
        source:
          'samples/multicluster/expose-services.yaml goes where istiod reads its configuration, not to the remote',
        facts: [fact('edge', 'Gateway/istio-system/cross-network-gateway', [], undefined)],
      },
    ],
    order: [
      primaryOrder('hq'),
      remoteOrder('edge', 'hq'),
      // Its pods are injected by the primary, which reads the cluster by then.
      [
        'hq/remote-secret-edge',
        'edge/injector',
        'edge/istio-eastwestgateway',
        'edge/address',
        'edge/applications',
      ],
    ],
    without: ['edge/cacerts', 'edge/validator', 'edge/gateways', 'edge/mesh'],
  },
  'external-control-plane': {
    requirements: [
      ...identity('frankfurt', 'vpc'),
      ...remote('belgium', 'vpc', 'frankfurt'),
      readable('belgium'),
      injected('belgium'),
      noGateway('frankfurt'),
      noGateway('belgium'),
      {
        source: 'tests/integration/iop-externalistiod-config-integration-test-defaults.yaml',
        facts: [
          fact('frankfurt', 'helm/istiod', ['profile'], 'remote'),
          fact('frankfurt', 'helm/istiod', ['global', 'configCluster'], true),
          fact('frankfurt', 'helm/istiod', ['global', 'externalIstiod'], true),
          fact('frankfurt', 'helm/istiod', ['pilot', 'configMap'], true),
          fact('frankfurt', 'helm/istiod', ['telemetry', 'enabled'], true),
        ],
      },
      {
        source: 'tests/integration/iop-externalistiod-primary-integration-test-defaults.yaml',
        facts: [
          fact('operations', 'helm/istiod', ['global', 'externalIstiod'], true),
          fact('operations', 'helm/istiod', ['global', 'operatorManageWebhooks'], true),
          fact('operations', 'helm/istiod', ['global', 'configValidation'], false),
          fact('operations', 'helm/istiod', ['pilot', 'env', 'SHARED_MESH_CONFIG'], 'istio'),
          fact('operations', 'helm/istiod', ['pilot', 'volumes', 0, 'configMap', 'name'], 'istio'),
          fact(
            'operations',
            'helm/istiod',
            ['pilot', 'volumes', 1, 'configMap', 'name'],
            'istio-sidecar-injector',
          ),
          fact('operations', 'helm/istiod', ['pilot', 'volumeMounts', 0, 'mountPath'], '/etc/istio/config'),
          fact(
            'operations',
            'helm/istiod',
            ['pilot', 'volumeMounts', 1, 'mountPath'],
            '/var/lib/istio/inject',
          ),
          fact('operations', 'Service/istio-system/istiod-external', ['spec', 'type'], 'LoadBalancer'),
          fact('operations', 'Service/istio-system/istiod-external', ['spec', 'ports', 0, 'port'], 15012),
          fact('operations', 'Service/istio-system/istiod-external', ['spec', 'ports', 1, 'port'], 15017),
          fact('operations', 'Service/istio-system/istiod-external', ['spec', 'selector', 'app'], 'istiod'),
        ],
      },
      {
        source:
          'pkg/test/framework/components/istio/kube.go: an external istiod bears its config cluster’s name',
        facts: [
          fact('operations', 'helm/istiod', ['global', 'multiCluster', 'clusterName'], 'frankfurt'),
          fact('operations', 'helm/istiod', ['global', 'network'], 'vpc'),
        ],
      },
      {
        source: 'pkg/kube/multicluster/secretcontroller.go (LOCAL_CLUSTER_SECRET_WATCHER)',
        facts: [fact('operations', 'helm/istiod', ['pilot', 'env', 'LOCAL_CLUSTER_SECRET_WATCHER'], 'true')],
      },
      {
        source: 'pilot/pkg/bootstrap/server.go getDNSNames (ISTIOD_CUSTOM_HOST is a name in the certificate)',
        facts: [
          fact('operations', 'helm/istiod', ['pilot', 'env', 'ISTIOD_CUSTOM_HOST'], 'istiod.example.com'),
          fact(
            'frankfurt',
            'helm/istiod',
            ['istiodRemote', 'injectionURL'],
            `${ISTIOD_URL}/inject/cluster/frankfurt/net/vpc`,
          ),
          fact(
            'belgium',
            'helm/istiod',
            ['istiodRemote', 'injectionURL'],
            `${ISTIOD_URL}/inject/cluster/belgium/net/vpc`,
          ),
          fact('frankfurt', 'helm/istio-base', ['base', 'validationURL'], `${ISTIOD_URL}/validate`),
          fact(
            'frankfurt',
            'helm/istiod',
            ['meshConfig', 'defaultConfig', 'discoveryAddress'],
            'istiod.example.com:15012',
          ),
          fact('operations', 'helm/istiod', ['global', 'caAddress'], 'istiod.example.com:15012'),
        ],
      },
      {
        source: `${ISTIOD_CHART}/templates/serviceaccount.yaml (the account in the config cluster) and its token`,
        facts: [
          fact(
            'frankfurt',
            'Secret/istio-system/istiod-istio-remote-secret-token',
            ['metadata', 'annotations', 'kubernetes.io/service-account.name'],
            'istiod',
          ),
        ],
      },
    ],
    order: [
      [
        'frankfurt/istio-base',
        'frankfurt/istiod',
        'frankfurt/istio',
        'operations/istio-kubeconfig',
        'operations/istiod',
        'operations/address',
        'frankfurt/validator',
        'frankfurt/injector',
        'frankfurt/istio-ingressgateway',
        'frankfurt/mesh',
        'frankfurt/applications',
      ],
      ['operations/namespaces', 'operations/cacerts', 'operations/istiod'],
      ['belgium/istiod', 'operations/remote-secret-belgium', 'belgium/injector', 'belgium/applications'],
    ],
    without: ['frankfurt/cacerts', 'belgium/cacerts', 'operations/mesh', 'frankfurt/remote-secret-belgium'],
  },
  'ambient-multi-network': {
    requirements: [
      ...ambient('frankfurt', 'gcp'),
      ...ambient('ireland', 'aws'),
      readable('frankfurt'),
      readable('ireland'),
      {
        source: 'manifests/charts/istio-cni/files/profile-platform-gke.yaml',
        facts: [
          fact('frankfurt', 'helm/istio-cni', ['global', 'platform'], 'gke'),
          fact('ireland', 'helm/istio-cni', ['global', 'platform'], undefined),
        ],
      },
    ],
    order: ['frankfurt', 'ireland'].flatMap(name => [
      [`${name}/gateway-api`, ...primaryOrder(name)],
      [
        `${name}/istiod`,
        `${name}/istio-cni`,
        `${name}/ztunnel`,
        `${name}/gateways`,
        `${name}/gateway-made`,
        `${name}/address`,
        `${name}/mesh`,
      ],
    ]),
    without: ['frankfurt/istio-eastwestgateway', 'ireland/istio-eastwestgateway'],
  },
  'mixed-primaries-and-remotes': {
    requirements: [
      ...[
        ['frankfurt', 'europe'],
        ['iowa', 'america'],
      ].flatMap(([name, network]) => [
        ...primary(name, network),
        ...serving(name),
        entered(name, network),
        exposesServices(name),
        readable(name),
      ]),
      ...[
        ['milan', 'europe', 'frankfurt'],
        ['sao-paulo', 'america', 'iowa'],
      ].flatMap(([name, network, leader]) => [
        ...remote(name, network, leader),
        injectedByPath(name, network),
        entered(name, network),
        readable(name),
      ]),
    ],
    order: [
      remoteOrder('milan', 'frankfurt'),
      remoteOrder('sao-paulo', 'iowa'),
      // An istiod reads every other cluster: those of the other one for their endpoints.
      ['frankfurt/remote-secret-iowa', 'frankfurt/remote-secret-milan', 'frankfurt/remote-secret-sao-paulo'],
      ['iowa/remote-secret-frankfurt', 'iowa/remote-secret-milan', 'iowa/remote-secret-sao-paulo'],
    ],
    without: ['milan/cacerts', 'milan/gateways'],
  },
};
