package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

// The word that makes this binary a kube-apiserver: it runs as a process of its own, so that what it logs and
// how it ends (it takes over signals) stays apart from the judge.
const serve = "kube-apiserver"

// How long a server may take to be ready: it starts in some ten seconds on a free core, but cores aren't always free.
const patience = 3 * time.Minute

func runServer(args []string) error {
	command := app.NewAPIServerCommand()
	command.SetArgs(args)
	return command.Execute()
}

type server struct {
	config *rest.Config
	dir    string
	etcd   *embed.Etcd
	api    *exec.Cmd
	ended  chan error
}

// start runs etcd in this process and a kube-apiserver beside it, both on loopback and free ports. Its key and
// token live in a folder that only this user reads and that stop removes.
func start() (s *server, err error) {
	s = &server{ended: make(chan error, 1)}
	defer func() {
		if err != nil {
			s.stop()
		}
	}()
	if s.dir, err = os.MkdirTemp("", "conformance-kubernetes"); err != nil {
		return s, err
	}
	etcd, err := s.startEtcd()
	if err != nil {
		return s, err
	}
	token, key, err := s.credentials()
	if err != nil {
		return s, err
	}
	port, err := freePort()
	if err != nil {
		return s, err
	}
	self, err := os.Executable()
	if err != nil {
		return s, err
	}
	log, err := os.Create(filepath.Join(s.dir, "kube-apiserver.log"))
	if err != nil {
		return s, err
	}
	defer log.Close()
	s.api = exec.Command(self, serve,
		"--etcd-servers="+etcd,
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", port),
		"--cert-dir="+s.dir, "--token-auth-file="+filepath.Join(s.dir, "tokens.csv"),
		"--authorization-mode=AlwaysAllow", "--anonymous-auth=false",
		"--service-cluster-ip-range=10.96.0.0/16", "--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+key, "--service-account-signing-key-file="+key,
		"--endpoint-reconciler-type=none",
	)
	s.api.Stdout, s.api.Stderr = log, log
	if err = s.api.Start(); err != nil {
		return s, err
	}
	go func() { s.ended <- s.api.Wait() }()
	s.config = &rest.Config{
		Host: fmt.Sprintf("https://127.0.0.1:%d", port), BearerToken: token, QPS: -1,
		// The server made its certificate itself a second ago.
		TLSClientConfig: rest.TLSClientConfig{Insecure: true},
	}
	return s, s.ready()
}

func (s *server) startEtcd() (string, error) {
	config := embed.NewConfig()
	config.Dir = filepath.Join(s.dir, "etcd")
	config.LogLevel, config.LogOutputs = "error", []string{filepath.Join(s.dir, "etcd.log")}
	config.UnsafeNoFsync = true // nothing in it outlives this process
	var urls []url.URL
	for range 2 {
		port, err := freePort()
		if err != nil {
			return "", err
		}
		urls = append(urls, url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", port)})
	}
	config.ListenClientUrls, config.AdvertiseClientUrls = urls[:1], urls[:1]
	config.ListenPeerUrls, config.AdvertisePeerUrls = urls[1:], urls[1:]
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return "", fmt.Errorf("etcd: %w", err)
	}
	s.etcd = etcd
	select {
	case <-etcd.Server.ReadyNotify():
		return urls[0].String(), nil
	case <-time.After(patience):
		return "", fmt.Errorf("etcd wasn't ready within %s", patience)
	}
}

// credentials writes a random administrator's token and a key for service accounts.
func (s *server) credentials() (token, keyFile string, err error) {
	random := make([]byte, 24)
	if _, err := rand.Read(random); err != nil {
		return "", "", err
	}
	token = hex.EncodeToString(random)
	line := token + `,judge,judge,"system:masters"` + "\n"
	if err := os.WriteFile(filepath.Join(s.dir, "tokens.csv"), []byte(line), 0o600); err != nil {
		return "", "", err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return "", "", err
	}
	keyFile = filepath.Join(s.dir, "service-account.key")
	block := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
	return token, keyFile, os.WriteFile(keyFile, block, 0o600)
}

func (s *server) ready() error {
	client, err := kubernetes.NewForConfig(s.config)
	if err != nil {
		return err
	}
	deadline := time.Now().Add(patience)
	for {
		_, err := client.RESTClient().Get().AbsPath("/readyz").DoRaw(context.Background())
		if err == nil {
			return nil
		}
		select {
		case ended := <-s.ended:
			return fmt.Errorf("kube-apiserver ended: %v\n%s", ended, s.log())
		case <-time.After(200 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("kube-apiserver wasn't ready within %s: %w\n%s", patience, err, s.log())
		}
	}
}

// log gives the end of what the API server logged.
func (s *server) log() string {
	data, _ := os.ReadFile(filepath.Join(s.dir, "kube-apiserver.log"))
	return string(data[max(0, len(data)-4000):])
}

func (s *server) stop() {
	if s.api != nil && s.api.Process != nil {
		_ = s.api.Process.Kill()
		select {
		case <-s.ended:
		case <-time.After(10 * time.Second):
		}
	}
	if s.etcd != nil {
		s.etcd.Close()
	}
	if s.dir != "" {
		os.RemoveAll(s.dir)
	}
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
