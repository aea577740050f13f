package mail

import (
	"bytes"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"roster/internal/mailaddr"
)

// Envelope is one letter for one recipient. Every try to deliver it sends the same MessageID, so that a mailbox can
// recognize a letter that was accepted although its reply got lost.
type Envelope struct {
	// MessageID identifies the letter, as local@domain without angle brackets. It is required.
	MessageID string
	// Date is when the letter was written; zero means when it is sent.
	Date time.Time
	// From is the sender; an empty address means the transport's own.
	From netmail.Address
	// ReplyTo is where answers go; an empty address means to the sender.
	ReplyTo netmail.Address
	// To is the recipient's address and nothing else: no name, no second address.
	To string
	// Message is what [Render] made.
	Message Message
}

// From is the sender that recipients see in letters of the organization: its name, with the operator's address.
func (id Identity) From(address string) netmail.Address {
	name := id.SenderName
	if strings.TrimSpace(name) == "" {
		name = id.Name
	}
	return netmail.Address{Name: displayName(name), Address: address}
}

// Answers is where recipients answer to letters of the organization.
func (id Identity) Answers() netmail.Address { return netmail.Address{Address: id.ReplyTo} }

// displayName makes a name safe for a From header. Some programs show only the name, so one that looks like an address
// would be taken for the sender.
func displayName(s string) string {
	s = headerText(Name(strings.ReplaceAll(s, "@", " ")).String())
	return strings.Join(strings.Fields(s), " ")
}

// wire returns an address as mail servers want it.
func wire(s string) (string, bool) {
	a, err := mailaddr.Parse(s)
	if err != nil {
		return "", false
	}
	return a.Envelope(), true
}

// validID reports whether s can stand between the angle brackets of a Message-ID.
func validID(s string) bool {
	left, right, found := strings.Cut(s, "@")
	return found && left != "" && right != "" && len(s) <= 250 && !strings.ContainsFunc(left+right, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`<>@"\()`, r)
	})
}

// encode checks the envelope and writes the message. It returns the addresses for the SMTP dialog beside the message.
// What it refuses is permanent, except for the sender's address: that is the operator's to mend.
func (e Envelope) encode() (from, to string, raw []byte, err error) {
	from, ok := wire(e.From.Address)
	if !ok {
		return "", "", nil, &Error{Reason: "the sender's address is not valid"}
	}
	if to, ok = wire(e.To); !ok {
		return "", "", nil, refuse("the recipient's address is not valid")
	}
	if !validID(e.MessageID) {
		return "", "", nil, refuse("the message id is not valid")
	}
	for _, value := range []string{e.Message.Subject, e.From.Name, e.ReplyTo.Name} {
		if hasLineBreak(value) {
			return "", "", nil, refuse("a header value has a line break or NUL")
		}
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(&netmail.Address{Name: displayName(e.From.Name), Address: from})
	m.ToMailAddress(&netmail.Address{Address: to})
	if e.ReplyTo.Address != "" {
		answers, ok := wire(e.ReplyTo.Address)
		if !ok {
			return "", "", nil, refuse("the reply address is not valid")
		}
		m.ReplyToMailAddress(&netmail.Address{Name: displayName(e.ReplyTo.Name), Address: answers})
	}
	m.Subject(headerText(e.Message.Subject))
	m.SetMessageIDWithValue(e.MessageID)
	if !e.Date.IsZero() {
		m.SetDateWithValue(e.Date)
	}
	// RFC 3834: nothing that answers by itself shall answer. Exchange listens to a header of its own; "All" would also
	// suppress the bounces that we want to see.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	m.SetBodyString(gomail.TypeTextPlain, e.Message.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, e.Message.HTML)
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return "", "", nil, refuse(fmt.Sprintf("the letter could not be written: %v", err))
	}
	return from, to, b.Bytes(), nil
}
