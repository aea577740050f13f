package e2e

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite"

	"roster/internal/app/apptest"
	"roster/internal/cli"
)

// tidy are the tests, and removes afterwards what they have built.
type tidy struct{ *testing.M }

// Run runs them.
func (m tidy) Run() int {
	defer func() {
		if dir, err := workshop(); err == nil {
			os.RemoveAll(dir)
		}
	}()
	return m.M.Run()
}

// The test binary is the program roster, too, for scripts.
func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){"roster": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code := cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
		stop()
		os.Exit(code)
	}})
}

// The scripts run on both databases; those in the folder sqlite on that one only.
func TestCommandLine(t *testing.T) {
	scripts := func(t *testing.T, dir string, address func(*testing.T) string) {
		testscript.Run(t, testscript.Params{
			Dir: filepath.Join("testdata", "script", dir),
			Setup: func(e *testscript.Env) error {
				e.Setenv("ROSTER_DATABASE", address(t))
				e.Values[serversKey] = map[string]*process{}
				return nil
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"exits": exits, "serve": serve, "interrupt": stops(os.Interrupt), "terminate": stops(syscall.SIGTERM),
				"http": ask, "migrated-by-a-newer-roster": fromTheFuture,
			},
			RequireUniqueNames: true,
		})
	}
	file := func(*testing.T) string { return "sqlite:roster.db" }
	t.Run("sqlite", func(t *testing.T) { scripts(t, "", file) })
	t.Run("sqlite only", func(t *testing.T) { scripts(t, "sqlite", file) })
	t.Run("postgres", func(t *testing.T) {
		apptest.EmptyPostgreSQL(t) // or skips, before the scripts run
		scripts(t, "", func(t *testing.T) string { return apptest.EmptyPostgreSQL(t) })
	})
}

// exits CODE COMMAND… runs a command that must end with this code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("it ended with %d, not with %d", got, want)
	}
}

type scriptKey string

const serversKey = scriptKey("servers")

// process is a server that a script has started.
type process struct {
	*exec.Cmd
	out, err output
	ended    chan struct{} // closed when it has ended
}

// output is what a process has written up to now.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

var place = regexp.MustCompile(`Roster is at \S+ \(listening on (\S+)\)`)

// address is where the server listens, empty if it has not said so.
func (p *process) address() string {
	if found := place.FindStringSubmatch(p.out.String()); found != nil {
		return found[1]
	}
	return ""
}

// launch starts a program and does not wait for it.
func launch(cmd *exec.Cmd) (*process, error) {
	p := &process{Cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.out, &p.err
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = cmd.Wait() // ProcessState says how it ended
		close(p.ended)
	}()
	return p, nil
}

// ready waits until the server takes requests.
func (p *process) ready() error {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		select {
		case <-p.ended:
			return fmt.Errorf("the server ended: %s\n%s%s", p.ProcessState, &p.out, &p.err)
		default:
		}
		if p.address() == "" {
			continue
		}
		response, err := http.Get("http://" + p.address() + "/readyz")
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return nil
		}
	}
	return fmt.Errorf("the server is not ready\n%s%s", &p.out, &p.err)
}

// serve NAME [FLAG…] starts a server and waits until it is ready. $NAME is its
// address, $NAME_listens where it listens, and what it has said can be looked at.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: serve NAME [FLAG…]")
	}
	program, err := exec.LookPath("roster")
	ts.Check(err)
	cmd := exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0"}, args[1:]...)...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "ROSTER_DATABASE"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	p, err := launch(cmd)
	ts.Check(err)
	ts.Defer(func() {
		_ = p.Process.Kill() // it has ended already if the script went well
		<-p.ended
	})
	ts.Check(p.ready())
	ts.Value(serversKey).(map[string]*process)[args[0]] = p
	ts.Setenv(args[0], "http://"+p.address())
	ts.Setenv(args[0]+"_listens", p.address())
	write(ts.Stdout(), p.out.String())
	write(ts.Stderr(), p.err.String())
}

// stops makes a command NAME that sends a server a signal, and waits until it
// has ended well.
func stops(s os.Signal) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: interrupt or terminate, and the NAME of a server")
		}
		p := ts.Value(serversKey).(map[string]*process)[args[0]]
		ts.Check(p.Process.Signal(s))
		select {
		case <-p.ended:
		case <-time.After(30 * time.Second):
			ts.Fatalf("it goes on\n%s", &p.err)
		}
		write(ts.Stdout(), p.out.String())
		write(ts.Stderr(), p.err.String())
		if code := p.ProcessState.ExitCode(); code != 0 {
			ts.Fatalf("it ended with %d\n%s", code, &p.err)
		}
	}
}

// ask is the command http [--key FILE] [--body JSON] METHOD URL. It shows the
// status and the body.
func ask(ts *testscript.TestScript, neg bool, args []string) {
	flags := flag.NewFlagSet("http", flag.ContinueOnError)
	key := flags.String("key", "", "file with an API key")
	body := flags.String("body", "", "JSON")
	if err := flags.Parse(args); err != nil || flags.NArg() != 2 || neg {
		ts.Fatalf("usage: http [--key FILE] [--body JSON] METHOD URL")
	}
	r, err := http.NewRequest(flags.Arg(0), flags.Arg(1), strings.NewReader(*body))
	ts.Check(err)
	r.Header.Set("Content-Type", "application/json")
	if *key != "" {
		r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(ts.ReadFile(*key)))
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	ts.Check(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	ts.Check(err)
	write(ts.Stdout(), fmt.Sprintf("%s\n%s\n", response.Status, text))
}

// fromTheFuture makes the database one that a newer program has migrated.
func fromTheFuture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: migrated-by-a-newer-roster")
	}
	driver, address := "pgx", ts.Getenv("ROSTER_DATABASE")
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, address = "sqlite", ts.MkAbs(path)
	}
	db, err := sql.Open(driver, address)
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(`insert into goose_db_version (version_id, is_applied) values (99999, true)`)
	ts.Check(err)
}

func write(w io.Writer, text string) {
	_, _ = io.WriteString(w, text) // the script's own buffer
}
