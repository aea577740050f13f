package mail

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"
)

// Error says why a letter was not delivered and whether trying again can help.
type Error struct {
	// Permanent means that this letter to this recipient will not be accepted, however often it is sent. Everything
	// else is temporary: the network, the mail server being busy or wrongly configured, and a lost reply, where
	// the letter may have arrived. The next try then carries the same Message-ID.
	Permanent bool
	// Code is the reply of the mail server, such as 550; 0 if it did not get so far.
	Code int
	// Reason is one line for the person who sent the letter: what the mail server said of the recipient, or which step
	// failed. It names neither our mail server nor credentials.
	Reason string

	cause error
}

// Error is for the log; show people the Reason.
func (e *Error) Error() string {
	if e.cause == nil {
		return "mail: " + e.Reason
	}
	return fmt.Sprintf("mail: %s: %v", e.Reason, e.cause)
}

// Unwrap returns what the network or the mail server reported.
func (e *Error) Unwrap() error { return e.cause }

// refuse is for letters that cannot be sent as they are.
func refuse(reason string) *Error { return &Error{Permanent: true, Reason: reason} }

// step is a part of the dialog with the mail server. Up to the sender it concerns us, from the recipient on it concerns
// the letter.
type step int

const (
	connecting step = iota
	securing
	signingIn
	sending
	addressing
	delivering
)

var stepFailed = [...]string{
	connecting: "the mail server could not be reached",
	securing:   "no secure connection to the mail server",
	signingIn:  "the mail server refused the sign-in",
	sending:    "the mail server refused the sender",
	addressing: "the mail server did not take the recipient",
	delivering: "the mail server did not take the letter",
}

// classify makes an Error of what went wrong in a step. A 5xx reply is permanent only where it speaks about the letter: a
// wrong password or a blocked sender is ours to mend, and then the waiting letters should still go out.
func classify(at step, err error) *Error {
	e := &Error{Reason: stepFailed[at], cause: err}
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		return e
	}
	e.Code = reply.Code
	if at >= addressing {
		e.Permanent = reply.Code >= 500
		if said := cut(strings.TrimSpace(clean(reply.Msg, false)), 200); said != "" {
			e.Reason = said
		}
	}
	return e
}
