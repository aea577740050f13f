// Langcheck holds the catalogues of internal/lang/messages to the texts that the sources say to people. It prints what a
// language lacks, as lines to be filled in, and what no source says any more:
//
//	go run ./tools/langcheck
//
// With -tidy it also sorts the catalogues by key and takes out what has no use. Its test fails where it has something to
// say.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

const folder = "internal/lang/messages"

func main() {
	clean := flag.Bool("tidy", false, "sort the catalogues, and take out what has no use")
	flag.Parse()
	ok, err := run(".", *clean)
	if err != nil {
		fmt.Fprintln(os.Stderr, "langcheck:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// run prints what is wrong with the catalogues, and reports whether nothing is.
func run(root string, clean bool) (bool, error) {
	f, err := scan(os.DirFS(root))
	if err != nil {
		return false, err
	}
	f = f.wanted()
	all, err := catalogues(os.DirFS(filepath.Join(root, folder)))
	if err != nil {
		return false, err
	}
	ok := len(f.unclear) == 0
	for _, place := range f.unclear {
		fmt.Printf("%s: the text must be a literal; see lang.Key and errs.Phrased\n", place)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		m := all[name]
		if clean {
			m = tidy(m, f)
			if err := os.WriteFile(filepath.Join(root, folder, name), []byte(m.Write()), 0o644); err != nil {
				return false, err
			}
		}
		r := check(name, m, f)
		fmt.Print(r)
		ok = ok && r.clean()
	}
	return ok, nil
}
