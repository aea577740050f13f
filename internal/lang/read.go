package lang

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Messages is a catalogue as messages/<tag>.txt has it: an entry on each line, the English text, a colon and the
// translation, both as JSON strings. The keys are the English texts of [T] and [Key], and the first text of [N], whose
// translation is an object of plural forms. The entry of the empty key is the language's own name for itself. Dates are
// written with the layouts of time.go, which are texts too; then the English names of months and days in them are replaced.
//
// There are no commas and no blocks, so that two branches which add texts merge line by line.
type Messages struct {
	Name    string
	Entries []Entry
}

// Entry is one text of a catalogue. Text is empty for one that is still to be translated.
type Entry struct {
	Key   string
	Text  string
	Forms map[string]string // of a count, by the name of the plural form
}

// Counts reports whether the entry is that of a count.
func (e Entry) Counts() bool { return e.Forms != nil }

// ReadMessages reads a catalogue. Empty lines do not count; of a text that is there twice the last one counts.
func ReadMessages(text string) (Messages, error) {
	var m Messages
	for n, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		var pair map[string]json.RawMessage
		if err := json.Unmarshal([]byte("{"+line+"}"), &pair); err != nil || len(pair) != 1 {
			return m, fmt.Errorf("line %d is no text with its translation", n+1)
		}
		for key, value := range pair {
			e, err := entryOf(key, value)
			if err != nil {
				return m, fmt.Errorf("line %d: %w", n+1, err)
			}
			if key == "" {
				m.Name = e.Text
			} else {
				m.Entries = append(m.Entries, e)
			}
		}
	}
	return m, nil
}

func entryOf(key string, value json.RawMessage) (Entry, error) {
	e := Entry{Key: key}
	if strings.HasPrefix(string(value), "{") {
		return e, json.Unmarshal(value, &e.Forms)
	}
	return e, json.Unmarshal(value, &e.Text)
}

// Write is the catalogue as text, in the order of its keys.
func (m Messages) Write() string {
	slices.SortStableFunc(m.Entries, func(a, b Entry) int { return strings.Compare(a.Key, b.Key) })
	var out strings.Builder
	fmt.Fprintf(&out, "\"\": %s\n", quoted(m.Name))
	for _, e := range m.Entries {
		fmt.Fprintf(&out, "%s\n", e)
	}
	return out.String()
}

// String is the entry as a line of a catalogue.
func (e Entry) String() string {
	if !e.Counts() {
		return quoted(e.Key) + ": " + quoted(e.Text)
	}
	var list []string
	for _, form := range slices.Sorted(maps.Keys(e.Forms)) {
		list = append(list, quoted(form)+": "+quoted(e.Forms[form]))
	}
	return quoted(e.Key) + ": {" + strings.Join(list, ", ") + "}"
}

// quoted is s as a JSON string, with signs such as < as they are.
func quoted(s string) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		return `""` // no string fails to encode
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func formsOf(named map[string]string) forms {
	return forms{named["zero"], named["one"], named["two"], named["few"], named["many"], named["other"]}
}
