package mailtest

import (
	"time"

	"github.com/emersion/go-smtp"
)

// Reply is one scripted outcome for a letter. The zero Reply takes it.
type Reply struct {
	at       point
	code     int
	enhanced smtp.EnhancedCode
	text     string
	drop     bool
	keep     bool
	stall    time.Duration
}

// point is where in the dialog a reply happens.
type point int

const (
	nowhere point = iota
	atRecipient
	atData
	atEnd
	afterEnd
)

// Take takes the letter, for scripts in which something follows.
func Take() Reply { return Reply{} }

// Refuse answers 550 to the recipient: there is no such mailbox.
func Refuse() Reply {
	return Reply{at: atRecipient, code: 550, enhanced: smtp.EnhancedCode{5, 1, 1}, text: "No such user here"}
}

// TryLater answers 451 to the recipient, as servers with greylisting do.
func TryLater() Reply {
	return Reply{at: atRecipient, code: 451, enhanced: smtp.EnhancedCode{4, 7, 1}, text: "Greylisted, try again later"}
}

// AnswerRecipient answers the recipient with any code and text.
func AnswerRecipient(code int, text string) Reply {
	return Reply{at: atRecipient, code: code, enhanced: smtp.EnhancedCode{code / 100, 0, 0}, text: text}
}

// AnswerLetter answers the complete letter with any code and text, and does not keep it.
func AnswerLetter(code int, text string) Reply {
	return Reply{at: atEnd, code: code, enhanced: smtp.EnhancedCode{code / 100, 0, 0}, text: text}
}

// DropRecipient ends the connection instead of answering the recipient.
func DropRecipient() Reply { return Reply{at: atRecipient, drop: true} }

// DropLetter ends the connection while the letter is being transmitted.
func DropLetter() Reply { return Reply{at: atData, drop: true} }

// LoseLetter ends the connection after the complete letter and before the reply, and does not keep it.
func LoseLetter() Reply { return Reply{at: atEnd, drop: true} }

// LoseReply keeps the complete letter and ends the connection before the reply: the sender cannot know.
func LoseReply() Reply { return Reply{at: atEnd, drop: true, keep: true} }

// HangUp takes the letter and ends the connection right after the reply.
func HangUp() Reply { return Reply{at: afterEnd} }

// Stall makes the sender wait for the answer to the recipient, which is then good.
func Stall(d time.Duration) Reply { return Reply{at: atRecipient, stall: d} }

// StallLetter makes the sender wait for the answer to the complete letter, which is kept at once.
func StallLetter(d time.Duration) Reply { return Reply{at: atEnd, keep: true, stall: d} }
