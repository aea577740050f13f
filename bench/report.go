package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// report is all that was measured.
type report struct {
	At        time.Time  `json:"at"`
	Machine   machine    `json:"machine"`
	Program   program    `json:"program"`
	Databases []measures `json:"databases"`
}

// machine is what it was measured on: client, server and database share it.
type machine struct {
	System    string `json:"system"`
	Processor string `json:"processor"`
	Cores     int    `json:"cores"`
	MemoryMiB int    `json:"memory_mib"`
	Go        string `json:"go"`
}

// program is what does not depend on a database.
type program struct {
	SizeMiB     float64 `json:"size_mib"`
	StrippedMiB float64 `json:"stripped_mib"`
	HashMillis  float64 `json:"hash_ms"` // of one password, on one core
}

// measures are those on one database.
type measures struct {
	*database
	FirstStart []float64 `json:"first_start_ms"` // creates the schema
	Sizes      []sized   `json:"sizes"`
}

// sized are the measures with so many users.
type sized struct {
	Users     int        `json:"users"`
	PerSecond float64    `json:"filled_per_second,omitempty"`
	Start     []float64  `json:"start_ms"`
	IdleMiB   float64    `json:"idle_mib"`
	PeakMiB   float64    `json:"peak_mib,omitempty"`
	Measured  []measured `json:"measured,omitempty"`
}

func thisMachine() machine {
	m := machine{System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(), Go: runtime.Version()}
	if cpu, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(cpu)) {
			if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
				m.Processor = strings.TrimSpace(value)
				break
			}
		}
	}
	if memory, err := os.ReadFile("/proc/meminfo"); err == nil {
		total, _ := statusLine(string(memory), "MemTotal")
		m.MemoryMiB = int(total)
	}
	return m
}

// markdown writes the report as tables.
func (r report) markdown() string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	m := r.Machine
	p("Measured on %s: %d cores of %s, %d GiB of memory, %s, %s. The clients, the program and the database share them.\n",
		r.At.UTC().Format(time.DateOnly), m.Cores, cmp.Or(m.Processor, "an unnamed processor"), (m.MemoryMiB+512)/1024, m.System, m.Go)
	p("| program | |\n| --- | ---: |")
	p("| binary | %.1f MiB |\n| binary, stripped | %.1f MiB |", r.Program.SizeMiB, r.Program.StrippedMiB)
	p("| hash of one password, on one core | %.1f ms |\n", r.Program.HashMillis)

	p("| database | users | start to ready, median of %d | memory, idle | memory, peak | filled with |", starts)
	p("| --- | ---: | ---: | ---: | ---: | ---: |")
	for _, d := range r.Databases {
		p("| %s | new | %.0f ms | | | |", d.Name, middleOf(d.FirstStart))
		for _, s := range d.Sizes {
			p("| %s | %s | %.0f ms | %s | %s | %s |", d.Name, thousands(s.Users), middleOf(s.Start),
				unless0(s.IdleMiB, "%.0f MiB"), unless0(s.PeakMiB, "%.0f MiB"), unless0(s.PerSecond, "%.0f users/s"))
		}
	}
	for _, d := range r.Databases {
		for _, s := range d.Sizes {
			if len(s.Measured) > 0 {
				p("\n### %s, %s users\n", d.Name, thousands(s.Users))
				p("%s. Times are in milliseconds.\n", d.Setting)
				s.table(p)
			}
		}
	}
	return b.String()
}

func (s sized) table(p func(string, ...any)) {
	p("| request | found | clients | requests | per second | p50 | p95 | p99 | longest |")
	p("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, m := range s.Measured {
		for _, f := range m.Figures {
			p("| %s | %s | %d | %d | %.*f | %.1f | %.1f | %.1f | %.1f |", m.Name, unless0(float64(m.Found), "%.0f"), f.Clients, f.Requests,
				decimals(f.PerSecond), f.PerSecond, f.P50, f.P95, f.P99, f.Most)
		}
	}
}

// decimals is one for what is small, none for the rest.
func decimals(x float64) int {
	if x < 10 {
		return 1
	}
	return 0
}

func unless0(x float64, format string) string {
	if x == 0 {
		return ""
	}
	return fmt.Sprintf(format, x)
}

// thousands writes 100000 as 100,000.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// write saves the report as JSON.
func (r report) write(file string) error {
	out, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(out, '\n'), 0o644)
}

// Between these lines a page holds the tables of the last run.
const (
	blockBegin = "<!-- bench:begin -->\n"
	blockEnd   = "<!-- bench:end -->"
)

// intoPage puts the tables into the marked block of a page.
func (r report) intoPage(file string) error {
	page, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if page, err = replaceBlock(page, r.markdown()); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, page, 0o644)
}

func replaceBlock(page []byte, tables string) ([]byte, error) {
	before, rest, begins := bytes.Cut(page, []byte(blockBegin))
	_, after, ends := bytes.Cut(rest, []byte(blockEnd))
	if !begins || !ends {
		return nil, errors.New("the page has no lines <!-- bench:begin --> and <!-- bench:end -->")
	}
	return fmt.Appendf(nil, "%s%s\n%s\n%s%s", before, blockBegin, strings.TrimSpace(tables)+"\n", blockEnd, after), nil
}
