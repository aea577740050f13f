//go:build crashpoints

package op

import (
	"os"
	"syscall"
)

var crashAt = os.Getenv("ROSTER_CRASH_AT")

// crash ends the process as a power cut would, if the environment names this
// point. Only builds with the tag crashpoints can be crashed.
func crash(point string) {
	if point == crashAt {
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
}

// Crash is crash for the steps of workers that lie between two transactions.
func Crash(point string) { crash(point) }
