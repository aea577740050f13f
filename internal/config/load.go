package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// File is embedded once, at the top of the command line: the flag --config and its
// variable ROSTER_CONFIG.
type File struct {
	Config kong.ConfigFlag `help:"JSON file with settings: the names of flags, with _ for -." env:"ROSTER_CONFIG" placeholder:"FILE" type:"path"`
}

// Load reads a configuration file for kong:
//
//	kong.Configuration(config.Load)
//
// The file is a JSON object whose keys are names of flags, such as "public_url". A
// key that is no flag of any command is an error, since a mistyped setting that is
// silently ignored may be one that protects. Kong on its own lets the file win over
// the environment; here the variable wins.
func Load(r io.Reader) (kong.Resolver, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(data, &keys); err != nil {
		return nil, fmt.Errorf("not a JSON object of settings: %w", err)
	}
	values, err := kong.JSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return file{Resolver: values, keys: slices.Sorted(maps.Keys(keys))}, nil
}

type file struct {
	kong.Resolver
	keys []string
}

// Resolve leaves a flag alone that has an environment variable.
func (f file) Resolve(ctx *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	return f.Resolver.Resolve(ctx, parent, flag)
}

// Validate refuses keys that are no flags.
func (f file) Validate(app *kong.Application) error {
	known := make(map[string]bool)
	_ = kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			known[strings.ReplaceAll(flag.Name, "-", "_")] = true
		}
		return next(nil)
	})
	for _, key := range f.keys {
		if !known[key] {
			return fmt.Errorf("configuration file: %q is no setting; write names of flags with _ for -, such as public_url", key)
		}
	}
	return nil
}
