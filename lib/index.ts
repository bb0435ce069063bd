export * from './bookinfo';
export * from './errors';
export * from './install/versions';
export * from './istio';
export * from './layer';
export * from './manifest';
export * from './mesh';
