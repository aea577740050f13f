package mailaddr

import "strings"

// Item is one entry of a pasted list.
type Item struct {
	Text    string  // as it was pasted, trimmed
	Name    string  // from `Name <address>`, without quotation marks; unchecked
	Address Address // the zero value if Err is set
	Err     error   // an *Error, or nil
	// Duplicate marks an address whose Key an earlier item has. The first of them
	// is not marked.
	Duplicate bool
}

// ParseList splits a pasted list at commas, semicolons, line breaks and tabs and
// parses every entry, which may be an address, `<address>`, `Name <address>` or
// `"Name, with comma" <address>`. Empty entries are skipped. An entry that cannot
// be read has its own Err and does not affect the others.
//
// At most max items are returned; more tells that s holds further ones, which were
// not looked at. Time and memory are linear in s.
func ParseList(s string, max int) (items []Item, more bool) {
	seen := make(map[string]bool)
	for s != "" {
		end := entryEnd(s)
		entry := strings.TrimSpace(s[:end])
		s = s[min(end+1, len(s)):]
		if entry == "" {
			continue
		}
		if len(items) >= max {
			return items, true
		}
		item := parseItem(entry)
		if item.Err == nil {
			item.Duplicate = seen[item.Address.Key]
			seen[item.Address.Key] = true
		}
		items = append(items, item)
	}
	return items, false
}

// entryEnd returns the index of the separator that ends the first entry of s, or
// len(s). A quoted name at its beginning may contain separators, but no line break.
func entryEnd(s string) int {
	start := 0
	for start < len(s) && s[start] == ' ' {
		start++
	}
	// A search for the closing quotation mark that fails proves that the rest of
	// the line has none, so no later entry of that line searches again: the whole
	// list is read at most twice.
	if start < len(s) && s[start] == '"' {
		if closing := closingQuote(s[start+1:]); closing >= 0 {
			start += closing + 2
		}
	}
	if i := strings.IndexAny(s[start:], ",;\t\r\n"); i >= 0 {
		return start + i
	}
	return len(s)
}

// closingQuote returns the index of the first quotation mark in the line that no
// backslash escapes, or -1.
func closingQuote(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return i
		case '\\':
			i++
		case '\r', '\n':
			return -1
		}
	}
	return -1
}

func parseItem(entry string) Item {
	item := Item{Text: entry}
	bare := entry
	if open := strings.LastIndexByte(entry, '<'); open >= 0 && strings.HasSuffix(entry, ">") {
		item.Name = unquote(strings.TrimSpace(entry[:open]))
		bare = entry[open+1 : len(entry)-1]
	}
	item.Address, item.Err = Parse(bare)
	return item
}

// unquote removes one pair of quotation marks, double or single, and the
// backslashes inside.
func unquote(s string) string {
	if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '"' && s[0] != '\'' {
		return s
	}
	s = s[1 : len(s)-1]
	if !strings.Contains(s, `\`) {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return strings.TrimSpace(b.String())
}
