package sqldb

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Args are the values of a statement's named parameters.
type Args map[string]any

// statement is SQL text taken apart once: the pieces between its parameters.
type statement struct {
	pieces map[Dialect][]string // one more than names
	names  []string
}

var parsed sync.Map // text -> *statement; the texts are constants of the program

// parse splits text at its :name parameters. Quoted strings and comments are
// left alone; a second colon (PostgreSQL's cast) is refused, since SQLite has none.
func parse(text string) (*statement, error) {
	if s, ok := parsed.Load(text); ok {
		return s.(*statement), nil
	}
	s := &statement{pieces: map[Dialect][]string{}}
	var pieces []string
	start := 0
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\'':
			end := strings.IndexByte(text[i+1:], '\'')
			if end < 0 {
				return nil, fmt.Errorf("sqldb: unclosed quote in %q", text)
			}
			i += end + 1
		case text[i] == '-' && strings.HasPrefix(text[i:], "--"):
			end := strings.IndexByte(text[i:], '\n')
			if end < 0 {
				end = len(text) - i
			}
			i += end - 1
		case text[i] == ':':
			end := i + 1
			for end < len(text) && isName(text[end]) {
				end++
			}
			if end == i+1 {
				return nil, fmt.Errorf("sqldb: a colon without a name in %q", text)
			}
			pieces = append(pieces, text[start:i])
			s.names = append(s.names, text[i+1:end])
			start, i = end, end-1
		}
	}
	pieces = append(pieces, text[start:])
	for _, d := range []Dialect{SQLite, PostgreSQL} {
		for _, piece := range pieces {
			s.pieces[d] = append(s.pieces[d], d.words(piece))
		}
	}
	parsed.Store(text, s)
	return s, nil
}

func isName(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
}

// Mentions reports whether text has the parameter :name.
func Mentions(text, name string) bool {
	s, err := parse(text)
	if err != nil {
		return false
	}
	for _, n := range s.names {
		if n == name {
			return true
		}
	}
	return false
}

// bind writes the statement for one database. A slice becomes as many
// parameters as it has values, or a few more (see padded); an empty one becomes
// null, which is in nothing.
func (d Dialect) bind(text string, args Args) (string, []any, error) {
	s, err := parse(text)
	if err != nil {
		return "", nil, err
	}
	var sql strings.Builder
	sql.Grow(len(text))
	pieces, values := s.pieces[d], make([]any, 0, len(s.names))
	for i, name := range s.names {
		sql.WriteString(pieces[i])
		arg, ok := args[name]
		if !ok {
			return "", nil, fmt.Errorf("sqldb: no value for :%s in %q", name, text)
		}
		list, many := asList(arg)
		if many && len(list) == 0 {
			sql.WriteString("null")
			continue
		}
		for j, one := range padded(list) {
			if j > 0 {
				sql.WriteByte(',')
			}
			values = append(values, toColumn(one))
			if d == PostgreSQL {
				sql.WriteByte('$')
				sql.WriteString(strconv.Itoa(len(values)))
			} else {
				sql.WriteByte('?')
			}
		}
	}
	sql.WriteString(pieces[len(s.names)])
	return sql.String(), values, nil
}

// longestPadded is how long a list may be in order to be padded.
const longestPadded = 1000

// padded is a list that stands behind `in` with its last value repeated, so that
// there are about two lengths for each power of two rather than one for each
// list: databases keep what they have prepared by the text.
func padded(list []any) []any {
	n := len(list)
	if n <= 4 || n > longestPadded {
		return list
	}
	to := 8
	for to < n {
		to *= 2
	}
	if to/4*3 >= n {
		to = to / 4 * 3
	}
	for len(list) < to {
		list = append(list, list[n-1])
	}
	return list
}

func asList(arg any) ([]any, bool) {
	v := reflect.ValueOf(arg)
	if !v.IsValid() || v.Kind() != reflect.Slice || v.Type().Elem().Kind() == reflect.Uint8 {
		return []any{arg}, false
	}
	list := make([]any, v.Len())
	for i := range list {
		list[i] = v.Index(i).Interface()
	}
	return list, true
}

// prefixed is what typed ids have; an empty one is stored as null, so that
// foreign keys hold.
type prefixed interface{ Prefix() string }

// toColumn is the one place where Go values become column values: times are
// integers of milliseconds, the zero time and the empty id are null.
func toColumn(arg any) any {
	switch a := arg.(type) {
	case time.Time:
		if a.IsZero() {
			return nil
		}
		return a.UnixMilli()
	case time.Duration:
		return a.Milliseconds()
	case driver.Valuer:
		return a
	}
	v := reflect.ValueOf(arg)
	switch v.Kind() {
	case reflect.String:
		if _, isID := arg.(prefixed); isID && v.Len() == 0 {
			return nil
		}
		return v.String()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int()
	}
	return arg
}
