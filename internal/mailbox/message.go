package mailbox

import (
	"strings"
	"time"

	"golang.org/x/net/html"

	"roster/internal/mail"
)

// Headline is what the list shows of a message.
type Headline struct {
	ID      string
	At      time.Time // when it arrived
	To      string
	Subject string
}

// Message is an e-mail as it was handed over.
type Message struct {
	ID string
	mail.Envelope
}

// sender is who the message is from, as mail programs show it.
func (m Message) sender() string {
	if m.From.Name == "" {
		return m.From.Address
	}
	return m.From.Name + " <" + m.From.Address + ">"
}

// idOf is the name that a message lies under: the left side of its Message-ID,
// which is the same in every try to deliver it.
func idOf(messageID string) (string, bool) {
	left, right, _ := strings.Cut(messageID, "@")
	return left, left != "" && right != ""
}

// linksOnTop is an HTML page whose links replace the page around the frame that
// it is shown in.
func linksOnTop(page string) string {
	var out strings.Builder
	out.Grow(len(page))
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		kind := z.Next()
		raw := string(z.Raw()) // before Token, which takes it apart in place
		switch token := z.Token(); {
		case kind == html.ErrorToken:
			return out.String()
		case kind == html.StartTagToken && token.Data == "a":
			out.WriteString(onTop(token).String())
		default:
			out.WriteString(raw)
		}
	}
}

// onTop is a link's tag with the target _top in place of any other.
func onTop(link html.Token) html.Token {
	kept := link.Attr[:0]
	for _, a := range link.Attr {
		if a.Key != "target" {
			kept = append(kept, a)
		}
	}
	link.Attr = append(kept, html.Attribute{Key: "target", Val: "_top"})
	return link
}
