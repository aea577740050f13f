package errs

import "fmt"

// Phrase is a sentence, or a part of one, that is known in English and said in a
// reader's language later. What stands in it may be a phrase again:
//
//	c.Fail("email", "invalid_email", "This is not an e-mail address: %s.", errs.Phrased("two @"))
//
// The format must be a literal, so that the catalogues can be held to it.
type Phrase struct {
	format string
	args   []any
}

// Say says a format in a reader's language, as lang.T does.
type Say func(format string, args ...any) string

// Phrased is a phrase.
func Phrased(format string, args ...any) Phrase { return Phrase{format, args} }

// String is the phrase in English.
func (p Phrase) String() string { return p.In(english) }

// Equal reports whether both say the same.
func (p Phrase) Equal(other Phrase) bool { return p.String() == other.String() }

// In is the phrase in a reader's language.
func (p Phrase) In(say Say) string {
	args := make([]any, len(p.args))
	for i, arg := range p.args {
		args[i] = arg
		if part, ok := arg.(Phrase); ok {
			args[i] = part.In(say)
		}
	}
	return say(p.format, args...)
}

func english(format string, args ...any) string {
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

// spoken is a phrase. What is none is a literal, or has been said already.
func spoken(p *Phrase, message string, say Say) string {
	if p == nil {
		return say(message)
	}
	return p.In(say)
}
