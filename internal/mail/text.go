package mail

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// textWidth is the longest line of the text alternative, short enough to be quoted in an answer.
const textWidth = 76

// renderText makes the text alternative: the same blocks in the same order, readable in any program.
func renderText(id Identity, c Content) string {
	var parts []string
	add := func(part string) {
		if part != "" {
			parts = append(parts, part)
		}
	}
	add(wrap(flat(c.Title), "", ""))
	add(wrap(flat(c.Greeting), "", ""))
	for _, b := range c.Blocks {
		add(textOf(b))
	}
	foot := wrap(flat(c.Footer), "", "")
	if name := plainName(id.Name); name != "" {
		foot = strings.TrimSuffix(name+"\n"+foot, "\n")
	}
	if foot != "" {
		// Two dashes and a space: mail programs know a signature by it and leave it out of answers.
		add("-- \n" + foot)
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// textOf draws one block. It handles every kind of Block.
func textOf(b Block) string {
	switch b := b.(type) {
	case Text:
		return wrap(flat(string(b)), "", "")
	case Typed:
		return wrap(flatten(typed(string(b))), "", "")
	case Heading:
		return strings.TrimSpace("# " + wrap(flat(string(b)), "", "  "))
	case Note:
		return wrap(flat(string(b)), "", "")
	case Code:
		return "    " + flat(string(b))
	case Quote:
		quoted := wrap(b.words(), "> ", "> ")
		if by := flat(b.By); by != "" {
			quoted += "\n" + wrap(by, "> – ", ">   ")
		}
		return quoted
	case Button:
		return wrap(flat(b.Label)+":", "", "") + "\n" + b.URL
	case Link:
		return wrap(flat(b.Label)+":", "", "") + "\n" + b.URL
	case Facts:
		var lines []string
		for _, f := range b {
			lines = append(lines, wrap(flat(f.Label)+": "+flat(f.Value), "", "  "))
		}
		return strings.Join(lines, "\n")
	case Steps:
		var lines []string
		for i, s := range b {
			lines = append(lines, wrap(flat(s), fmt.Sprintf("%2d. ", i+1), "    "))
		}
		return strings.Join(lines, "\n")
	default:
		panic(fmt.Sprintf("mail: block %T cannot be written", b))
	}
}

// wrap fills lines of at most textWidth characters, keeping the line breaks of s. The first line begins with first, the
// others with rest. A word that is longer than a line is broken.
func wrap(s, first, rest string) string {
	if s == "" {
		return ""
	}
	var out []string
	prefix := first
	flush := func(line string) {
		out = append(out, strings.TrimRight(prefix+line, " "))
		prefix = rest
	}
	for _, paragraph := range strings.Split(s, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			room := textWidth - utf8.RuneCountInString(prefix)
			if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > room {
				flush(line)
				line, room = "", textWidth-utf8.RuneCountInString(rest)
			}
			for runes := []rune(word); len(runes) > room; runes = []rune(word) {
				flush(string(runes[:room]))
				word, room = string(runes[room:]), textWidth-utf8.RuneCountInString(rest)
			}
			line = strings.TrimLeft(line+" "+word, " ")
		}
		flush(line)
	}
	return strings.Join(out, "\n")
}
