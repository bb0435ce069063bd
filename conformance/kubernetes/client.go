package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"sigs.k8s.io/yaml"

	"isthmus.dev/conformance/verdict"
)

// client applies objects and collects what the server warns of meanwhile.
type client struct {
	kube   *kubernetes.Clientset
	mapper meta.RESTMapper
	heard  *warnings
}

type warnings struct {
	mu    sync.Mutex
	texts []string
}

// HandleWarningHeader implements rest.WarningHandler.
func (w *warnings) HandleWarningHeader(_ int, _ string, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts = append(w.texts, text)
}

func (w *warnings) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	texts := w.texts
	w.texts = nil
	return texts
}

func newClient(config *rest.Config) (*client, error) {
	heard := &warnings{}
	config = rest.CopyConfig(config)
	config.WarningHandler = heard
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	groups, err := allGroups(kube.Discovery())
	if err != nil {
		return nil, err
	}
	return &client{kube: kube, mapper: restmapper.NewDiscoveryRESTMapper(groups), heard: heard}, nil
}

// allGroups waits for discovery to hold still: a CRD that is served is announced a moment later.
func allGroups(d discovery.DiscoveryInterface) ([]*restmapper.APIGroupResources, error) {
	deadline := time.Now().Add(patience)
	last, same := -1, 0
	for time.Now().Before(deadline) {
		groups, err := restmapper.GetAPIGroupResources(d)
		if err != nil {
			return nil, fmt.Errorf("discovery: %w", err)
		}
		n := 0
		for _, g := range groups {
			for _, resources := range g.VersionedResources {
				n += len(resources)
			}
		}
		if n == last {
			same++
		} else {
			last, same = n, 0
		}
		if same == 3 {
			return groups, nil
		}
		time.Sleep(300 * time.Millisecond)
	}
	return nil, fmt.Errorf("discovery didn't settle within %s", patience)
}

func kindOf(o verdict.Object) (schema.GroupKind, string, error) {
	gv, err := schema.ParseGroupVersion(o.APIVersion)
	return schema.GroupKind{Group: gv.Group, Kind: o.Kind}, gv.Version, err
}

// serves says whether the server knows the object's kind in its version.
func (c *client) serves(o verdict.Object) (bool, error) {
	gk, version, err := kindOf(o)
	if err != nil {
		return false, nil //nolint:nilerr // an unreadable apiVersion is a kind that isn't served
	}
	_, err = c.mapper.RESTMapping(gk, version)
	if meta.IsNoMatchError(err) {
		return false, nil
	}
	return err == nil, err
}

// apply does what `kubectl apply --server-side` does, by default without storing anything.
func (c *client) apply(ctx context.Context, o verdict.Object, dryRun bool) ([]string, error) {
	gk, version, err := kindOf(o)
	if err != nil {
		return nil, err
	}
	mapping, err := c.mapper.RESTMapping(gk, version)
	if err != nil {
		return nil, err
	}
	path := "/apis/" + o.APIVersion
	if gk.Group == "" {
		path = "/api/" + version
	}
	namespaced := mapping.Scope.Name() == meta.RESTScopeNameNamespace
	switch {
	case namespaced && o.Namespace == "":
		return nil, fmt.Errorf("%s lives in a namespace, none is given", o.Kind)
	case !namespaced && o.Namespace != "":
		return nil, fmt.Errorf("%s lives in no namespace, %s is given", o.Kind, o.Namespace)
	case namespaced:
		path += "/namespaces/" + o.Namespace
	}
	path += "/" + mapping.Resource.Resource + "/" + o.Name
	c.heard.take()
	request := c.kube.RESTClient().Patch(types.ApplyPatchType).AbsPath(path).
		Param("fieldManager", fieldOwner).Param("fieldValidation", "Strict").Param("force", "true").Body([]byte(o.YAML))
	if dryRun {
		request = request.Param("dryRun", metav1.DryRunAll)
	}
	err = request.Do(ctx).Error()
	return c.heard.take(), err
}

// warnRestricted asks for a warning wherever a pod template goes against the profile `restricted`.
func (c *client) warnRestricted(ctx context.Context, namespace string) error {
	patch, err := yaml.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Namespace",
		"metadata": map[string]any{"name": namespace, "labels": map[string]string{
			"pod-security.kubernetes.io/warn": "restricted", "pod-security.kubernetes.io/warn-version": "latest",
		}},
	})
	if err != nil {
		return err
	}
	force := true
	_, err = c.kube.CoreV1().Namespaces().Patch(ctx, namespace, types.ApplyPatchType, patch,
		metav1.PatchOptions{FieldManager: judgesOwner, Force: &force})
	c.heard.take()
	return err
}

// removeNamespace deletes a namespace at once; no controller runs that would finalize it.
func (c *client) removeNamespace(ctx context.Context, name string) error {
	namespaces := c.kube.CoreV1().Namespaces()
	if err := namespaces.Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
		return err
	}
	ns, err := namespaces.Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	ns.Spec.Finalizers = nil
	if _, err := namespaces.Finalize(ctx, ns, metav1.UpdateOptions{}); err != nil && !apierrors.IsNotFound(err) {
		return err
	}
	_, err = namespaces.Get(ctx, name, metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		return fmt.Errorf("namespace %s is still there (%v)", name, err)
	}
	return nil
}
