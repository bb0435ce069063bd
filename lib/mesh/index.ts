export * from './cluster';
export * from './control-plane';
export * from './control-plane-host';
export * from './ingress-gateway';
export * from './ingress-route';
export type {
  Distribute,
  Failover,
  LocalityPolicy,
  OutlierDetection,
  PreferZone,
  Spread,
} from './locality';
export * from './mesh';
export * from './namespace';
export * from './network';
export type { RenderedCluster } from './render';
export type { ClusterRenderable, ClusterTarget } from './renderable';
export * from './service';
export * from './service-props';
