package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// build makes the program under test from the source that this one was made of.
func build(ctx context.Context, into string, flags ...string) error {
	cmd := exec.CommandContext(ctx, "go", slices.Concat([]string{"build", "-trimpath"}, flags, []string{"-o", into, "roster/cmd/roster"})...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
}

// server is the program under test, running.
type server struct {
	url   string
	ready time.Duration // from the start of the process until it was ready
	cmd   *exec.Cmd
	ended chan error
	log   string // file
}

const (
	longestStart = time.Minute
	longestStop  = 30 * time.Second
)

// start runs `roster serve` on loopback and waits until it is ready. Every
// address is believed to stand behind a proxy on loopback, so that a client can
// say that it comes from somewhere else: a thousand people who sign in from one
// address would rightly be slowed down.
func start(ctx context.Context, binary, database, keyFile string) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	s := &server{url: "http://" + address, log: filepath.Join(filepath.Dir(keyFile), "server.log")}
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	s.cmd = exec.CommandContext(ctx, binary, "serve",
		"--listen", address, "--database", database, "--key-file", keyFile, "--trusted-proxies", "127.0.0.0/8")
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.cmd.Dir = filepath.Dir(keyFile)
	s.cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "ROSTER_") })
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.WaitDelay = longestStop

	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.ended = make(chan error, 1)
	go func() { s.ended <- s.cmd.Wait() }()
	if err := s.awaitReady(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%w; the server said:\n%s", err, s.said()), s.stop())
	}
	s.ready = time.Since(began)
	return s, nil
}

// freePort is a port of loopback that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func (s *server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, longestStart)
	defer cancel()
	client := http.Client{Timeout: longestStart, Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/readyz", nil)
		if err != nil {
			return err
		}
		if answer, err := client.Do(r); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-s.ended:
			s.ended <- err
			return errors.New("the server ended before it was ready")
		case <-ctx.Done():
			return fmt.Errorf("the server was not ready in time: %w", ctx.Err())
		case <-time.After(time.Millisecond):
		}
	}
}

// stop ends the server as an operator would, and reports one that did not end well.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	kill := time.AfterFunc(longestStop, func() { _ = s.cmd.Process.Kill() })
	defer kill.Stop()
	if err := <-s.ended; err != nil {
		return fmt.Errorf("stop the server: %w; it said:\n%s", err, s.said())
	}
	return nil
}

// said is the end of what the server wrote.
func (s *server) said() []byte {
	out, err := os.ReadFile(s.log)
	if err != nil {
		return []byte(err.Error())
	}
	return bytes.TrimSpace(out[max(0, len(out)-2000):])
}

// memory reads a line of /proc/PID/status, such as VmRSS, in MiB.
func (s *server) memory(line string) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	return statusLine(string(status), line)
}

func statusLine(status, name string) (float64, error) {
	for line := range strings.Lines(status) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			return kb / 1024, err
		}
	}
	return 0, fmt.Errorf("/proc has no %s", name)
}
