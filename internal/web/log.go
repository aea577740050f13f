package web

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLogged is how much of a value a log line shows.
const maxLogged = 1 << 10

// TameLog keeps values in a log from being more than text: control characters, terminal sequences, line separators and
// what turns the writing direction around are escaped, and long values cut, whatever handler writes them.
func TameLog(h slog.Handler) slog.Handler {
	if t, ok := h.(tamed); ok {
		return t
	}
	return tamed{h}
}

type tamed struct{ slog.Handler }

// Handle implements slog.Handler.
func (t tamed) Handle(ctx context.Context, record slog.Record) error {
	clean := slog.NewRecord(record.Time, record.Level, tame(record.Message), record.PC)
	record.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(tameAttr(a))
		return true
	})
	return t.Handler.Handle(ctx, clean)
}

// WithAttrs implements slog.Handler.
func (t tamed) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = tameAttr(a)
	}
	return tamed{t.Handler.WithAttrs(clean)}
}

// WithGroup implements slog.Handler.
func (t tamed) WithGroup(name string) slog.Handler { return tamed{t.Handler.WithGroup(name)} }

func tameAttr(a slog.Attr) slog.Attr {
	value := a.Value.Resolve()
	switch value.Kind() {
	case slog.KindString:
		value = slog.StringValue(tame(value.String()))
	case slog.KindGroup:
		members := make([]slog.Attr, len(value.Group()))
		for i, member := range value.Group() {
			members[i] = tameAttr(member)
		}
		value = slog.GroupValue(members...)
	case slog.KindAny:
		// Errors and everything else become the text that they would be written as.
		value = slog.StringValue(tame(fmt.Sprint(value.Any())))
	}
	return slog.Attr{Key: a.Key, Value: value}
}

// tame is s as printable text of at most maxLogged bytes.
func tame(s string) string {
	cut := len(s) > maxLogged
	if cut {
		s = s[:maxLogged]
	}
	if cut || strings.ContainsFunc(s, unprintable) {
		var b strings.Builder
		for _, r := range s {
			if unprintable(r) {
				b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			} else {
				b.WriteRune(r)
			}
		}
		if s = b.String(); cut {
			s = strings.ToValidUTF8(s[:min(len(s), maxLogged)], "") + "…"
		}
	}
	return s
}

func unprintable(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }
